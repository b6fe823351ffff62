//! Virtual time for the SDK: a clock and timers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;

use super::hub::{Hub, TimerId};
use stormglass_spec::EPOCH_MS;

/// The wall clock of a simulated function.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    pub(super) hub: Hub,
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
            + Duration::from_millis(EPOCH_MS)
            + Duration::from_micros(self.hub.now().micros())
    }
}

/// The timers of a simulated function.
#[derive(Clone, Debug)]
pub(super) struct Timers {
    pub(super) hub: Hub,
}

impl AsyncSleep for Timers {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(SleepFuture { hub: self.hub.clone(), duration, timer: None })
    }
}

/// A sleep that starts on its first poll, because the SDK makes many sleeps that it never polls.
struct SleepFuture {
    hub: Hub,
    duration: Duration,
    timer: Option<TimerId>,
}

impl Future for SleepFuture {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.timer {
            Some(timer) => self.hub.poll_timer(timer, context.waker()),
            None => {
                let due = self.hub.now() + self.duration;
                let timer = self.hub.start_timer(due, context.waker());
                self.timer = Some(timer);
                Poll::Pending
            }
        }
    }
}

impl Drop for SleepFuture {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.hub.cancel_timer(timer);
        }
    }
}
