//! Effects, which a mapping asks its driver for, and the outcomes of its batches.

use super::batch::StreamBatch;

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEffect {
    /// Invoke the function. The outcome goes to [`settle`](super::StreamMapping::settle).
    Invoke(StreamBatch),
    /// Note that records are given up, and tell the on-failure destination.
    Discard {
        /// The shard.
        shard: String,
        /// The sequence numbers of the records, in their order.
        sequences: Vec<String>,
        /// The reason.
        reason: DiscardReason,
        /// The message for the on-failure destination, if the mapping has one.
        failure: Option<FailureRecord>,
    },
}

/// The reason for which records are given up (FACTS 13.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscardReason {
    /// The retries of the batch are used up.
    RetriesExhausted,
    /// The records are too old for the mapping or for the stream.
    TooOld,
}

/// A message for an on-failure destination. It names the records and does not hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRecord {
    /// The ARN of the queue or the topic.
    pub destination: String,
    /// The message, as JSON.
    pub body: String,
}

/// The outcome of the invocation of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamOutcome {
    /// The function returned this JSON.
    Response(String),
    /// The function failed: it threw, crashed or used up its own time.
    Error,
    /// The function did not start: it was throttled, or Lambda failed (FACTS 13.11).
    NotStarted,
}
