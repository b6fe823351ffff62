//! The number of batches that may run at one time (FACTS 12.22, 12.25).

use std::time::Duration;

use stormglass_spec::Time;

use super::settings::{QueueMapping, QueueScaling};

/// The microseconds of a minute.
const MINUTE_US: u128 = 60_000_000;

/// The concurrency of a mapping. It grows while there are batches.
#[derive(Clone, Debug, Hash)]
pub(super) struct Concurrency {
    /// The concurrency at `since`.
    level: u32,
    /// The time from which on it grows. `None` if there is nothing to do.
    since: Option<Time>,
    /// True if there ever was a batch.
    is_used: bool,
}

impl Concurrency {
    pub(super) fn new(scaling: &QueueScaling) -> Concurrency {
        Concurrency { level: scaling.start, since: None, is_used: false }
    }

    /// Returns the most batches that may run at `now`.
    pub(super) fn at(&self, now: Time, mapping: &QueueMapping) -> u32 {
        let elapsed = self.since.map(|since| now.since(since)).unwrap_or_default();
        let gained = elapsed.as_micros() * u128::from(mapping.scaling.per_minute) / MINUTE_US;
        let gained = u32::try_from(gained).unwrap_or(u32::MAX);
        self.level.saturating_add(gained).min(most(mapping))
    }

    /// Returns the time from which on so many batches may run. `None` if never.
    pub(super) fn reaches(&self, count: u32, mapping: &QueueMapping) -> Option<Time> {
        let per_minute = u128::from(mapping.scaling.per_minute);
        let missing = u128::from(count.saturating_sub(self.level));
        if count > most(mapping) || (missing > 0 && per_minute == 0) {
            return None;
        }
        let waited_us = (missing * MINUTE_US).div_ceil(per_minute.max(1));
        let waited_us = u64::try_from(waited_us).unwrap_or(u64::MAX);
        Some(self.since? + Duration::from_micros(waited_us))
    }

    /// A batch begins.
    pub(super) fn on_batch(&mut self, now: Time) {
        self.since.get_or_insert(now);
        self.is_used = true;
    }

    /// A batch failed.
    pub(super) fn on_failure(&mut self, now: Time, mapping: &QueueMapping) {
        let level = self.at(now, mapping) / mapping.scaling.failure_divisor.max(1);
        self.level = level.max(1);
        self.since = Some(now);
    }

    /// No message is visible and no batch runs.
    pub(super) fn on_idle(&mut self, now: Time, mapping: &QueueMapping) {
        let level = self.at(now, mapping);
        let is_reduced = self.is_used && mapping.concurrency_max.is_none();
        self.level = if is_reduced { level.min(mapping.scaling.idle) } else { level };
        self.since = None;
    }
}

fn most(mapping: &QueueMapping) -> u32 {
    mapping.concurrency_max.unwrap_or(u32::MAX).min(mapping.scaling.most)
}
