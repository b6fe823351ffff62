//! Batches of records, with the event of the function (FACTS 13.17).

use stormglass_spec::hash;

use super::record::ShardRecord;

/// The largest size of an event: that of a synchronous invocation (FACTS 11.8, 13.8).
const EVENT_BYTES_MAX: usize = 6 * 1024 * 1024;

const EVENT_START: &str = "{\"Records\":[";
const EVENT_END: &str = "]}";

/// The id of a batch, which is the id of the request that invokes the function: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub(super) String);

/// A batch: one invocation of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamBatch {
    /// The id, for [`settle`](super::StreamMapping::settle).
    pub id: BatchId,
    /// The shard.
    pub shard: String,
    /// The name of the function.
    pub function: String,
    /// The event, as JSON.
    pub event: String,
    /// The sequence numbers of the records, in their order.
    pub sequences: Vec<String>,
}

impl BatchId {
    /// Makes the id of the batch of a lane from a key that is unique.
    pub(super) fn new(key: &str, lane: usize) -> BatchId {
        let own = format!("{key}/{lane}");
        let half = |purpose| hash::keyed_for(stormglass_spec::CONSTANT, &own, purpose);
        let (high, low) = (half("high"), half("low"));
        BatchId(format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        ))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StreamBatch {
    pub(super) fn new(
        id: BatchId,
        shard: &str,
        function: &str,
        records: &[ShardRecord],
    ) -> StreamBatch {
        let elements: Vec<_> = records.iter().map(|record| record.json.as_str()).collect();
        StreamBatch {
            id,
            shard: shard.to_owned(),
            function: function.to_owned(),
            event: format!("{EVENT_START}{}{EVENT_END}", elements.join(",")),
            sequences: records.iter().map(|record| record.sequence.clone()).collect(),
        }
    }
}

/// Returns the number of records that fit one event, at most `count_max` and at least one.
pub(super) fn count_in_event<'a>(
    records: impl Iterator<Item = &'a ShardRecord>,
    count_max: usize,
) -> usize {
    let mut bytes = EVENT_START.len() + EVENT_END.len();
    let fits = |record: &&ShardRecord| {
        bytes += record.json.len() + 1;
        bytes <= EVENT_BYTES_MAX
    };
    records.take(count_max).take_while(fits).count().max(1)
}
