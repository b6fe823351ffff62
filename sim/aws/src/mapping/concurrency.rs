//! The number of batches that may run at one time (FACTS 12.22, 12.25).

use stormglass_spec::Time;

use super::settings::{QueueMapping, QueueScaling};

/// The microseconds of a minute.
const MINUTE_US: u64 = 60_000_000;

/// The concurrency of a mapping, which grows with time.
#[derive(Clone, Debug, Hash)]
pub(super) struct Concurrency {
    /// The concurrency at `since`.
    level: u32,
    since: Time,
}

impl Concurrency {
    pub(super) fn new(now: Time, scaling: &QueueScaling) -> Concurrency {
        Concurrency { level: scaling.start, since: now }
    }

    /// Returns the most batches that may run at `now`.
    pub(super) fn at(&self, now: Time, mapping: &QueueMapping) -> u32 {
        let QueueScaling { per_minute, .. } = mapping.scaling;
        let elapsed_us = now.micros().saturating_sub(self.since.micros());
        let gained = elapsed_us.saturating_mul(u64::from(per_minute)) / MINUTE_US;
        let gained = u32::try_from(gained).unwrap_or(u32::MAX);
        self.level.saturating_add(gained).min(most(mapping))
    }

    /// Returns the time from which on so many batches may run. `None` if never.
    pub(super) fn reaches(&self, count: u32, mapping: &QueueMapping) -> Option<Time> {
        let per_minute = u64::from(mapping.scaling.per_minute);
        let missing = u64::from(count.saturating_sub(self.level));
        if count > most(mapping) || (missing > 0 && per_minute == 0) {
            return None;
        }
        let waited_us = (missing * MINUTE_US).div_ceil(per_minute.max(1));
        Some(Time::from_micros(self.since.micros() + waited_us))
    }

    /// A batch failed.
    pub(super) fn on_failure(&mut self, now: Time, mapping: &QueueMapping) {
        let level = self.at(now, mapping) / mapping.scaling.failure_divisor.max(1);
        *self = Concurrency { level: level.max(1), since: now };
    }

    /// The queue is empty and no batch runs.
    pub(super) fn on_idle(&mut self, now: Time, mapping: &QueueMapping) {
        if mapping.concurrency_max.is_none() {
            let level = self.at(now, mapping).min(mapping.scaling.idle);
            *self = Concurrency { level, since: now };
        }
    }
}

fn most(mapping: &QueueMapping) -> u32 {
    mapping.concurrency_max.unwrap_or(u32::MAX).min(mapping.scaling.most)
}
