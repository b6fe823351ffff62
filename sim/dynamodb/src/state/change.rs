//! Changes of tables and indexes, each with the time that it takes.

use std::time::Duration;

use stormglass_spec::{EPOCH_MS, Time};

/// The last change of a table or an index, from which its status follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusChange {
    pub(crate) kind: ChangeKind,
    pub(crate) span: ChangeSpan,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Creating,
    Updating,
    Deleting,
}

/// The time from the request for a change until it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChangeSpan {
    pub(crate) requested_at: Time,
    pub(crate) done_at: Time,
}

/// The request for which a table is described, and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Viewpoint {
    /// The request for the change itself, whose answer never shows it as done.
    OwnAnswer(Time),
    /// Any other request.
    LaterRequest(Time),
}

impl ChangeKind {
    /// The status of a table or an index during the change.
    pub(crate) fn status(self) -> &'static str {
        match self {
            ChangeKind::Creating => "CREATING",
            ChangeKind::Updating => "UPDATING",
            ChangeKind::Deleting => "DELETING",
        }
    }
}

impl StatusChange {
    /// The status of the table or the index.
    pub(crate) fn status(self, view: Viewpoint) -> &'static str {
        if view.is_pending(self.span) { self.kind.status() } else { "ACTIVE" }
    }
}

impl ChangeSpan {
    pub(crate) fn new(requested_at: Time, takes: Duration) -> ChangeSpan {
        ChangeSpan { requested_at, done_at: requested_at + takes }
    }
}

impl Viewpoint {
    pub(crate) fn now(self) -> Time {
        match self {
            Viewpoint::OwnAnswer(now) | Viewpoint::LaterRequest(now) => now,
        }
    }

    /// True if a description shows the change as not done.
    pub(crate) fn is_pending(self, span: ChangeSpan) -> bool {
        self == Viewpoint::OwnAnswer(span.requested_at) || self.now() < span.done_at
    }

    /// The time that a description gives a change: that of its request, until it is done.
    pub(crate) fn moment_of(self, span: ChangeSpan) -> Time {
        if self.is_pending(span) { span.requested_at } else { span.done_at }
    }
}

/// Writes a time as JSON: seconds since 1970, with milliseconds behind the point.
pub(crate) fn date(time: Time) -> String {
    let millis = EPOCH_MS + time.millis();
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}
