//! The messages that a receive takes, by the rules of standard and FIFO queues, and those that it
//! moves to the dead-letter queue.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Time;

use super::attribute;
use super::effect::{MessageChange, SqsEffect};
use super::id::{MessageId, sequence_number};
use super::message::{Content, Delivery, FifoPlace, Message};
use super::state::{Ordinal, QueueState};
use super::{Effects, Sqs};

/// The bytes that a message adds to an event beside its body and its attributes, at most.
const RECORD_BYTES: usize = 1_536;

/// The bounds of a receive.
#[derive(Clone, Debug)]
pub(crate) struct Take<'a> {
    /// The most messages that it takes.
    pub(crate) count_max: usize,
    /// The room in the event that gets them, if there is to be one.
    pub(crate) event: Option<EventRoom>,
    /// The time for which the messages stay hidden.
    pub(crate) visibility: Duration,
    /// The messages that it does not see.
    pub(crate) hidden: Option<&'a BTreeSet<MessageId>>,
    /// The groups of a FIFO queue that it leaves alone.
    pub(crate) busy_groups: Option<&'a BTreeSet<String>>,
}

/// The room in an event of Lambda, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventRoom {
    /// The size of the messages that the event holds already.
    pub(crate) bytes: usize,
    /// The largest size of the event.
    pub(crate) bytes_max: usize,
}

/// The choice of a receive.
struct Choice<'a> {
    take: &'a Take<'a>,
    count_max: usize,
    /// The number of receives that a message may have, if there is a limit.
    receives_max: Option<u32>,
    event_bytes: usize,
    taken: Vec<Ordinal>,
    /// The messages that had too many receives.
    dead: Vec<Ordinal>,
}

impl<'a> Take<'a> {
    /// Makes bounds for one message.
    pub(crate) fn new(visibility: Duration) -> Take<'a> {
        Take { count_max: 1, event: None, visibility, hidden: None, busy_groups: None }
    }

    fn hides(&self, message: &Message) -> bool {
        self.hidden.is_some_and(|hidden| hidden.contains(&message.content.id))
    }
}

impl Sqs {
    /// Receives messages, and moves those to the dead-letter queue that had too many receives. The
    /// caller adds the effects of the receives.
    pub(crate) fn take(
        &mut self,
        now: Time,
        queue: &str,
        take: &Take<'_>,
        effects: Effects<'_>,
    ) -> Vec<Delivery> {
        let Some(state) = self.queues.get_mut(queue) else { return Vec::new() };
        let room = state.room(now, take.count_max, self.settings.in_flight_max);
        let Choice { taken, dead, .. } = state.choose(now, take, room);
        for ordinal in &taken {
            state.receive(now, *ordinal, now + take.visibility);
        }
        let messages = taken.iter().filter_map(|ordinal| state.message(*ordinal));
        let deliveries = messages.map(|message| message.delivery(queue)).collect();
        for ordinal in dead {
            self.bury(now, queue, ordinal, effects);
        }
        deliveries
    }

    /// Returns the time at which a receive can return a message: in the past if it can now. `None`
    /// if there is none. A group that is busy does not count.
    pub(crate) fn due(
        &self,
        now: Time,
        queue: &str,
        busy_groups: &BTreeSet<String>,
    ) -> Option<Time> {
        let state = self.queues.get(queue)?;
        if state.room(now, 1, self.settings.in_flight_max) > 0 {
            return state.due(now, busy_groups);
        }
        state.hidden(now).next().map(|(_, message)| message.visible_at)
    }

    /// Moves a message to the dead-letter queue (FACTS 12.18).
    fn bury(&mut self, now: Time, queue: &str, ordinal: Ordinal, effects: Effects<'_>) {
        let Some(source) = self.queues.get_mut(queue) else { return };
        let Some(redrive) = source.queue.redrive.clone() else { return };
        let Some(message) = source.remove(ordinal) else { return };
        let (id, receives) = (message.content.id.clone(), message.receives);
        let target = self.queues.get_mut(&redrive.dead_letter_queue);
        let target = target.expect("a queue exists if another one names it");
        target.insert(message.into_dead_letter(now, queue, target.stored));
        let dead_letter_queue = redrive.dead_letter_queue;
        let change = MessageChange::MovedToDeadLetters { dead_letter_queue, receives };
        effects.push(SqsEffect { queue: queue.to_owned(), message: id, change });
    }
}

impl QueueState {
    /// Returns the time at which a receive can return a message, unless too many are in flight.
    fn due(&self, now: Time, busy_groups: &BTreeSet<String>) -> Option<Time> {
        if !self.queue.is_fifo {
            return self.first_visible_at();
        }
        let groups = self.groups.iter().filter(|(name, _)| !busy_groups.contains(*name));
        groups.filter_map(|(_, group)| self.group_due(now, group)).min()
    }

    fn choose<'a>(&self, now: Time, take: &'a Take<'a>, count_max: usize) -> Choice<'a> {
        let receives_max = self.queue.redrive.as_ref().map(|redrive| redrive.receives_max);
        let (taken, dead) = (Vec::new(), Vec::new());
        let event_bytes = take.event.map_or(0, |event| event.bytes);
        let mut choice = Choice { take, count_max, receives_max, event_bytes, taken, dead };
        if self.queue.is_fifo {
            self.choose_in_groups(now, &mut choice);
        } else {
            let mut visible = self.visible(now).filter(|(_, message)| !take.hides(message));
            while !choice.is_full()
                && let Some((ordinal, message)) = visible.next()
                && choice.add(ordinal, message)
            {}
        }
        choice
    }

    /// Chooses as many messages of one group as possible, then those of others: the group whose
    /// first message is oldest comes first (FACTS 12.14).
    fn choose_in_groups(&self, now: Time, choice: &mut Choice<'_>) {
        let busy = |name| choice.take.busy_groups.is_some_and(|busy| busy.contains(name));
        let free = self.groups.iter().filter(|(name, group)| {
            !busy(*name) && self.group_due(now, group).is_some_and(|due| due <= now)
        });
        let mut groups: Vec<_> = free.map(|(_, group)| group).collect();
        groups.sort_unstable_by_key(|group| group.first().copied());
        for group in groups {
            for ordinal in group {
                // The order of a group is strict: nothing overtakes a message that has to wait.
                let message = self.message(*ordinal).filter(|message| message.visible_at <= now);
                let Some(message) = message.filter(|message| !choice.take.hides(message)) else {
                    break;
                };
                if choice.is_full() || !choice.add(*ordinal, message) {
                    return;
                }
            }
        }
    }

    /// Returns the time from which on the first message of a group can be received: none of the
    /// group is in flight then.
    fn group_due(&self, now: Time, group: &BTreeSet<Ordinal>) -> Option<Time> {
        let messages = || group.iter().filter_map(|ordinal| self.message(*ordinal));
        // Those that were received stand in front, for a receive takes from the front.
        let received = messages().take_while(|message| message.receives_here() > 0);
        let in_flight = received.filter(|message| message.is_in_flight(now));
        let hidden_until = in_flight.map(|message| message.visible_at).max();
        let first = messages().next()?.visible_at;
        Some(hidden_until.map_or(first, |hidden_until| hidden_until.max(first)))
    }
}

impl Choice<'_> {
    fn is_full(&self) -> bool {
        self.taken.len() >= self.count_max
    }

    /// Adds a message to one of the two lists. Returns `false` if the event has no room for it.
    fn add(&mut self, ordinal: Ordinal, message: &Message) -> bool {
        if self.receives_max.is_some_and(|receives_max| message.receives_here() >= receives_max) {
            self.dead.push(ordinal);
            return true;
        }
        if let Some(EventRoom { bytes_max, .. }) = self.take.event {
            let event_bytes = self.event_bytes + message.content.event_bytes();
            // A message by itself always fits: it has 1 MiB at most.
            if event_bytes > bytes_max && self.event_bytes > 0 {
                return false;
            }
            self.event_bytes = event_bytes;
        }
        self.taken.push(ordinal);
        true
    }
}

impl Content {
    /// Returns the bytes that the message takes in an event of Lambda, at most.
    fn event_bytes(&self) -> usize {
        let body = serde_json::Value::from(self.body.as_str()).to_string();
        // An escaped character has up to six bytes in place of one.
        body.len() + 6 * attribute::size(&self.attributes) + RECORD_BYTES
    }
}

impl Delivery {
    /// Returns the bytes that the message takes in an event of Lambda, at most.
    pub(crate) fn event_bytes(&self) -> usize {
        self.content.event_bytes()
    }
}

impl Message {
    /// Makes the dead letter of a message. It keeps the time of its first send (FACTS 12.18).
    fn into_dead_letter(self, now: Time, source: &str, count: u64) -> Message {
        let Message { content, receives, first_received_at, last_received_at, .. } = self;
        let place = content.place.as_ref().map(|_| FifoPlace {
            deduplication: content.id.clone(),
            sequence: sequence_number(count),
        });
        let dead_letter_source = Some(source.to_owned());
        let content = Content { place, dead_letter_source, ..Content::clone(&content) };
        Message {
            content: Arc::new(content),
            visible_at: now,
            receives,
            receives_elsewhere: receives,
            first_received_at,
            last_received_at,
        }
    }
}
