//! The time of a read, and the lag of the replica that serves it.

use stormglass_spec::{Time, hash};

use crate::key::Key;
use crate::replica_view::ReplicaView;
use crate::rows::ReadView;

/// The time of a request, and the choices of the driver for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) now: Time,
    /// The lag of the replica that serves eventually consistent reads (FACTS 6.4).
    pub(crate) replica: ReplicaView,
    /// The largest number of rows of one page.
    pub(crate) rows_max: Option<usize>,
    /// The seed that picks the unprocessed parts of a batch, if capacity lacks.
    pub(crate) shed: Option<u64>,
}

impl Reading {
    /// True if this part of a batch finds no capacity (FACTS 6.11).
    pub(super) fn sheds(self, key: &Key) -> bool {
        self.shed.is_some_and(|seed| hash::keyed(seed, &key.to_string()).is_multiple_of(2))
    }

    /// The versions of rows that a read sees.
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
