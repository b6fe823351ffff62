//! SDK clients in virtual time, with somebody else at the other end of the wire.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::HttpClient;

/// When every test begins, and the gateway's time of every event: epoch milliseconds.
pub const NOW: u64 = 1_701_245_044_000;

/// Runs a test whose sleeps take no time.
///
/// # Panics
///
/// If the test panics.
pub fn in_virtual_time<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O can always be built")
        .block_on(test)
}

/// What a client of the table at the end of `wire` is built from.
pub fn dynamodb_at(wire: impl HttpClient + 'static) -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(wire)
        .sleep_impl(TestSleep)
        .time_source(TestClock::start())
}

/// What a client of the gateway at the end of `wire` is built from.
pub fn management_at(
    wire: impl HttpClient + 'static,
) -> aws_sdk_apigatewaymanagement::config::Builder {
    aws_sdk_apigatewaymanagement::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(wire)
        .sleep_impl(TestSleep)
        .time_source(TestClock::start())
}

#[derive(Debug)]
struct TestSleep;

impl AsyncSleep for TestSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        // Tokio's timers start when they are made, the SDK makes some that it never waits for.
        Sleep::new(async move { tokio::time::sleep(duration).await })
    }
}

#[derive(Debug)]
struct TestClock(tokio::time::Instant);

impl TestClock {
    fn start() -> TestClock {
        TestClock(tokio::time::Instant::now())
    }
}

impl TimeSource for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(NOW) + self.0.elapsed()
    }
}
