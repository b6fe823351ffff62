//! The rows that wait for something else than their first post.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::table::Row;

/// A post to be made.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) row: Row,
    /// Counts from 1.
    pub(super) number: u32,
}

impl Attempt {
    pub(super) fn first(row: Row) -> Attempt {
        Attempt { row, number: 1 }
    }

    pub(super) fn next(self) -> Attempt {
        Attempt { row: self.row, number: self.number.saturating_add(1) }
    }
}

/// A row whose connection is gone.
#[derive(Debug)]
pub(super) struct Stale {
    pub(super) connection_id: String,
    pub(super) connected_at: i64,
}

/// The retries that wait for their time, and the stale rows that wait for their removal.
///
/// Neither holds a place among the posts in flight.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    /// By the time they are due, since the Unix epoch, and then in the order they came in.
    retries: BTreeMap<(Duration, u64), Attempt>,
    retries_ever: u64,
    stale: VecDeque<Stale>,
}

impl Deferred {
    pub(super) fn len(&self) -> usize {
        self.retries.len() + self.stale.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When the next retry is due.
    pub(super) fn due(&self) -> Option<Duration> {
        self.retries.keys().next().map(|(due, _)| *due)
    }

    pub(super) fn retry_at(&mut self, due: Duration, attempt: Attempt) {
        self.retries.insert((due, self.retries_ever), attempt);
        self.retries_ever += 1;
    }

    pub(super) fn pop_retry(&mut self, now: Duration) -> Option<Attempt> {
        let first = self.retries.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    pub(super) fn delete(&mut self, stale: Stale) {
        self.stale.push_back(stale);
    }

    pub(super) fn pop_stale(&mut self) -> Option<Stale> {
        self.stale.pop_front()
    }

    /// Gives up on everything that waits, and says how many retries that were.
    pub(super) fn clear(&mut self) -> usize {
        self.stale.clear();
        std::mem::take(&mut self.retries).len()
    }
}
