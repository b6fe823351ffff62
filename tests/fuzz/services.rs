//! The handlers, and services that answer every call at once.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use futures_executor::block_on;
use lambda_runtime::LambdaEvent;
use stormglass_handlers::{Broadcast, Connect, Disconnect, Fallback, Settings};

/// When every handler begins, in epoch milliseconds.
pub const NOW_MS: u64 = 1_701_245_044_000;

/// What DynamoDB answers to a scan.
const ROWS: &str = r#"{"Items":[
    {"connectionId":{"S":"PJqB0fHsqRcCHlw="},"connectedAt":{"N":"1701245041796"}},
    {"connectionId":{"S":"PJqCFfHyKRcCHlw="},"connectedAt":{"N":"1701245041797"}}
],"Count":2,"ScannedCount":2}"#;

/// All handlers.
pub struct Functions {
    connect: Connect,
    disconnect: Disconnect,
    broadcast: Broadcast,
    fallback: Fallback,
    /// How many requests have left them.
    calls: Arc<AtomicU64>,
    clock: Clock,
}

impl Functions {
    pub fn new() -> Functions {
        let mut settings = Settings::new("secret-table");
        settings.subprotocols = vec!["chat".to_owned()];
        settings.origins = vec!["https://chat.example.com".to_owned()];
        let services = Services { calls: Arc::default() };
        let clock = Clock::default();
        let table = || {
            aws_sdk_dynamodb::Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::new("eu-central-1"))
                .allow_no_auth()
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
                .http_client(services.clone())
                .sleep_impl(clock.clone())
                .time_source(clock.clone())
        };
        let management = aws_sdk_apigatewaymanagement::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-central-1"))
            .allow_no_auth()
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(services.clone())
            .sleep_impl(clock.clone())
            .time_source(clock.clone());
        Functions {
            connect: Connect::new(&settings, table()),
            disconnect: Disconnect::new(&settings, table()),
            broadcast: Broadcast::new(&settings, table(), management),
            fallback: Fallback::new(SharedTimeSource::new(clock.clone())),
            calls: services.calls,
            clock,
        }
    }

    /// What each of them makes of an event, and how many calls that took.
    pub fn handle(
        &self,
        event: &LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> [(ApiGatewayProxyResponse, u64); 4] {
        [
            self.count(self.connect.handle(event.clone())),
            self.count(self.disconnect.handle(event.clone())),
            self.count(self.broadcast.handle(event.clone())),
            self.count(self.fallback.handle(event.clone())),
        ]
    }

    fn count(
        &self,
        handling: impl Future<Output = ApiGatewayProxyResponse>,
    ) -> (ApiGatewayProxyResponse, u64) {
        self.calls.store(0, Ordering::Relaxed);
        self.clock.elapsed_nanos.store(0, Ordering::Relaxed);
        let response = block_on(handling);
        (response, self.calls.load(Ordering::Relaxed))
    }
}

/// The table and the gateway.
#[derive(Clone, Debug)]
struct Services {
    calls: Arc<AtomicU64>,
}

impl HttpClient for Services {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Services {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = if target.ends_with(".Scan") { ROWS } else { "{}" };
        let ok = StatusCode::try_from(200).expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(ok, SdkBody::from(body))))
    }
}

/// A time that passes only while everything waits.
#[derive(Clone, Debug, Default)]
struct Clock {
    elapsed_nanos: Arc<AtomicU64>,
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let elapsed = Duration::from_nanos(self.elapsed_nanos.load(Ordering::Relaxed));
        SystemTime::UNIX_EPOCH + Duration::from_millis(NOW_MS) + elapsed
    }
}

impl AsyncSleep for Clock {
    fn sleep(&self, duration: Duration) -> Sleep {
        let elapsed_nanos = self.elapsed_nanos.clone();
        let nanos = u64::try_from(duration.as_nanos()).expect("no wait is as long as that");
        let due = elapsed_nanos.load(Ordering::Relaxed) + nanos;
        let mut is_looked_at_again = false;
        // What is ready is so when it is first looked at, because every call is answered at once.
        Sleep::new(poll_fn(move |context| {
            if std::mem::replace(&mut is_looked_at_again, true) {
                elapsed_nanos.fetch_max(due, Ordering::Relaxed);
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}
