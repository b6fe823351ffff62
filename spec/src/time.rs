//! The time that events carry.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Microseconds since the start of a run.
///
/// A simulated run counts virtual time; a live run counts from its first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Time {
    micros: u64,
}

impl Time {
    /// The start of a run.
    pub const ZERO: Time = Time { micros: 0 };

    /// The time `micros` microseconds after the start.
    pub const fn from_micros(micros: u64) -> Time {
        Time { micros }
    }

    /// The time `millis` milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Time {
        Time { micros: millis * 1_000 }
    }

    /// Whole microseconds since the start.
    pub const fn micros(self) -> u64 {
        self.micros
    }

    /// Whole milliseconds since the start, rounded down.
    pub const fn millis(self) -> u64 {
        self.micros / 1_000
    }

    /// The time between `earlier` and this one, or zero if `earlier` is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.micros.saturating_sub(earlier.micros))
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Rounds the duration up to a whole microsecond, so that a timer never fires early.
    fn add(self, duration: Duration) -> Time {
        let micros = duration.as_nanos().div_ceil(1_000);
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        Time { micros: self.micros.saturating_add(micros) }
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    /// Stops at the start of the run.
    fn sub(self, duration: Duration) -> Time {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Time { micros: self.micros.saturating_sub(micros) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millis, rest) = (self.micros / 1_000, self.micros % 1_000);
        write!(f, "{millis}.{rest:03} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_rounded_up_to_a_whole_microsecond() {
        assert_eq!(Time::ZERO + Duration::from_nanos(1_001), Time::from_micros(2));
    }

    #[test]
    fn time_before_the_start_is_the_start() {
        assert_eq!(Time::from_millis(3) - Duration::from_millis(5), Time::ZERO);
    }
}
