//! Effects: the things that a request or the time did to messages.

use stormglass_spec::Time;

use super::id::MessageId;
use super::message::Message;

/// An effect on a message. The service has carried it out; a driver records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqsEffect {
    /// The name of the queue that the message was in, or was sent to.
    pub queue: String,
    /// The id of the message.
    pub message: MessageId,
    /// The change.
    pub change: MessageChange,
}

/// A change of a message.
///
/// An `index` is a place in the request: that of an entry of a batch, or zero. For a receive it is
/// the place in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageChange {
    /// The queue stored the message.
    Stored {
        /// The place in the request.
        index: usize,
        /// The time from which on the message can be received.
        visible_at: Time,
    },
    /// A FIFO queue recognised a duplicate of the message and stored nothing (FACTS 12.14).
    Deduplicated {
        /// The place in the request.
        index: usize,
    },
    /// A receive returned the message.
    Received {
        /// The place in the answer.
        index: usize,
        /// The number of receives of the message, with this one.
        receives: u32,
        /// The time at which the message becomes visible again.
        visible_at: Time,
    },
    /// A request set the time at which the message becomes visible again.
    Rescheduled {
        /// The place in the request.
        index: usize,
        /// The time at which the message becomes visible again.
        visible_at: Time,
    },
    /// A request deleted the message.
    Deleted {
        /// The place in the request.
        index: usize,
        /// The message as it was. It can come back ([`super::Sqs::restore`]).
        copy: MessageCopy,
    },
    /// The message had all receives that it may have, and moved to the dead-letter queue
    /// (FACTS 12.18).
    MovedToDeadLetters {
        /// The name of the dead-letter queue.
        dead_letter_queue: String,
        /// The number of receives that the message had.
        receives: u32,
    },
    /// The queue dropped the message for its age (FACTS 12.12).
    Expired,
    /// The queue dropped the message because all of it was purged.
    Purged,
    /// The driver made the message visible again although a receive of it still runs (FACTS 12.7).
    Redelivered,
    /// The driver brought the message back after its delete (FACTS 12.7).
    Restored,
}

/// A message that was deleted, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageCopy {
    pub(super) queue: String,
    pub(super) message: Message,
}
