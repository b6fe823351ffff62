//! The messages of one connection that wait for an answer.

use std::collections::{BTreeMap, VecDeque};

use super::message::{Place, SentMessage};

/// The messages of one connection, by their places in the list of all messages.
#[derive(Debug, Default)]
pub(super) struct UnansweredMessages {
    /// The messages without an answer. A queue may still hold some that have got one.
    waiting: BTreeMap<MessageClass, VecDeque<usize>>,
    /// All messages, by `is_broadcast`.
    sent: BTreeMap<bool, Vec<usize>>,
}

/// The messages that are equally likely to be the one that an answer without a mark is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct MessageClass {
    is_asking: bool,
    is_broadcast: bool,
}

impl UnansweredMessages {
    /// Adds a message that was sent after all others.
    pub(super) fn push(&mut self, place: usize, message: &SentMessage) {
        let is_broadcast = message.number.is_some();
        let class = MessageClass { is_asking: message.is_asking, is_broadcast };
        self.waiting.entry(class).or_default().push_back(place);
        self.sent.entry(is_broadcast).or_default().push(place);
    }

    /// Returns the message that an answer without a mark, which came at a place, is for: the first
    /// that waits for one, or else the first that got none, or else the last one.
    ///
    /// An acknowledgement is for a broadcast, unless broadcasts have ids. Answers must be asked
    /// for in the order in which they came.
    pub(super) fn find(
        &mut self,
        at: Place,
        is_acknowledgement: bool,
        has_ids: bool,
        messages: &[SentMessage],
    ) -> Option<usize> {
        // Where broadcasts have ids, their acknowledgements have as well.
        let fits = |is_broadcast: bool| !is_acknowledgement || is_broadcast != has_ids;
        let first = self.first(at, has_ids, messages, fits);
        first.or_else(|| {
            let fitting = self.sent.iter().filter(|(is_broadcast, _)| fits(**is_broadcast));
            let last = fitting.filter_map(|(_, sent)| {
                let before = sent.partition_point(|place| messages[*place].at < at);
                sent.get(before.checked_sub(1)?)
            });
            last.max().copied()
        })
    }

    /// Returns the first message that waits for an answer at a place.
    pub(super) fn find_asking(
        &mut self,
        at: Place,
        has_ids: bool,
        messages: &[SentMessage],
    ) -> Option<usize> {
        self.first(at, has_ids, messages, |_| true).filter(|place| messages[*place].is_asking)
    }

    /// Returns the likeliest message without an answer of those that `fits` allows.
    fn first(
        &mut self,
        at: Place,
        has_ids: bool,
        messages: &[SentMessage],
        fits: impl Fn(bool) -> bool,
    ) -> Option<usize> {
        let classes = self.waiting.iter_mut().filter(|(class, _)| fits(class.is_broadcast));
        let fronts = classes.filter_map(|(class, queue)| {
            while queue.front().is_some_and(|place| !messages[*place].answers.is_empty()) {
                queue.pop_front();
            }
            let front = queue.front().copied().filter(|place| messages[*place].at < at)?;
            // A message with an id is less likely to be answered without one.
            Some((!class.is_asking, has_ids && class.is_broadcast, front))
        });
        fronts.min().map(|(_, _, front)| front)
    }
}
