//! The wall clock as the state machines count time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use stormglass_spec::EPOCH_MS;
use stormglass_spec::Time;

/// The time since [`EPOCH_MS`], so that the dates which the state machines compute are today's.
///
/// It never runs backwards, even if the clock of the machine is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Time,
    since: Instant,
}

impl Clock {
    /// Starts at the machine's time.
    pub(crate) fn start() -> Clock {
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        let (wall, since) = (SystemTime::now(), Instant::now());
        let epoch = UNIX_EPOCH + Duration::from_millis(EPOCH_MS);
        let elapsed = wall.duration_since(epoch).unwrap_or_default();
        Clock { started: Time::ZERO + elapsed, since }
    }

    pub(crate) fn now(&self) -> Time {
        self.started + self.since.elapsed()
    }
}

/// Functions read the same clock, so that the times in events are never ahead of theirs.
impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(EPOCH_MS) + Clock::now(self).since(Time::ZERO)
    }
}
