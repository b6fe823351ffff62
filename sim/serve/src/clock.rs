//! The wall clock as the state machines count time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use stormglass_spec::EPOCH_MS;
use stormglass_spec::Time;

/// Time since [`EPOCH_MS`], so that the dates which the state machines make of it are today's.
///
/// It never runs backwards, even if somebody sets the clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Time,
    since: Instant,
}

impl Clock {
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

/// Functions live by the same clock, so that what events say of the time is never ahead of theirs.
impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(EPOCH_MS) + Clock::now(self).since(Time::ZERO)
    }
}
