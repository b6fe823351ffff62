//! The event source mapping of a DynamoDB stream (FACTS 13.7 to 13.14), sans IO.
//!
//! A driver announces the shards of the stream, hands over their records, invokes the function
//! with each batch, and settles the batch with the outcome. It decides how long each step takes.
//!
//! - `settings`: the settings of a mapping, with the ranges of AWS.
//! - `record`, `batch`, `effect`: records, batches, and the effects that a mapping asks for.
//! - `shard`, `lane`: a shard, and its lanes, each with one batch at a time.
//! - `response`: the records that the response of a function reports as failed.
//! - `failure`: the record that an on-failure destination gets.

mod batch;
mod effect;
mod failure;
mod lane;
mod record;
mod response;
mod settings;
mod shard;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::{Sketch, Time};

pub use batch::{BatchId, StreamBatch};
pub use effect::{DiscardReason, FailureRecord, StreamEffect, StreamOutcome};
pub use record::ShardRecord;
pub use settings::{StartingPosition, StreamSettings};
use shard::ShardReader;

/// A mapping of a stream to a function.
///
/// The driver passes times that never run backwards, and keys that it has not used before.
#[derive(Clone, Debug)]
pub struct StreamMapping {
    settings: StreamSettings,
    /// The shards that are not read to their end yet, by their ids.
    shards: BTreeMap<String, ShardReader>,
    /// The shards that were read to their end.
    done: BTreeSet<String>,
    /// The batches that repeat an earlier one, and whose outcome changes nothing.
    repetitions: BTreeSet<BatchId>,
}

impl StreamMapping {
    /// Creates a mapping without shards.
    ///
    /// # Errors
    ///
    /// If a setting is out of the range of AWS: the setting and the range.
    pub fn new(settings: StreamSettings) -> Result<StreamMapping, String> {
        settings.check()?;
        let (done, repetitions) = (BTreeSet::new(), BTreeSet::new());
        Ok(StreamMapping { settings, shards: BTreeMap::new(), done, repetitions })
    }

    /// Starts to read a shard. One that the mapping reads or has read stays as it is.
    ///
    /// `latest` is the position of the newest record that the shard has now, and `LATEST` starts
    /// behind it. A shard whose parent the mapping reads or has read starts with its first record,
    /// and waits until the parent is done (FACTS 13.4, 13.14).
    pub fn add_shard(&mut self, shard: &str, parent: Option<&str>, latest: Option<&str>) {
        if self.knows(shard) {
            return;
        }
        let parent = parent.filter(|parent| self.knows(parent));
        let starts_late = self.settings.starting_position == StartingPosition::Latest;
        let position = latest.filter(|_| starts_late && parent.is_none());
        let lanes = self.settings.parallelization_factor;
        let reader = ShardReader::new(parent, position, lanes);
        self.shards.insert(shard.to_owned(), reader);
    }

    /// Notes that a shard is closed and the mapping has all of its records.
    ///
    /// Once they are settled, the mapping forgets the shard and its children start.
    pub fn end_shard(&mut self, shard: &str) {
        if let Some(reader) = self.shards.get_mut(shard) {
            reader.end();
        }
        self.forget_done();
    }

    /// Takes over the next records of a shard, and returns what is due: batches to invoke, and
    /// records that have become too old.
    ///
    /// The records are those behind [`StreamMapping::position`], oldest first; there may be none.
    /// A shard that waits for its parent, or that the mapping does not read, takes no records.
    /// `key` is unique, and makes the ids of the batches.
    pub fn poll(
        &mut self,
        now: Time,
        shard: &str,
        records: Vec<ShardRecord>,
        key: &str,
    ) -> Vec<StreamEffect> {
        if !self.is_readable(shard) {
            return Vec::new();
        }
        let StreamMapping { settings, shards, .. } = self;
        let Some(reader) = shards.get_mut(shard) else { return Vec::new() };
        reader.take_over(now, records);
        let mut effects = Vec::new();
        for (number, lane) in reader.lanes_mut().enumerate() {
            let id = BatchId::new(key, number);
            effects.extend(lane.advance(now, settings, shard, id));
        }
        self.forget_done();
        effects
    }

    /// Settles a batch with the outcome of its invocation.
    ///
    /// Success advances the shard. After a failure the same records are due again after a back-off,
    /// and nothing else of their lane is (FACTS 13.10). Records whose retries are used up are
    /// discarded. A batch that is not running, or that repeats another one, changes nothing.
    pub fn settle(
        &mut self,
        now: Time,
        batch: &BatchId,
        outcome: &StreamOutcome,
    ) -> Vec<StreamEffect> {
        if self.repetitions.remove(batch) {
            return Vec::new();
        }
        let StreamMapping { settings, shards, .. } = self;
        let mut effects = Vec::new();
        for (id, reader) in shards.iter_mut() {
            if let Some(settled) = reader.settle(now, settings, id, batch, outcome) {
                effects = settled;
                break;
            }
        }
        self.forget_done();
        effects
    }

    /// Invokes the function once more with the last records of a shard that succeeded (FACTS 13.9).
    ///
    /// The batch runs beside the others, so it may come out of order; its outcome changes nothing.
    /// Returns no batch if none has succeeded yet.
    pub fn repeat_last(&mut self, shard: &str, key: &str) -> Option<StreamBatch> {
        let records = self.shards.get(shard)?.last_done()?;
        let id = BatchId::new(key, 0);
        let batch = StreamBatch::new(id.clone(), shard, &self.settings.function, records);
        self.repetitions.insert(id);
        Some(batch)
    }

    /// Returns the sequence number behind which the records for the next [`StreamMapping::poll`]
    /// of a shard start; none for its first record.
    pub fn position(&self, shard: &str) -> Option<&str> {
        self.shards.get(shard)?.position()
    }

    /// Returns the shards that take records now: those that do not wait for their parent.
    pub fn readable_shards(&self) -> impl Iterator<Item = &str> {
        self.shards.keys().map(String::as_str).filter(|shard| self.is_readable(shard))
    }

    /// Returns the next time at which a poll of a shard brings something, even without new records,
    /// and that shard.
    pub fn next_due(&self) -> Option<(Time, &str)> {
        let due = self.shards.iter().filter_map(|(id, reader)| {
            let times = reader.lanes().filter_map(|lane| lane.due(&self.settings));
            times.min().map(|time| (time, id.as_str()))
        });
        due.min()
    }

    /// Returns the settings.
    pub fn settings(&self) -> &StreamSettings {
        &self.settings
    }

    /// Adds the whole state.
    pub fn sketch(&self, sketch: &mut Sketch) {
        // The settings are the same in all states of a run.
        let StreamMapping { settings: _, shards, done, repetitions } = self;
        sketch.list(shards, |sketch, (id, reader)| {
            sketch.text(id);
            reader.sketch(sketch);
        });
        sketch.debug(done);
        sketch.debug(repetitions);
    }

    fn knows(&self, shard: &str) -> bool {
        self.shards.contains_key(shard) || self.done.contains(shard)
    }

    fn is_readable(&self, shard: &str) -> bool {
        let reader = self.shards.get(shard);
        reader.is_some_and(|reader| {
            reader.parent().is_none_or(|parent| !self.shards.contains_key(parent))
        })
    }

    /// Forgets the shards that are read to their end.
    fn forget_done(&mut self) {
        let StreamMapping { shards, done, .. } = self;
        shards.retain(|id, reader| {
            let is_done = reader.is_done();
            if is_done {
                done.insert(id.clone());
            }
            !is_done
        });
    }
}
