//! The wall clock. People read its times; no run depends on them.

use std::time::{Duration, Instant};

/// Returns the present moment.
#[expect(clippy::disallowed_methods, reason = "no run depends on it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Returns a time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a time in whole microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
