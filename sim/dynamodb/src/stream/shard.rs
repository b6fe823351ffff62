//! A shard of a stream: records in their order (FACTS 13.1).

use std::collections::VecDeque;

use stormglass_spec::{EPOCH_MS, Sketch, Time, hash};

use super::record::StreamRecord;
use super::sequence::SequenceNumber;
use crate::state::RETENTION;

/// A shard of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Shard {
    pub(crate) id: String,
    /// The share of the partition keys whose records the shard holds.
    pub(crate) place: u32,
    /// The id of the shard before it at the same place. Readers finish it first (FACTS 13.4).
    pub(crate) parent: Option<String>,
    /// The time since when the shard takes no more records.
    pub(crate) closed_at: Option<Time>,
    /// The number before that of the first record.
    pub(crate) start: SequenceNumber,
    /// The ordinal of the newest record; a child counts on from its parent.
    ordinal: u64,
    /// The time of the newest record.
    newest_at: Time,
    records: VecDeque<StreamRecord>,
    /// The number of the newest record that is gone.
    pub(crate) trimmed: SequenceNumber,
}

impl Shard {
    /// The first shard at a place of a stream.
    pub(crate) fn first(stream: &str, place: u32, opened_at: Time) -> Shard {
        Shard {
            id: shard_id(stream, place, "", opened_at),
            place,
            parent: None,
            closed_at: None,
            start: SequenceNumber::new(opened_at, 0, place),
            ordinal: 0,
            newest_at: opened_at,
            records: VecDeque::new(),
            trimmed: SequenceNumber::default(),
        }
    }

    /// Closes the shard, and returns its child.
    pub(crate) fn roll(&mut self, stream: &str, now: Time) -> Shard {
        self.closed_at = Some(now);
        let mut child = Shard::first(stream, self.place, now.max(self.newest_at));
        child.id = shard_id(stream, self.place, &self.id, child.newest_at);
        child.start = SequenceNumber::new(child.newest_at, self.ordinal, self.place);
        child.ordinal = self.ordinal;
        child.parent = Some(self.id.clone());
        child
    }

    pub(crate) fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Returns the number and the time of the next record. Neither ever runs backwards.
    pub(crate) fn advance(&mut self, now: Time) -> (SequenceNumber, Time) {
        self.ordinal += 1;
        self.newest_at = self.newest_at.max(now);
        (SequenceNumber::new(self.newest_at, self.ordinal, self.place), self.newest_at)
    }

    /// Adds a record with the number that [`Shard::advance`] has returned.
    pub(crate) fn push(&mut self, record: StreamRecord) {
        self.records.push_back(record);
    }

    /// The records from a number on that are not too old at `now`.
    pub(crate) fn records_from(
        &self,
        now: Time,
        from: SequenceNumber,
    ) -> impl Iterator<Item = &StreamRecord> {
        let start = self.records.partition_point(|record| record.sequence < from);
        let is_kept = move |record: &&StreamRecord| record.created_at + RETENTION > now;
        self.records.range(start..).filter(is_kept)
    }

    /// The number of the newest record, even if it is gone; that of the start if there was none.
    pub(crate) fn newest(&self) -> SequenceNumber {
        self.records.back().map_or(self.start.max(self.trimmed), |record| record.sequence)
    }

    /// Drops the records that are a day old (FACTS 13.4).
    pub(crate) fn forget(&mut self, now: Time) {
        let is_old = |record: &mut StreamRecord| record.created_at + RETENTION <= now;
        while let Some(record) = self.records.pop_front_if(is_old) {
            self.trimmed = record.sequence;
        }
    }

    /// True once the shard is closed and its last record may be gone.
    pub(crate) fn is_gone(&self, now: Time) -> bool {
        self.closed_at.is_some_and(|closed_at| closed_at + RETENTION <= now)
    }

    pub(crate) fn sketch(&self, sketch: &mut Sketch) {
        let Shard { id, place, parent, closed_at, start, ordinal, newest_at, records, trimmed } =
            self;
        sketch.text(id);
        sketch.number(u64::from(*place));
        sketch.option(parent.as_deref(), Sketch::text);
        sketch.option(*closed_at, Sketch::time);
        sketch.debug(start);
        sketch.number(*ordinal);
        sketch.time(*newest_at);
        sketch.list(records, |sketch, record| record.sketch(sketch));
        sketch.debug(trimmed);
    }
}

/// Makes the id of a shard, such as `shardId-00000001573689847184-864758bb`.
fn shard_id(stream: &str, place: u32, parent: &str, opened_at: Time) -> String {
    let own = format!("{stream}/{place}/{parent}");
    let tag = hash::keyed(stormglass_spec::CONSTANT, &own) >> 32;
    format!("shardId-{:020}-{tag:08x}", EPOCH_MS + opened_at.millis())
}
