//! Events as the gateway sends them, and SDK clients with scripted answers in virtual time.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_lambda_events::encodings::Body;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_mocks::{MockResponseInterceptor, Rule, RuleMode, create_mock_http_client};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use stormglass_handlers::Settings;
pub(crate) use stormglass_tests::clients::{NOW, dynamodb_at, in_virtual_time, management_at};
use stormglass_tests::clients::{dynamodb_through, management_through};

pub(crate) type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// The time at which the function is killed, counted from the beginning of the test.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The sender of every message.
pub(crate) const SENDER: &str = "PJqB0fHsqRcCHlw=";

pub(crate) fn settings() -> Settings {
    Settings::new("secret-table")
}

pub(crate) fn connect(headers: Value) -> Event {
    connect_with(headers, json!({}))
}

pub(crate) fn connect_with(headers: Value, multi_value_headers: Value) -> Event {
    let mut event = raw_event("$connect", "CONNECT");
    event["headers"] = headers;
    event["multiValueHeaders"] = multi_value_headers;
    invocation(event)
}

pub(crate) fn disconnect() -> Event {
    let mut event = raw_event("$disconnect", "DISCONNECT");
    event["requestContext"]["disconnectStatusCode"] = json!(1005);
    invocation(event)
}

/// A message on the route called `route`.
pub(crate) fn message_on(route: &str, body: &str) -> Event {
    let mut event = raw_event(route, "MESSAGE");
    event["requestContext"]["messageId"] = json!("PJqCFfHyKRcCHlw=");
    event["body"] = json!(body);
    invocation(event)
}

pub(crate) fn message(body: &str) -> Event {
    message_on("broadcast", body)
}

/// The fields that all events have, as JSON (FACTS 5.1-5.3).
pub(crate) fn raw_event(route: &str, event_type: &str) -> Value {
    json!({
        "requestContext": {
            "routeKey": route, "eventType": event_type, "extendedRequestId": "PJqCFEqHqRcFd0w=",
            "requestTime": "29/Nov/2023:08:04:04 +0000", "messageDirection": "IN",
            "stage": "production", "connectedAt": NOW - 2, "requestTimeEpoch": NOW,
            "identity": {"sourceIp": "123.45.123.45"}, "requestId": "PJqCFEqHqRcFd0w=",
            "domainName": "chat.example.com", "connectionId": SENDER, "apiId": "aabbccdd"
        },
        "isBase64Encoded": false
    })
}

fn invocation(event: Value) -> Event {
    let mut context = Context::default();
    context.deadline = NOW + DEADLINE.as_millis() as u64;
    LambdaEvent::new(serde_json::from_value(event).expect("this is an event"), context)
}

/// The JSON of a response's body.
pub(crate) fn body(response: &ApiGatewayProxyResponse) -> Value {
    serde_json::from_str(text(response)).expect("the body is JSON")
}

pub(crate) fn text(response: &ApiGatewayProxyResponse) -> &str {
    match &response.body {
        Some(Body::Text(text)) => text,
        other => panic!("the response has no text but {other:?}"),
    }
}

pub(crate) fn s(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn n(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// DynamoDB's answer to a write.
///
/// An attempt that never got this answer has timed out, while the SDK would take a scripted output
/// for the answer even then.
pub(crate) fn written() -> HttpResponse {
    http(200).map(|_| SdkBody::from("{}"))
}

pub(crate) fn http(status: u16) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("this is a status");
    HttpResponse::new(status, SdkBody::empty())
}

/// A shared record of things that happened, in order.
#[derive(Debug)]
pub(crate) struct Record<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Record<T> {
    fn clone(&self) -> Record<T> {
        Record(self.0.clone())
    }
}

impl<T: Clone> Record<T> {
    pub(crate) fn new() -> Record<T> {
        Record(Arc::default())
    }

    pub(crate) fn add(&self, event: T) {
        self.0.lock().expect("no test panics here").push(event);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.lock().expect("no test panics here").clone()
    }
}

pub(crate) fn dynamodb(rules: &[&Rule], wire: Wire) -> aws_sdk_dynamodb::config::Builder {
    dynamodb_through(wire).interceptor(script(rules))
}

pub(crate) fn management(
    rules: &[&Rule],
    wire: Wire,
) -> aws_sdk_apigatewaymanagement::config::Builder {
    management_through(wire).interceptor(script(rules))
}

fn script(rules: &[&Rule]) -> MockResponseInterceptor {
    let script = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
    rules.iter().fold(script, |script, rule| script.with_rule(rule))
}

/// The time that an answer takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Latency {
    Millis(u64),
    Forever,
}

type Pace = dyn Fn(&str, usize) -> Latency + Send + Sync;

/// The way to a service and back. What the answers say is up to the rules.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) urls: Record<String>,
    pace: Arc<Pace>,
}

impl Wire {
    /// Answers take no time.
    pub(crate) fn new() -> Wire {
        Wire::paced(|_, _| Latency::Millis(0))
    }

    /// `pace` gets the request's URL and how many requests came before it.
    pub(crate) fn paced(pace: impl Fn(&str, usize) -> Latency + Send + Sync + 'static) -> Wire {
        Wire { urls: Record::new(), pace: Arc::new(pace) }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let rules = create_mock_http_client().http_connector(settings, components);
        SharedHttpConnector::new(PacedConnector { wire: self.clone(), rules })
    }
}

#[derive(Debug)]
struct PacedConnector {
    wire: Wire,
    rules: SharedHttpConnector,
}

impl HttpConnector for PacedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let takes = (self.wire.pace)(request.uri(), self.wire.urls.all().len());
        self.wire.urls.add(request.uri().to_owned());
        let answer = self.rules.call(request);
        HttpConnectorFuture::new(async move {
            match takes {
                Latency::Millis(0) => {}
                Latency::Millis(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
                Latency::Forever => std::future::pending().await,
            }
            answer.await
        })
    }
}
