//! What the control plane keeps of a table, and the status of the table over time.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::{EPOCH_MS, Time};

use super::ceilings::Ceilings;
use super::encrypted::Encrypted;
use super::refusals;
use super::settings::{Billing, TableClass};
use super::throughput::Provision;
use super::time_to_live::TimeToLive;
use crate::answer::Answer;
use crate::schema::Definition;

/// Everything about a table that operations on data need not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(super) created_at: Time,
    /// The last change of the table, which may be done by now.
    pub(super) change: Change,
    /// The same for its global indexes by name.
    pub(super) index_changes: BTreeMap<String, Change>,
    pub(super) billing: Billing,
    /// The last time that the table went over to on-demand billing.
    pub(super) went_on_demand: Option<Span>,
    pub(super) provision: Provision,
    /// By the name of the global index; one that is not here has none.
    pub(super) index_provisions: BTreeMap<String, Provision>,
    /// The most that the table may be asked for on demand.
    pub(super) ceilings: Ceilings,
    /// By the name of the global index; one that is not here has none.
    pub(super) index_ceilings: BTreeMap<String, Ceilings>,
    pub(super) class: Option<TableClass>,
    pub(super) is_protected: bool,
    pub(super) encryption: Encrypted,
    pub(super) tags: BTreeMap<String, String>,
    /// When rows expire.
    pub(crate) time_to_live: TimeToLive,
}

/// A change that takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a table or an index goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Creating,
    Updating,
    Deleting,
}

/// From the request for a change until it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) asked_at: Time,
    pub(super) done_at: Time,
}

/// When a table is looked at, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// By the answer to the request for a change, for which it is never done yet.
    Asked(Time),
    /// By any other request.
    Later(Time),
}

impl Record {
    /// A table on demand that is ready at once, as a deployment finds it that created it before.
    pub(crate) fn ready(created_at: Time) -> Record {
        let span = Span { asked_at: created_at, done_at: created_at };
        Record {
            created_at,
            change: Change { kind: Kind::Creating, span },
            index_changes: BTreeMap::new(),
            billing: Billing::OnDemand,
            went_on_demand: Some(span),
            provision: Provision::default(),
            index_provisions: BTreeMap::new(),
            ceilings: Ceilings::default(),
            index_ceilings: BTreeMap::new(),
            class: None,
            is_protected: false,
            encryption: Encrypted::default(),
            tags: BTreeMap::new(),
            time_to_live: TimeToLive::default(),
        }
    }

    /// Whether reads and writes of rows find the table, or would on AWS be told that there is none.
    ///
    /// A table that is being deleted still serves.
    pub(crate) fn serves(&self, now: Time) -> bool {
        self.pending(now) != Some(Kind::Creating) && !self.is_gone(now)
    }

    /// Whether the deletion of the table is done.
    pub(crate) fn is_gone(&self, now: Time) -> bool {
        self.change.kind == Kind::Deleting && self.pending(now).is_none()
    }

    /// Whether reads of a global index find all of it, or the answer of AWS.
    ///
    /// Local indexes, and those that do not exist, are no concern of this.
    pub(crate) fn check_index(&self, index: &str, now: Time) -> Result<(), Answer> {
        match self.pending_index(index, now) {
            Some(Kind::Creating) => Err(Answer::validation(&format!(
                "Cannot read from backfilling global secondary index: {index}"
            ))),
            Some(Kind::Deleting) => Err(Answer::validation(&format!(
                "The table does not have the specified index: {index}"
            ))),
            Some(Kind::Updating) | None => Ok(()),
        }
    }

    /// Takes indexes whose deletion is done out of the definition; to be called before any other
    /// step or read.
    pub(crate) fn settle(&mut self, definition: &mut Definition, now: Time) {
        let deleted = |change: &Change| change.kind == Kind::Deleting && now >= change.span.done_at;
        if !self.index_changes.values().any(deleted) {
            return;
        }
        definition
            .indexes
            .retain(|index| !self.index_changes.get(&index.name).is_some_and(deleted));
        self.index_provisions.retain(|name, _| !self.index_changes.get(name).is_some_and(deleted));
        self.index_ceilings.retain(|name, _| !self.index_changes.get(name).is_some_and(deleted));
        self.index_changes.retain(|_, change| !deleted(change));
    }

    /// The change of the table that is not done yet.
    pub(super) fn pending(&self, now: Time) -> Option<Kind> {
        (now < self.change.span.done_at).then_some(self.change.kind)
    }

    /// The change of a global index that is not done yet.
    pub(super) fn pending_index(&self, index: &str, now: Time) -> Option<Kind> {
        let change = self.index_changes.get(index)?;
        (now < change.span.done_at).then_some(change.kind)
    }

    /// Refuses a change of a table that is still busy with another.
    pub(super) fn check_settled(&self, table: &str, now: Time) -> Result<(), Answer> {
        let state = match self.pending(now) {
            None => return Ok(()),
            Some(Kind::Creating) => "created",
            Some(Kind::Updating) => "updated",
            Some(Kind::Deleting) => "deleted",
        };
        Err(refusals::in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {state}: {table}"
        )))
    }
}

impl Kind {
    /// The status of what goes through this.
    pub(super) fn status(self) -> &'static str {
        match self {
            Kind::Creating => "CREATING",
            Kind::Updating => "UPDATING",
            Kind::Deleting => "DELETING",
        }
    }
}

impl Change {
    /// The status of what changed.
    pub(super) fn status(self, view: View) -> &'static str {
        if view.is_pending(self.span) { self.kind.status() } else { "ACTIVE" }
    }
}

impl Span {
    pub(super) fn new(asked_at: Time, takes: Duration) -> Span {
        Span { asked_at, done_at: asked_at + takes }
    }
}

impl View {
    pub(super) fn now(self) -> Time {
        match self {
            View::Asked(now) | View::Later(now) => now,
        }
    }

    /// Whether a change looks as if it were not done.
    pub(super) fn is_pending(self, span: Span) -> bool {
        self == View::Asked(span.asked_at) || self.now() < span.done_at
    }

    /// The time that a change is said to be from: that of its request until it is done.
    pub(super) fn moment_of(self, span: Span) -> Time {
        if self.is_pending(span) { span.asked_at } else { span.done_at }
    }
}

/// A time as JSON: seconds since 1970, and milliseconds behind the point.
pub(super) fn date(time: Time) -> String {
    let millis = EPOCH_MS + time.millis();
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}
