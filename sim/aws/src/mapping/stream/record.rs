//! Records of a stream, as far as a mapping looks at them.

use std::time::Duration;

use stormglass_spec::{Sketch, Time};

use super::settings::StreamSettings;

/// The time after which a stream drops a record (FACTS 13.4).
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// A record of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardRecord {
    /// The sequence number, as in the event.
    pub sequence: String,
    /// The partition key of the item, as text.
    pub partition: String,
    /// The time of the change.
    pub created_at: Time,
    /// The element of `Records` in the event, as JSON.
    pub json: String,
}

impl ShardRecord {
    /// True if the record is given up at `now`, for the mapping or for the stream.
    pub(super) fn is_too_old(&self, now: Time, settings: &StreamSettings) -> bool {
        let age_max = settings.maximum_record_age.unwrap_or(RETENTION).min(RETENTION);
        now.since(self.created_at) >= age_max
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let ShardRecord { sequence, partition, created_at, json } = self;
        sketch.text(sequence);
        sketch.text(partition);
        sketch.time(*created_at);
        sketch.text(json);
    }
}
