//! Replicas, which serve eventually consistent reads.

use std::time::Duration;

/// The state of the replica that serves an eventually consistent read (FACTS 6.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplicaView {
    /// The replica has every earlier write.
    #[default]
    Fresh,
    /// The replica shows all tables as they were this long ago: at most 10 s, and not before the
    /// start of the run.
    Behind(Duration),
    /// The replica shows each row as of a time of its own, because writes reach it row by row.
    ///
    /// The times come from `seed` and the key of each row.
    Uneven {
        /// The longest lag of a row, as for [`ReplicaView::Behind`].
        lag_max: Duration,
        /// The seed of the times.
        seed: u64,
    },
}
