//! The time that an invocation has.

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
/// The answer has yet to be serialized and to travel to the gateway, and on the small share of a
/// CPU that a small function gets, timers fire late.
const MARGIN: Duration = Duration::from_millis(500);

/// The time that `source` tells, since the Unix epoch.
pub(crate) fn since_epoch(source: &SharedTimeSource) -> Duration {
    source.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// The time and the waiting of an SDK client.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
}

impl Clock {
    pub(crate) fn of(client: &Client) -> Clock {
        let config = client.config();
        Clock {
            time: config.time_source().unwrap_or_default(),
            sleep: config
                .sleep_impl()
                .or_else(default_async_sleep)
                .expect("a client with timeouts cannot be built without a sleep"),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        since_epoch(&self.time)
    }

    pub(crate) fn time(&self) -> &SharedTimeSource {
        &self.time
    }

    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep.sleep(duration)
    }
}

/// The end of an invocation's time, and the bound of everything it waits for.
#[derive(Debug)]
pub(crate) struct Budget {
    clock: Clock,
    /// Since the Unix epoch.
    ends_at: Duration,
}

impl Budget {
    /// The budget ends, but for a margin, when the function is killed or when the gateway no
    /// longer waits for it (FACTS 3.1), whichever is sooner. A deadline that was over before
    /// the event came is none: `cargo lambda watch` puts every deadline into 1970.
    pub(crate) fn of(clock: &Clock, event: &Event) -> Budget {
        let asked_at = event.payload.request_context.request_time_epoch;
        let asked_at = Duration::from_millis(u64::try_from(asked_at).unwrap_or_default());
        let given_up_at = asked_at + INTEGRATION_TIMEOUT;
        let killed_at = Duration::from_millis(event.context.deadline);
        let is_none = killed_at < asked_at.min(clock.now());
        let ends_at = if is_none { given_up_at } else { killed_at.min(given_up_at) };
        Budget { clock: clock.clone(), ends_at: ends_at.saturating_sub(MARGIN) }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.ends_at.saturating_sub(self.clock.now())
    }

    /// What `future` yields, unless it takes longer than `limit` or than the budget lasts.
    ///
    /// With no time left, `future` does not even start: a write that nobody waits for any more
    /// could land after everything else about its connection is over (FACTS 1.18).
    pub(crate) async fn within<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        let limit = limit.min(self.remaining());
        if limit.is_zero() {
            return None;
        }
        // An answer that is there at the last moment counts: `select` polls the first one first.
        match select(pin!(future), self.clock.sleep(limit)).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }

    /// What `future` yields, unless it takes longer than the budget lasts.
    pub(crate) async fn bound<F: Future>(&self, future: F) -> Option<F::Output> {
        self.within(Duration::MAX, future).await
    }
}
