//! A token bucket, in integers only.

use stormglass_spec::{Sketch, Time};

/// One token, in the unit of the bucket: a bucket that gets n tokens per second gets n units in
/// every microsecond.
const TOKEN: u64 = 1_000_000;

/// A token bucket that is full at the start.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    per_second: u64,
    level_max: u64,
    /// The level at `filled_at`.
    level: u64,
    filled_at: Time,
}

impl TokenBucket {
    /// Creates a full bucket.
    pub fn new(per_second: u32, burst: u32) -> TokenBucket {
        let level_max = u64::from(burst) * TOKEN;
        TokenBucket {
            per_second: per_second.into(),
            level_max,
            level: level_max,
            filled_at: Time::ZERO,
        }
    }

    /// Takes a token. Returns `false` if there is none.
    ///
    /// # Panics
    ///
    /// If `now` is earlier than at the last call.
    pub fn take(&mut self, now: Time) -> bool {
        self.level = self.level_at(now);
        self.filled_at = now;
        let left = self.level.checked_sub(TOKEN);
        self.level = left.unwrap_or(self.level);
        left.is_some()
    }

    /// Adds everything that can still make a difference from `now` on. Of two full buckets with
    /// the same rate, neither knows when it was filled.
    pub fn sketch(&self, now: Time, sketch: &mut Sketch) {
        let TokenBucket { per_second, level_max, level, filled_at } = *self;
        sketch.number(per_second);
        sketch.number(level_max);
        let is_full = self.level_at(now) == level_max;
        sketch.option((!is_full).then_some((level, filled_at)), |sketch, (level, filled_at)| {
            sketch.number(level);
            sketch.time(filled_at);
        });
    }

    fn level_at(&self, now: Time) -> u64 {
        let elapsed_us = now.micros().checked_sub(self.filled_at.micros());
        let elapsed_us = elapsed_us.expect("time does not run backwards");
        let gained = elapsed_us.saturating_mul(self.per_second);
        self.level.saturating_add(gained).min(self.level_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut TokenBucket, now: Time, tries: u32) -> usize {
        (0..tries).filter(|_| bucket.take(now)).count()
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_no_more() {
        let mut bucket = TokenBucket::new(10, 3);
        assert_eq!(taken(&mut bucket, Time::ZERO, 10), 3);
    }

    #[test]
    fn tokens_come_back_at_the_rate_to_the_microsecond() {
        let mut bucket = TokenBucket::new(3, 1);
        assert!(bucket.take(Time::ZERO));
        assert!(!bucket.take(Time::from_micros(333_333)));
        assert!(bucket.take(Time::from_micros(333_334)));
    }

    #[test]
    fn many_small_steps_gain_as_much_as_a_large_one() {
        let mut bucket = TokenBucket::new(3, 1_000);
        assert_eq!(taken(&mut bucket, Time::ZERO, 1_000), 1_000);
        let steps = (1..=1_000_000).step_by(7).chain([1_000_000]);
        let taken: usize = steps.map(|us| taken(&mut bucket, Time::from_micros(us), 1)).sum();
        assert_eq!(taken, 3);
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = TokenBucket::new(10_000, 2);
        assert_eq!(taken(&mut bucket, Time::from_micros(u64::MAX), 10), 2);
    }

    #[test]
    fn buckets_that_are_full_again_are_alike() {
        let sketch = |bucket: &TokenBucket, second: u64| {
            let mut sketch = Sketch::default();
            bucket.sketch(Time::from_millis(1_000 * second), &mut sketch);
            sketch.finish()
        };
        let new = TokenBucket::new(2, 2);
        let mut used = new;
        assert_eq!(taken(&mut used, Time::ZERO, 2), 2);
        assert_ne!(sketch(&new, 0), sketch(&used, 0));
        assert_eq!(sketch(&new, 1), sketch(&used, 1));
    }

    #[test]
    fn a_bucket_without_a_rate_stays_empty() {
        let mut bucket = TokenBucket::new(0, 0);
        assert_eq!(taken(&mut bucket, Time::from_micros(u64::MAX), 3), 0);
    }
}
