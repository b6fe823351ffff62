//! Limits and delays of the model.

use std::num::NonZeroU8;
use std::time::Duration;

/// Limits and delays of the model, besides the limits of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest number of rows on one page of a query or a scan, so that small tables have
    /// several pages too.
    ///
    /// The limit of 1 MB always holds as well (FACTS 6.1).
    pub page_rows_max: Option<usize>,
    /// The time that the creation, a change or the deletion of a table or an index takes.
    pub table_change_time: Duration,
    /// The longest time from the expiry of a row to its removal. Each row has its own share of it
    /// (FACTS 6.10).
    pub expiry_lag_max: Duration,
    /// The number of open shards of every stream. The partition keys of a table are spread over
    /// them (FACTS 13.1).
    pub stream_shards: NonZeroU8,
}

impl Default for Limits {
    /// Pages of 1 MB, changes and expiries that take no time, and streams of one shard.
    fn default() -> Limits {
        Limits {
            page_rows_max: None,
            table_change_time: Duration::ZERO,
            expiry_lag_max: Duration::ZERO,
            stream_shards: NonZeroU8::MIN,
        }
    }
}
