//! Settings of the service itself: of the account, of the clock, and of behaviour that AWS leaves
//! open.

use std::time::Duration;

use stormglass_spec::EPOCH_MS;

/// The settings of SQS for one account and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqsSettings {
    /// The wall clock at time zero, in ms since 1970.
    pub epoch_ms: u64,
    /// The id of the sender in the attributes of every message.
    pub sender_id: String,
    /// The most messages of a queue that can be in flight at one time (FACTS 12.13).
    pub in_flight_max: usize,
    /// The most calls of one operation on one FIFO queue in a second (FACTS 12.16).
    pub fifo_calls_per_second_max: u32,
    /// True if a standard queue deletes a message by a handle that is not its newest one. AWS may
    /// or may not (FACTS 12.10).
    pub old_handles_delete: bool,
}

/// The time in which a FIFO queue recognises a duplicate (FACTS 12.14), and a receive that is tried
/// again (FACTS 12.15).
pub(super) const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(5 * 60);

impl Default for SqsSettings {
    fn default() -> SqsSettings {
        SqsSettings {
            epoch_ms: EPOCH_MS,
            sender_id: "AROASTORMGLASSSENDER:stormglass".to_owned(),
            in_flight_max: 120_000,
            fifo_calls_per_second_max: 300,
            old_handles_delete: false,
        }
    }
}
