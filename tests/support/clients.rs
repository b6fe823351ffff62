//! SDK clients in virtual time, with somebody else at the other end of the wire.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use tokio::time::Instant;

use crate::listener;

/// The time at which every test begins, and the gateway's time of every event: epoch milliseconds.
pub const NOW: u64 = 1_701_245_044_000;

/// Runs a test whose sleeps take no time.
///
/// # Panics
///
/// If the test panics.
pub fn in_virtual_time<F: Future>(test: F) -> F::Output {
    listener::listen();
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O can always be built")
        .block_on(test)
}

/// Returns the builder for a client of the table that `service` is.
pub fn dynamodb_at(
    service: impl HttpConnector + Clone + 'static,
) -> aws_sdk_dynamodb::config::Builder {
    dynamodb_through(client_of(service))
}

/// Returns the builder for a client of the gateway that `service` is.
pub fn management_at(
    service: impl HttpConnector + Clone + 'static,
) -> aws_sdk_apigatewaymanagement::config::Builder {
    management_through(client_of(service))
}

fn client_of(service: impl HttpConnector + Clone + 'static) -> SharedHttpClient {
    http_client_fn(move |_, _| SharedHttpConnector::new(service.clone()))
}

/// Returns the builder for a client of the table at the end of `wire`.
pub fn dynamodb_through(wire: impl HttpClient + 'static) -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(wire)
        .sleep_impl(TestSleep)
        .time_source(TestClock::default())
}

/// Returns the builder for a client of the gateway at the end of `wire`.
pub fn management_through(
    wire: impl HttpClient + 'static,
) -> aws_sdk_apigatewaymanagement::config::Builder {
    aws_sdk_apigatewaymanagement::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(wire)
        .sleep_impl(TestSleep)
        .time_source(TestClock::default())
}

#[derive(Debug)]
struct TestSleep;

impl AsyncSleep for TestSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        // Tokio's timers start when they are made, the SDK makes some that it never waits for.
        Sleep::new(async move { tokio::time::sleep(duration).await })
    }
}

/// A clock that begins when it is first looked at: a client may be built where time is still real.
#[derive(Debug, Default)]
struct TestClock(OnceLock<Instant>);

impl TimeSource for TestClock {
    fn now(&self) -> SystemTime {
        let begin = self.0.get_or_init(Instant::now);
        SystemTime::UNIX_EPOCH + Duration::from_millis(NOW) + begin.elapsed()
    }
}
