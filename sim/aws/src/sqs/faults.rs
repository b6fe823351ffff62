//! Faults of SQS that its driver decides on: all of them are things that AWS may do.

use std::collections::BTreeSet;

use stormglass_spec::Time;

use super::Sqs;
use super::effect::{MessageChange, MessageCopy, SqsEffect};
use super::id::MessageId;

/// The faults of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqsFaults {
    /// The messages that a receive does not see: a short poll asks some hosts only (FACTS 12.11).
    /// Those that are hidden now come later, which also changes their order (FACTS 12.7). In a
    /// group of a FIFO queue a hidden message hides all that follow it.
    pub hidden: BTreeSet<MessageId>,
    /// The entries of a batch that fail by a fault of the service, by their places (FACTS 12.4).
    pub failing: BTreeSet<usize>,
}

impl Sqs {
    /// Makes a message visible that is in flight: another receive returns it as well
    /// (FACTS 12.7). `None` if it is not in flight, or if the queue is a FIFO queue, which does not
    /// do so.
    pub fn redeliver(&mut self, now: Time, queue: &str, message: &str) -> Option<SqsEffect> {
        let state = self.queues.get_mut(queue).filter(|state| !state.queue.is_fifo)?;
        let ordinal = state.in_flight_ordinal(now, message)?;
        state.reschedule(ordinal, now);
        let (queue, message) = (queue.to_owned(), message.to_owned());
        Some(SqsEffect { queue, message, change: MessageChange::Redelivered })
    }

    /// Brings a message back after its delete: it is visible from `now` on (FACTS 12.7). `None` if
    /// it is there already, is too old by now, or if the queue is a FIFO queue, which does not do
    /// so.
    pub fn restore(&mut self, now: Time, copy: &MessageCopy) -> Option<SqsEffect> {
        let MessageCopy { queue, message } = copy;
        let state = self.queues.get_mut(queue).filter(|state| !state.queue.is_fifo)?;
        let id = message.content.id.clone();
        if state.ordinal(&id).is_some() || message.content.sent_at + state.queue.retention <= now {
            return None;
        }
        let mut message = message.clone();
        message.visible_at = now;
        state.insert(message);
        Some(SqsEffect { queue: queue.clone(), message: id, change: MessageChange::Restored })
    }
}
