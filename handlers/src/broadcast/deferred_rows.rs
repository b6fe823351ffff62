//! The rows that wait for a retry or for their removal.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::table::Row;

/// One attempt to post to the connection of a row.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) row: Row,
    /// The number of the attempt among those of its row, from 1.
    pub(super) number: u32,
}

impl Attempt {
    /// The first attempt for a row.
    pub(super) fn first(row: Row) -> Attempt {
        Attempt { row, number: 1 }
    }

    /// The attempt after this one.
    pub(super) fn next(self) -> Attempt {
        Attempt { row: self.row, number: self.number.saturating_add(1) }
    }
}

/// The row of a connection that is gone.
#[derive(Debug)]
pub(super) struct StaleRow {
    pub(super) connection_id: String,
    /// The time at which the connection began, in epoch milliseconds.
    pub(super) connected_at: i64,
}

/// The retries that wait until they are due, and the stale rows that wait for their removal.
///
/// None of them takes a place among the posts in flight.
#[derive(Debug, Default)]
pub(super) struct DeferredRows {
    /// The attempts by the time at which they are due, since the Unix epoch, and then by their
    /// order of arrival.
    retries: BTreeMap<(Duration, u64), Attempt>,
    /// The number of retries that ever arrived.
    retries_ever: u64,
    stale: VecDeque<StaleRow>,
}

impl DeferredRows {
    /// The number of rows that wait.
    pub(super) fn len(&self) -> usize {
        self.retries.len() + self.stale.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The time at which the next retry is due, since the Unix epoch.
    pub(super) fn due(&self) -> Option<Duration> {
        self.retries.keys().next().map(|(due, _)| *due)
    }

    /// Adds a retry that is due at a time since the Unix epoch.
    pub(super) fn retry_at(&mut self, due: Duration, attempt: Attempt) {
        self.retries.insert((due, self.retries_ever), attempt);
        self.retries_ever += 1;
    }

    /// Takes the next retry, if it is due by `now`.
    pub(super) fn pop_retry(&mut self, now: Duration) -> Option<Attempt> {
        let first = self.retries.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Adds a row to be removed.
    pub(super) fn delete(&mut self, stale: StaleRow) {
        self.stale.push_back(stale);
    }

    /// Takes the next row to be removed.
    pub(super) fn pop_stale(&mut self) -> Option<StaleRow> {
        self.stale.pop_front()
    }

    /// Drops everything that waits, and returns the number of retries among it.
    pub(super) fn clear(&mut self) -> usize {
        self.stale.clear();
        std::mem::take(&mut self.retries).len()
    }
}
