//! A lane of a shard: its records in their order, one batch at a time (FACTS 13.8).

use std::collections::VecDeque;

use stormglass_spec::{Sketch, Time};

use super::batch::{self, BatchId, StreamBatch};
use super::effect::{DiscardReason, StreamEffect, StreamOutcome};
use super::failure::Discard;
use super::record::ShardRecord;
use super::response;
use super::settings::StreamSettings;

/// A lane of a shard.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// The records that were in no batch yet, oldest first, each with the time since when the
    /// mapping has it.
    waiting: VecDeque<(Time, ShardRecord)>,
    /// The parts of a batch that failed, in the order in which they are retried.
    failed: VecDeque<Part>,
    /// The batch that runs.
    running: Option<RunningBatch>,
    /// The failures since the last success.
    failures: u32,
    /// The time of the next retry.
    retry_at: Time,
}

/// Records that are tried together.
#[derive(Clone, Debug, Default)]
struct Part {
    records: Vec<ShardRecord>,
    /// The retries so far, but for those that did not count.
    retries: u32,
    /// The invocations that started.
    invocations: u32,
    /// The id of the last request that started.
    request: Option<String>,
    /// True if the function failed the last time, rather than to report failures.
    is_error: bool,
}

#[derive(Clone, Debug)]
struct RunningBatch {
    id: BatchId,
    part: Part,
}

/// The result of settling a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Settlement {
    pub(super) effects: Vec<StreamEffect>,
    /// The records that succeeded.
    pub(super) done: Vec<ShardRecord>,
}

impl Lane {
    /// Adds a record behind all others.
    pub(super) fn push(&mut self, now: Time, record: ShardRecord) {
        self.waiting.push_back((now, record));
    }

    /// Gives up records that are too old, and starts a batch if one is due.
    pub(super) fn advance(
        &mut self,
        now: Time,
        settings: &StreamSettings,
        shard: &str,
        id: BatchId,
    ) -> Vec<StreamEffect> {
        let mut effects = Vec::new();
        while self.due(settings).is_some_and(|due| due <= now) {
            let Some(mut part) = self.next_part(settings) else { break };
            let old = part.records.iter().take_while(|record| record.is_too_old(now, settings));
            let old: Vec<_> = part.records.drain(..old.count()).collect();
            if !old.is_empty() {
                let discard = part.discard(shard, &old, DiscardReason::TooOld);
                effects.push(discard.effect(now, settings));
            }
            if part.records.is_empty() {
                self.failures = 0;
                continue;
            }
            let batch = StreamBatch::new(id.clone(), shard, &settings.function, &part.records);
            effects.push(StreamEffect::Invoke(batch));
            self.running = Some(RunningBatch { id, part });
            break;
        }
        effects
    }

    /// Settles the batch that runs.
    pub(super) fn settle(
        &mut self,
        now: Time,
        settings: &StreamSettings,
        shard: &str,
        outcome: &StreamOutcome,
    ) -> Settlement {
        let Some(RunningBatch { id, mut part }) = self.running.take() else {
            return Settlement::default();
        };
        part.note(&id, outcome);
        let first_failure = match outcome {
            StreamOutcome::Response(response) if settings.report_batch_item_failures => {
                response::first_failure(response, &part.records)
            }
            StreamOutcome::Response(_) => None,
            StreamOutcome::Error | StreamOutcome::NotStarted => Some(0),
        };
        let Some(place) = first_failure else {
            self.failures = 0;
            return Settlement { effects: Vec::new(), done: part.records };
        };
        let done: Vec<_> = part.records.drain(..place).collect();
        self.failures += 1;
        self.retry_at = now + settings.backoff(self.failures);
        // An invocation that did not start is no attempt, and says nothing about the records.
        if *outcome == StreamOutcome::NotStarted {
            self.failed.push_front(part);
            return Settlement::default();
        }
        let effects = self.retry(now, settings, shard, part, !done.is_empty());
        Settlement { effects, done }
    }

    /// Puts a part that failed back, whole or in two, or gives it up.
    ///
    /// `is_cut` is true if records before the part succeeded.
    fn retry(
        &mut self,
        now: Time,
        settings: &StreamSettings,
        shard: &str,
        mut part: Part,
        is_cut: bool,
    ) -> Vec<StreamEffect> {
        // A batch that is split, or cut at the first failure, uses up no retry (FACTS 13.12).
        if settings.bisect_batch_on_function_error {
            let rest = if part.is_error { part.split() } else { None };
            let is_split = rest.is_some();
            rest.into_iter().for_each(|rest| self.failed.push_front(rest));
            if is_split || is_cut {
                self.failed.push_front(part);
                return Vec::new();
            }
        }
        if settings.maximum_retry_attempts.is_some_and(|most| part.retries >= most) {
            let discard = part.discard(shard, &part.records, DiscardReason::RetriesExhausted);
            self.failures = 0;
            self.retry_at = now;
            return vec![discard.effect(now, settings)];
        }
        part.retries += 1;
        self.failed.push_front(part);
        Vec::new()
    }

    /// Takes the records of the next batch out of the lane.
    fn next_part(&mut self, settings: &StreamSettings) -> Option<Part> {
        if let Some(part) = self.failed.pop_front() {
            return Some(part);
        }
        let waiting = self.waiting.iter().map(|(_, record)| record);
        let count = batch::count_in_event(waiting, settings.batch_size).min(self.waiting.len());
        let records: Vec<_> = self.waiting.drain(..count).map(|(_, record)| record).collect();
        (!records.is_empty()).then(|| Part { records, ..Part::default() })
    }

    /// The time of the next batch, if no more records come.
    pub(super) fn due(&self, settings: &StreamSettings) -> Option<Time> {
        if self.running.is_some() {
            return None;
        }
        if !self.failed.is_empty() {
            return Some(self.retry_at);
        }
        let (since, _) = self.waiting.front()?;
        let waiting = self.waiting.iter().map(|(_, record)| record);
        let count = batch::count_in_event(waiting, settings.batch_size);
        let is_full = count >= settings.batch_size || count < self.waiting.len();
        Some(if is_full { *since } else { *since + settings.window })
    }

    pub(super) fn runs(&self, batch: &BatchId) -> bool {
        self.running.as_ref().is_some_and(|running| running.id == *batch)
    }

    /// True if every record is settled.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.failed.is_empty() && self.running.is_none()
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let Lane { waiting, failed, running, failures, retry_at } = self;
        sketch.list(waiting, |sketch, (since, record)| {
            sketch.time(*since);
            record.sketch(sketch);
        });
        sketch.list(failed, |sketch, part| part.sketch(sketch));
        sketch.option(running.as_ref(), |sketch, RunningBatch { id, part }| {
            sketch.text(id.as_str());
            part.sketch(sketch);
        });
        sketch.number(u64::from(*failures));
        sketch.time(*retry_at);
    }
}

impl Part {
    /// Notes that an invocation with these records is over.
    fn note(&mut self, id: &BatchId, outcome: &StreamOutcome) {
        if *outcome != StreamOutcome::NotStarted {
            self.invocations += 1;
            self.request = Some(id.as_str().to_owned());
            self.is_error = *outcome == StreamOutcome::Error;
        }
    }

    /// Splits the second half off; none of a single record.
    fn split(&mut self) -> Option<Part> {
        let half = self.records.len().div_ceil(2);
        let records = self.records.split_off(half);
        let Part { records: _, retries, invocations, ref request, is_error } = *self;
        let request = request.clone();
        (!records.is_empty()).then_some(Part { records, retries, invocations, request, is_error })
    }

    fn discard<'a>(
        &'a self,
        shard: &'a str,
        records: &'a [ShardRecord],
        reason: DiscardReason,
    ) -> Discard<'a> {
        let Part { records: _, retries: _, invocations, ref request, is_error } = *self;
        let request = request.as_deref();
        Discard { shard, records, reason, request, invocations, is_error }
    }

    fn sketch(&self, sketch: &mut Sketch) {
        let Part { records, retries, invocations, request, is_error } = self;
        sketch.list(records, |sketch, record| record.sketch(sketch));
        sketch.number(u64::from(*retries));
        sketch.number(u64::from(*invocations));
        sketch.option(request.as_deref(), Sketch::text);
        sketch.flag(*is_error);
    }
}
