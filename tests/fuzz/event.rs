//! Any bytes, as an event or as the message in one, for every handler.
//!
//! The first byte says what the others are:
//!
//! - `b`: a message on the route `broadcast`;
//! - `d`: a message on the route `$default`;
//! - `c`, `x`: the body of a `$connect` and of a `$disconnect`, which have none on AWS;
//! - any other one: it is the first byte of an event.
//!
//! `cargo fuzz run --fuzz-dir tests/fuzz event` runs it, with `RUSTC_BOOTSTRAP=1` if the compiler
//! is a stable one.

#![no_main]

mod reply;
mod services;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use lambda_runtime::{Context, LambdaEvent};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::json;

use self::services::{Functions, NOW_MS};

/// When the function is killed, in epoch milliseconds.
const DEADLINE_MS: u64 = NOW_MS + 30_000;

thread_local! {
    static FUNCTIONS: Functions = Functions::new();
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(event) = event(bytes) else { return Corpus::Reject };
    // As the runtime does it.
    let Ok(payload) = serde_json::from_slice::<ApiGatewayWebsocketProxyRequest>(&event) else {
        // How close it came to an event is worth remembering.
        return Corpus::Keep;
    };
    let mut context = Context::default();
    context.deadline = DEADLINE_MS;
    FUNCTIONS.with(|functions| {
        for (response, calls) in functions.handle(&LambdaEvent::new(payload, context)) {
            reply::check(&response, calls);
        }
    });
    Corpus::Keep
});

/// The JSON of an event.
fn event(bytes: &[u8]) -> Option<Vec<u8>> {
    let (route, event_type) = match bytes.first()? {
        b'b' => ("broadcast", "MESSAGE"),
        b'd' => ("$default", "MESSAGE"),
        b'c' => ("$connect", "CONNECT"),
        b'x' => ("$disconnect", "DISCONNECT"),
        _ => return Some(bytes.to_vec()),
    };
    let body = std::str::from_utf8(&bytes[1..]).ok()?;
    // FACTS 5.2.
    let event = json!({
        "requestContext": {
            "routeKey": route, "messageId": "PJqCFfHyKRcCHlw=", "eventType": event_type,
            "extendedRequestId": "PJqCFEqHqRcFd0w=", "requestTime": "29/Nov/2023:08:04:03 +0000",
            "messageDirection": "IN", "stage": "production", "connectedAt": NOW_MS - 2,
            "requestTimeEpoch": NOW_MS, "identity": {"sourceIp": "123.45.123.45"},
            "requestId": "PJqCFEqHqRcFd0w=", "connectionId": "PJqB0fHsqRcCHlw=",
            "domainName": "chat.example.com", "apiId": "aabbccdd"
        },
        "body": body,
        "isBase64Encoded": false
    });
    Some(event.to_string().into_bytes())
}
