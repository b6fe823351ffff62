//! How a read sees the rows.

use stormglass_spec::{Time, hash};

use crate::ReplicaView;
use crate::key::Key;
use crate::rows::ReadView;

/// The moment of a read, and what the world does to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) now: Time,
    /// How eventually consistent reads see the rows (FACTS 6.4).
    pub(crate) replica: ReplicaView,
    /// The most rows that one page covers.
    pub(crate) rows_max: Option<usize>,
    /// What decides which parts of a batch a table without capacity leaves unprocessed.
    pub(crate) shed: Option<u64>,
}

impl Reading {
    /// Whether the table has no capacity for this part of a batch (FACTS 6.11).
    pub(super) fn sheds(self, key: &Key) -> bool {
        self.shed.is_some_and(|seed| hash::keyed(seed, &key.to_string()).is_multiple_of(2))
    }

    /// What a read sees; one of a global index is never consistent.
    pub(super) fn view(self, consistent: bool) -> ReadView {
        if consistent {
            return ReadView::Now;
        }
        match self.replica {
            ReplicaView::Fresh => ReadView::Now,
            ReplicaView::Behind(lag) => ReadView::behind(self.now, lag),
            ReplicaView::Uneven { lag_max, seed } => {
                ReadView::Uneven { now: self.now, lag_max, seed }
            }
        }
    }
}
