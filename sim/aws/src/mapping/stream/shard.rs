//! A shard that is being read, in lanes.

use stormglass_spec::{Sketch, Time, hash};

use super::batch::BatchId;
use super::effect::{StreamEffect, StreamOutcome};
use super::lane::Lane;
use super::record::ShardRecord;
use super::settings::StreamSettings;

/// A shard that is being read.
#[derive(Clone, Debug)]
pub(super) struct ShardReader {
    /// The shard that must be done before.
    parent: Option<String>,
    /// The sequence number of the last record that the mapping has.
    position: Option<String>,
    /// Each partition key belongs to one lane.
    lanes: Vec<Lane>,
    /// True if no more records follow.
    is_ended: bool,
    /// The records of the last batch that succeeded.
    last_done: Option<Vec<ShardRecord>>,
}

impl ShardReader {
    pub(super) fn new(parent: Option<&str>, position: Option<&str>, lanes: usize) -> ShardReader {
        ShardReader {
            parent: parent.map(str::to_owned),
            position: position.map(str::to_owned),
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
            is_ended: false,
            last_done: None,
        }
    }

    /// Notes that no more records follow.
    pub(super) fn end(&mut self) {
        self.is_ended = true;
    }

    /// Puts new records into the lanes of their partition keys.
    pub(super) fn take_over(&mut self, now: Time, records: Vec<ShardRecord>) {
        if let Some(last) = records.last() {
            self.position = Some(last.sequence.clone());
        }
        let lanes = u64::try_from(self.lanes.len()).unwrap_or(u64::MAX);
        for record in records {
            let draw = hash::keyed(stormglass_spec::CONSTANT, &record.partition);
            let lane = usize::try_from(hash::below(draw, lanes)).unwrap_or(0);
            self.lanes[lane].push(now, record);
        }
    }

    /// Settles a batch; returns none if it does not run here.
    pub(super) fn settle(
        &mut self,
        now: Time,
        settings: &StreamSettings,
        shard: &str,
        batch: &BatchId,
        outcome: &StreamOutcome,
    ) -> Option<Vec<StreamEffect>> {
        let lane = self.lanes.iter_mut().find(|lane| lane.runs(batch))?;
        let settled = lane.settle(now, settings, shard, outcome);
        if !settled.done.is_empty() {
            self.last_done = Some(settled.done);
        }
        Some(settled.effects)
    }

    pub(super) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter()
    }

    pub(super) fn lanes_mut(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.lanes.iter_mut()
    }

    pub(super) fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    pub(super) fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }

    pub(super) fn last_done(&self) -> Option<&[ShardRecord]> {
        self.last_done.as_deref()
    }

    /// True once the shard has ended and all of its records are settled.
    pub(super) fn is_done(&self) -> bool {
        self.is_ended && self.lanes.iter().all(Lane::is_empty)
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let ShardReader { parent, position, lanes, is_ended, last_done } = self;
        sketch.option(parent.as_deref(), Sketch::text);
        sketch.option(position.as_deref(), Sketch::text);
        sketch.list(lanes, |sketch, lane| lane.sketch(sketch));
        sketch.flag(*is_ended);
        sketch.option(last_done.as_ref(), |sketch, records| {
            sketch.list(records, |sketch, record| record.sketch(sketch));
        });
    }
}
