//! Events in the queue.

use stormglass_spec::Time;

use crate::lambda::lineage::Lineage;
use crate::lambda::reference::FunctionReference;

/// An event that a caller or a service passes on to be run later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsyncInvocation {
    /// The function.
    pub function: FunctionReference,
    /// The event, as JSON.
    pub payload: String,
    /// The lineage of the invocation that caused the event, not yet extended by the function.
    pub lineage: Lineage,
}

/// The id of an event in the queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// The request id, which every run of the event has (FACTS 11.15).
    pub request_id: String,
    /// The number of a copy that AWS made of the event, or 0 (FACTS 11.14).
    pub copy: u32,
}

/// An event that is due. The driver invokes the function with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueEvent {
    /// The id of the event, under which its outcome is reported.
    pub id: EventId,
    /// The event.
    pub invocation: AsyncInvocation,
    /// The number of times that the function has run with the event already.
    pub runs: u32,
}

/// An event in the queue.
#[derive(Clone, Debug)]
pub(super) struct QueuedEvent {
    pub(super) invocation: AsyncInvocation,
    pub(super) accepted_at: Time,
    /// The time at which the event is taken. `None` while the function runs with it.
    pub(super) due: Option<Time>,
    /// The number of times that the function has run with the event.
    pub(super) runs: u32,
    /// The number of attempts in a row that did not get as far as a run.
    pub(super) attempts: u32,
}

impl QueuedEvent {
    /// Creates an event that is due at once.
    pub(super) fn new(now: Time, invocation: AsyncInvocation) -> QueuedEvent {
        QueuedEvent { invocation, accepted_at: now, due: Some(now), runs: 0, attempts: 0 }
    }
}
