//! The time that an invocation has, and the clock that measures it.

use std::pin::pin;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep, default_async_sleep};
use aws_smithy_async::time::SharedTimeSource;
use futures_util::future::{Either, select};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use crate::request::Event;

/// The part of its time that an invocation leaves unused.
///
/// The answer must still be serialized and reach the gateway, and timers fire late on the small
/// share of a processor that a small function gets.
const MARGIN: Duration = Duration::from_millis(500);

/// The present time of `source`, since the Unix epoch.
pub(crate) fn since_epoch(source: &SharedTimeSource) -> Duration {
    source.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// The clock of an SDK client: its source of time, and its sleep.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
}

impl Clock {
    /// The clock that a client was configured with.
    ///
    /// # Panics
    ///
    /// The client has timeouts and no sleep. The SDK refuses to build such a client.
    pub(crate) fn from_client(client: &Client) -> Clock {
        let config = client.config();
        Clock {
            time: config.time_source().unwrap_or_default(),
            sleep: config
                .sleep_impl()
                .or_else(default_async_sleep)
                .expect("a client with timeouts cannot be built without a sleep"),
        }
    }

    /// The present time, since the Unix epoch.
    pub(crate) fn now(&self) -> Duration {
        since_epoch(&self.time)
    }

    /// The source of the time.
    pub(crate) fn time(&self) -> &SharedTimeSource {
        &self.time
    }

    /// Sleeps for `duration`.
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep.sleep(duration)
    }
}

/// The end of an invocation's time, which limits everything that the invocation waits for.
#[derive(Debug)]
pub(crate) struct Budget {
    clock: Clock,
    /// The end, as a time since the Unix epoch.
    ends_at: Duration,
}

impl Budget {
    /// The budget of the invocation that handles `event`.
    ///
    /// It ends a margin before the platform kills the function or the gateway stops waiting for
    /// it (FACTS 3.1), whichever is earlier. A deadline before the event itself does not count:
    /// `cargo lambda watch` puts every deadline into 1970.
    pub(crate) fn new(clock: &Clock, event: &Event) -> Budget {
        let asked_at = event.payload.request_context.request_time_epoch;
        let asked_at = Duration::from_millis(u64::try_from(asked_at).unwrap_or_default());
        let given_up_at = asked_at + INTEGRATION_TIMEOUT;
        let killed_at = Duration::from_millis(event.context.deadline);
        let has_no_deadline = killed_at < asked_at.min(clock.now());
        let ends_at = if has_no_deadline { given_up_at } else { killed_at.min(given_up_at) };
        Budget { clock: clock.clone(), ends_at: ends_at.saturating_sub(MARGIN) }
    }

    /// The clock that the budget is measured by.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time that is left, or zero.
    pub(crate) fn remaining(&self) -> Duration {
        self.ends_at.saturating_sub(self.clock.now())
    }

    /// Awaits `future`, but no longer than `limit` and no longer than the budget lasts.
    ///
    /// With no time left, `future` does not even start: a write that the invocation no longer
    /// waits for could take effect after the connection and its row are gone (FACTS 1.18).
    pub(crate) async fn within<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        let limit = limit.min(self.remaining());
        if limit.is_zero() {
            return None;
        }
        // An answer that comes at the last moment counts, because `select` polls `future` first.
        match select(pin!(future), self.clock.sleep(limit)).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }

    /// Awaits `future`, but no longer than the budget lasts.
    pub(crate) async fn bound<F: Future>(&self, future: F) -> Option<F::Output> {
        self.within(Duration::MAX, future).await
    }
}
