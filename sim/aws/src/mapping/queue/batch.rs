//! Batches: their messages, their outcomes, and their ends.

use std::collections::BTreeSet;

use stormglass_spec::Time;

use crate::sqs::{Delivery, MessageId, SqsEffect};

/// A batch of messages, with which the driver invokes the function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueBatch {
    /// The id of the batch: the key of the poll that closed it.
    pub id: String,
    /// The messages in their order.
    pub messages: Vec<MessageId>,
    /// The event for the function, as JSON.
    pub event: String,
}

/// The outcome of an invocation with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueBatchOutcome {
    /// The function returned this JSON.
    Returned(String),
    /// The function failed: it threw, crashed or used up its time.
    Failed,
    /// Lambda had no capacity, and the function did not run.
    Throttled,
}

/// The end of a batch, or the time at which it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchSettlement {
    /// The batch is over.
    Settled {
        /// The messages that were deleted.
        deleted: Vec<MessageId>,
        /// The messages that return when their visibility timeout ends.
        kept: Vec<MessageId>,
        /// The effects on the queue.
        effects: Vec<SqsEffect>,
    },
    /// The batch is over: Lambda had no capacity until the visibility timeout ended. The function
    /// never ran, but the receive counts (FACTS 12.26).
    Dropped {
        /// The messages, which return.
        kept: Vec<MessageId>,
    },
    /// The driver invokes the function again with the same batch.
    Retries {
        /// The time of the next invocation.
        at: Time,
    },
}

/// A batch that runs.
#[derive(Clone, Debug, Hash)]
pub(super) struct RunningBatch {
    pub(super) batch: QueueBatch,
    /// The handles of the messages.
    pub(super) receipt_handles: Vec<String>,
    /// The groups of the messages.
    pub(super) groups: BTreeSet<String>,
    /// The time at which the first message becomes visible again.
    pub(super) visible_at: Time,
}

/// The messages of a batch that still gathers.
#[derive(Clone, Debug, Hash)]
pub(super) struct OpenBatch {
    pub(super) opened_at: Time,
    pub(super) deliveries: Vec<Delivery>,
    /// The size of the messages in an event, in bytes.
    pub(super) event_bytes: usize,
}

impl OpenBatch {
    pub(super) fn new(opened_at: Time) -> OpenBatch {
        OpenBatch { opened_at, deliveries: Vec::new(), event_bytes: 0 }
    }

    pub(super) fn add(&mut self, deliveries: Vec<Delivery>) {
        self.event_bytes += deliveries.iter().map(Delivery::event_bytes).sum::<usize>();
        self.deliveries.extend(deliveries);
    }
}

impl RunningBatch {
    pub(super) fn new(batch: QueueBatch, deliveries: &[Delivery]) -> RunningBatch {
        let handles = deliveries.iter().map(|delivery| delivery.receipt_handle.clone());
        let groups = deliveries.iter().filter_map(Delivery::group).map(str::to_owned);
        let visible_at = deliveries.iter().map(|delivery| delivery.visible_at).min();
        RunningBatch {
            batch,
            receipt_handles: handles.collect(),
            groups: groups.collect(),
            visible_at: visible_at.unwrap_or_default(),
        }
    }
}
