//! The state of a table besides its keys and its rows, and how it changes in time.
//!
//! | module | contents |
//! |---|---|
//! | `change` | creation, update and deletion, which take their time |
//! | `settings` | billing and table class |
//! | `throughput`, `ceilings` | provisioned throughput, and the limits of on-demand tables |
//! | `encryption` | encryption at rest |
//! | `time_to_live` | the attribute by which rows expire |
//! | `stream` | the stream, as declared |

mod ceilings;
mod change;
mod encryption;
mod settings;
mod stream;
mod throughput;
mod time_to_live;

use std::collections::BTreeMap;

use stormglass_spec::Time;

use crate::answer::Answer;
use crate::refusals;
use crate::schema::Definition;

pub(super) use ceilings::Ceilings;
pub(super) use change::{ChangeKind, ChangeSpan, StatusChange, Viewpoint, date};
pub(super) use encryption::{Encryption, EncryptionState};
pub(super) use settings::{Billing, TableClass};
pub(super) use stream::{RETENTION, StreamDeclaration, StreamView};
pub(super) use throughput::{Provision, Throughput};
pub(super) use time_to_live::TimeToLive;

/// The status and the settings of a table.
///
/// Operations on items only ask if the table serves and by which attribute its rows expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableState {
    pub(crate) created_at: Time,
    /// The last change of the table, pending or done.
    pub(crate) change: StatusChange,
    /// The last change of each global index, by its name.
    pub(crate) index_changes: BTreeMap<String, StatusChange>,
    pub(crate) billing: Billing,
    /// The last change to on-demand billing.
    pub(crate) went_on_demand: Option<ChangeSpan>,
    pub(crate) provision: Provision,
    /// By the name of the global index; an index that is missing here has none.
    pub(crate) index_provisions: BTreeMap<String, Provision>,
    /// The request units that the table takes at most, on demand.
    pub(crate) ceilings: Ceilings,
    /// By the name of the global index; an index that is missing here has none.
    pub(crate) index_ceilings: BTreeMap<String, Ceilings>,
    pub(crate) class: Option<TableClass>,
    pub(crate) is_protected: bool,
    pub(crate) encryption: EncryptionState,
    pub(crate) tags: BTreeMap<String, String>,
    /// The attribute by which rows expire.
    pub(crate) time_to_live: TimeToLive,
    /// The latest stream of the table, open or closed.
    pub(crate) stream: Option<StreamDeclaration>,
}

impl TableState {
    /// An on-demand table that is already `ACTIVE`, as if an earlier deployment had created it.
    pub(crate) fn ready(created_at: Time) -> TableState {
        let span = ChangeSpan { requested_at: created_at, done_at: created_at };
        TableState {
            created_at,
            change: StatusChange { kind: ChangeKind::Creating, span },
            index_changes: BTreeMap::new(),
            billing: Billing::OnDemand,
            went_on_demand: Some(span),
            provision: Provision::default(),
            index_provisions: BTreeMap::new(),
            ceilings: Ceilings::default(),
            index_ceilings: BTreeMap::new(),
            class: None,
            is_protected: false,
            encryption: EncryptionState::default(),
            tags: BTreeMap::new(),
            time_to_live: TimeToLive::default(),
            stream: None,
        }
    }

    /// True if operations on items find the table.
    ///
    /// A table in creation does not serve yet; one that is being deleted still does.
    pub(crate) fn serves(&self, now: Time) -> bool {
        self.pending(now) != Some(ChangeKind::Creating) && !self.is_gone(now)
    }

    /// The stream, unless it is closed or about to be.
    pub(crate) fn open_stream(&self) -> Option<&StreamDeclaration> {
        self.stream.as_ref().filter(|stream| stream.closed.is_none())
    }

    /// True once the deletion of the table is done.
    pub(crate) fn is_gone(&self, now: Time) -> bool {
        self.change.kind == ChangeKind::Deleting && self.pending(now).is_none()
    }

    /// Refuses reads of a global index that is being created or deleted.
    ///
    /// Accepts local indexes, and names of no index.
    pub(crate) fn check_index(&self, index: &str, now: Time) -> Result<(), Answer> {
        match self.pending_index(index, now) {
            Some(ChangeKind::Creating) => Err(Answer::validation(&format!(
                "Cannot read from backfilling global secondary index: {index}"
            ))),
            Some(ChangeKind::Deleting) => Err(Answer::validation(&format!(
                "The table does not have the specified index: {index}"
            ))),
            Some(ChangeKind::Updating) | None => Ok(()),
        }
    }

    /// Removes the indexes whose deletion is done, also from the definition.
    ///
    /// The caller does so before every request.
    pub(crate) fn settle(&mut self, definition: &mut Definition, now: Time) {
        let deleted = |change: &StatusChange| {
            change.kind == ChangeKind::Deleting && now >= change.span.done_at
        };
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

    /// The change of the table, if it is not done yet.
    pub(crate) fn pending(&self, now: Time) -> Option<ChangeKind> {
        (now < self.change.span.done_at).then_some(self.change.kind)
    }

    /// The change of a global index, if it is not done yet.
    pub(crate) fn pending_index(&self, index: &str, now: Time) -> Option<ChangeKind> {
        let change = self.index_changes.get(index)?;
        (now < change.span.done_at).then_some(change.kind)
    }

    /// Refuses a change of a table while another one is pending.
    pub(crate) fn check_settled(&self, table: &str, now: Time) -> Result<(), Answer> {
        let state = match self.pending(now) {
            None => return Ok(()),
            Some(ChangeKind::Creating) => "created",
            Some(ChangeKind::Updating) => "updated",
            Some(ChangeKind::Deleting) => "deleted",
        };
        Err(refusals::in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {state}: {table}"
        )))
    }
}
