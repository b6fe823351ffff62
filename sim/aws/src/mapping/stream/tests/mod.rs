//! A mapping as its driver uses it: records go in, batches come out.

mod batches;
mod failures;
mod shards;

use std::time::Duration;

use serde_json::{Value as Json, json};
use stormglass_spec::Time;

use super::*;

const SHARD: &str = "shardId-1";
const STREAM: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/rows/stream/label";

fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn settings() -> StreamSettings {
    StreamSettings::new("rows", STREAM, "worker")
}

/// A mapping of one shard, with a counter of polls for their keys.
struct Bench {
    mapping: StreamMapping,
    polls: u32,
}

impl Bench {
    fn new(change: impl FnOnce(&mut StreamSettings)) -> Bench {
        let mut settings = settings();
        change(&mut settings);
        let mut mapping = StreamMapping::new(settings).expect("the settings are sound");
        mapping.add_shard(SHARD, None, None);
        Bench { mapping, polls: 0 }
    }

    /// Polls the shard with records of these keys, which were written at this time.
    fn poll(&mut self, now: u64, keys: &[&str]) -> Vec<StreamEffect> {
        self.poll_written(now, now, keys)
    }

    fn poll_written(&mut self, now: u64, written: u64, keys: &[&str]) -> Vec<StreamEffect> {
        let records = keys.iter().map(|key| record(key, at(written))).collect();
        self.polls += 1;
        self.mapping.poll(at(now), SHARD, records, &format!("poll{}", self.polls))
    }

    /// Polls the shard, and returns the one batch that is due.
    fn batch(&mut self, now: u64, keys: &[&str]) -> StreamBatch {
        let effects = self.poll(now, keys);
        let [StreamEffect::Invoke(batch)] = &effects[..] else { panic!("{effects:?}") };
        batch.clone()
    }

    fn settle(
        &mut self,
        now: u64,
        batch: &StreamBatch,
        outcome: StreamOutcome,
    ) -> Vec<StreamEffect> {
        self.mapping.settle(at(now), &batch.id, &outcome)
    }

    /// Settles a batch that fails, which discards nothing.
    fn fail(&mut self, now: u64, batch: &StreamBatch) {
        assert_eq!(self.settle(now, batch, StreamOutcome::Error), []);
    }

    fn succeed(&mut self, now: u64, batch: &StreamBatch) {
        assert_eq!(self.settle(now, batch, succeeded()), []);
    }

    /// The second of the next due time.
    fn due(&self) -> Option<u64> {
        self.mapping.next_due().map(|(time, _)| time.millis() / 1_000)
    }
}

fn succeeded() -> StreamOutcome {
    StreamOutcome::Response("null".to_owned())
}

/// A record whose sequence number is its partition key.
fn record(key: &str, created_at: Time) -> ShardRecord {
    let json = json!({ "eventID": key }).to_string();
    ShardRecord { sequence: key.to_owned(), partition: key.to_owned(), created_at, json }
}

/// The sequence numbers of a batch.
fn numbers(batch: &StreamBatch) -> Vec<&str> {
    batch.sequences.iter().map(String::as_str).collect()
}

/// The sequence numbers of the records that are discarded, the reason, and the message.
fn discarded(effect: &StreamEffect) -> (Vec<&str>, DiscardReason, Option<Json>) {
    let StreamEffect::Discard { shard, sequences, reason, failure } = effect else {
        panic!("{effect:?}")
    };
    assert_eq!(shard, SHARD);
    let read = |failure: &FailureRecord| serde_json::from_str(&failure.body).expect("it is JSON");
    let numbers = sequences.iter().map(String::as_str).collect();
    (numbers, *reason, failure.as_ref().map(read))
}
