//! Messages in a queue, and their deliveries to those who receive them.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use stormglass_spec::Time;

use super::attribute::MessageAttributes;
use super::id::{MessageId, Receipt};
use super::queue::queue_arn;
use super::settings::SqsSettings;

/// A message in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(super) content: Arc<Content>,
    /// The time from which on a receive can return the message.
    pub(super) visible_at: Time,
    /// The number of receives that returned the message.
    pub(super) receives: u32,
    /// The number of those in the queue that it came from, if it is a dead letter.
    pub(super) receives_elsewhere: u32,
    pub(super) first_received_at: Option<Time>,
    pub(super) last_received_at: Option<Time>,
}

/// The parts of a message that stay the same while it is in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    pub(super) id: MessageId,
    pub(super) body: String,
    pub(super) body_md5: String,
    pub(super) attributes: MessageAttributes,
    pub(super) trace_header: Option<String>,
    pub(super) sent_at: Time,
    pub(super) group: Option<String>,
    /// The place in a FIFO queue.
    pub(super) place: Option<FifoPlace>,
    /// The name of the queue that the message came from, if it is a dead letter.
    pub(super) dead_letter_source: Option<String>,
}

/// The place of a message in a FIFO queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FifoPlace {
    pub(super) deduplication: String,
    pub(super) sequence: String,
}

/// A message as one receive returns it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Delivery {
    pub(super) content: Arc<Content>,
    receives: u32,
    first_received_at: Time,
    /// The handle of this receive.
    pub(crate) receipt_handle: String,
    /// The time at which the message becomes visible again.
    pub(crate) visible_at: Time,
}

/// Names and values that are written as an object, in their order.
#[derive(Debug)]
pub(crate) struct Pairs(pub(crate) Vec<(&'static str, String)>);

impl Message {
    /// Reports whether a receive in this queue returned the message and none can now.
    pub(super) fn is_in_flight(&self, now: Time) -> bool {
        self.receives_here() > 0 && self.visible_at > now
    }

    /// Returns the number of receives in this queue.
    pub(super) fn receives_here(&self) -> u32 {
        self.receives - self.receives_elsewhere
    }

    /// Returns the message as its last receive returned it.
    pub(super) fn delivery(&self, queue: &str) -> Delivery {
        let received_at = self.last_received_at.unwrap_or_default();
        let message = self.content.id.clone();
        let receipt = Receipt { message, receives: self.receives, received_at };
        Delivery {
            content: Arc::clone(&self.content),
            receives: self.receives,
            first_received_at: self.first_received_at.unwrap_or(received_at),
            receipt_handle: receipt.handle(queue),
            visible_at: self.visible_at,
        }
    }
}

impl Delivery {
    pub(crate) fn id(&self) -> &MessageId {
        &self.content.id
    }

    pub(crate) fn body(&self) -> &str {
        &self.content.body
    }

    pub(crate) fn body_md5(&self) -> &str {
        &self.content.body_md5
    }

    pub(crate) fn attributes(&self) -> &MessageAttributes {
        &self.content.attributes
    }

    pub(crate) fn group(&self) -> Option<&str> {
        self.content.group.as_deref()
    }

    pub(crate) fn receives(&self) -> u32 {
        self.receives
    }

    /// Returns the attributes of the system, all of which are texts (FACTS 12.19).
    pub(crate) fn system_attributes(&self, settings: &SqsSettings) -> Pairs {
        let Content { trace_header, sent_at, group, place, dead_letter_source, .. } =
            &*self.content;
        let epoch_ms = |at: Time| (settings.epoch_ms + at.millis()).to_string();
        let all = [
            ("ApproximateReceiveCount", Some(self.receives.to_string())),
            ("AWSTraceHeader", trace_header.clone()),
            ("SentTimestamp", Some(epoch_ms(*sent_at))),
            ("SequenceNumber", place.as_ref().map(|place| place.sequence.clone())),
            ("MessageGroupId", group.clone()),
            ("SenderId", Some(settings.sender_id.clone())),
            ("MessageDeduplicationId", place.as_ref().map(|place| place.deduplication.clone())),
            ("ApproximateFirstReceiveTimestamp", Some(epoch_ms(self.first_received_at))),
            ("DeadLetterQueueSourceArn", dead_letter_source.as_deref().map(queue_arn)),
        ];
        let set = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Pairs(set.collect())
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
