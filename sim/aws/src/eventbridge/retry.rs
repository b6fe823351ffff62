//! Retries of deliveries: how often, and when (FACTS 14.8, 14.13).

use std::time::Duration;

use stormglass_spec::hash::{below, keyed_for};
use stormglass_spec::{CONSTANT, Time};

/// The limits of the retries for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts_max: u32,
    age_s_max: u32,
}

impl Default for RetryPolicy {
    /// Returns 185 retries in 24 hours.
    fn default() -> RetryPolicy {
        RetryPolicy { attempts_max: 185, age_s_max: 86_400 }
    }
}

impl RetryPolicy {
    /// Makes a policy of at most `attempts_max` retries, 0 to 185, until an event is `age_s_max`
    /// seconds old, 60 to 86,400.
    ///
    /// # Errors
    ///
    /// If a limit is out of its range: the problem in words.
    pub fn new(attempts_max: u32, age_s_max: u32) -> Result<RetryPolicy, String> {
        if attempts_max > 185 {
            return Err(format!("MaximumRetryAttempts must be 0 to 185, not {attempts_max}"));
        }
        if !(60..=86_400).contains(&age_s_max) {
            return Err(format!("MaximumEventAgeInSeconds must be 60 to 86400, not {age_s_max}"));
        }
        Ok(RetryPolicy { attempts_max, age_s_max })
    }

    /// Returns the most retries.
    pub fn attempts_max(self) -> u32 {
        self.attempts_max
    }

    /// Returns the largest age of an event, in seconds.
    pub fn age_s_max(self) -> u32 {
        self.age_s_max
    }

    /// Returns the limit that forbids one more retry at a time, if one does.
    pub(crate) fn exhausted(
        self,
        retries: u32,
        first_at: Time,
        next_at: Time,
    ) -> Option<&'static str> {
        if retries >= self.attempts_max {
            return Some("MaximumRetryAttempts");
        }
        let age_max = Duration::from_secs(self.age_s_max.into());
        (next_at > first_at + age_max).then_some("MaximumEventAgeInSeconds")
    }
}

/// The time between retries, which AWS does not document: exponential with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The time before the first retry, in ms.
    pub first_ms: u64,
    /// The longest time between two retries, in ms.
    pub max_ms: u64,
}

impl Default for Backoff {
    /// Returns one second, doubled up to 500 s, at which 24 hours hold about 185 retries.
    fn default() -> Backoff {
        Backoff { first_ms: 1_000, max_ms: 500_000 }
    }
}

impl Backoff {
    /// Returns the time before the next retry: half of the full time, and up to as much again, by a
    /// draw that belongs to `key`.
    pub(crate) fn delay(self, retries: u32, key: &str) -> Duration {
        let doubled = self.first_ms.saturating_mul(1_u64.checked_shl(retries).unwrap_or(u64::MAX));
        let full_us = doubled.min(self.max_ms).saturating_mul(1_000);
        let draw = keyed_for(CONSTANT, key, "eventbridge.backoff");
        Duration::from_micros(full_us / 2 + below(draw, full_us / 2 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_the_limits_of_aws() {
        assert_eq!(RetryPolicy::new(185, 86_400), Ok(RetryPolicy::default()));
        assert!(RetryPolicy::new(0, 60).is_ok());
        assert!(RetryPolicy::new(186, 60).unwrap_err().contains("0 to 185"));
        for age in [59, 86_401] {
            assert!(RetryPolicy::new(0, age).unwrap_err().contains("60 to 86400"));
        }
    }

    #[test]
    fn a_policy_is_exhausted_by_retries_or_by_age() {
        let policy = RetryPolicy::new(2, 60).unwrap();
        let seconds = |seconds: u64| Time::from_millis(1_000 * seconds);
        for (retries, next, exhausted) in [
            (0, 70, None),
            (1, 70, None),
            (2, 20, Some("MaximumRetryAttempts")),
            (1, 71, Some("MaximumEventAgeInSeconds")),
        ] {
            let found = policy.exhausted(retries, seconds(10), seconds(next));
            assert_eq!(found, exhausted, "{retries} retries, next at {next} s");
        }
    }

    #[test]
    fn the_time_between_retries_doubles_up_to_its_limit() {
        let backoff = Backoff { first_ms: 1_000, max_ms: 10_000 };
        for (retries, full_ms) in [(0, 1_000), (1, 2_000), (3, 8_000), (4, 10_000), (184, 10_000)] {
            let (low, high) = (Duration::from_millis(full_ms / 2), Duration::from_millis(full_ms));
            for key in ["a", "b", "c"] {
                let delay = backoff.delay(retries, key);
                assert!((low..=high).contains(&delay), "{retries} retries: {delay:?}");
            }
        }
        assert_ne!(backoff.delay(3, "a"), backoff.delay(3, "b"));
        assert_eq!(backoff.delay(3, "a"), backoff.delay(3, "a"));
    }
}
