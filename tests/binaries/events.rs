//! Every function answers the events of its route, and survives one that is none.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::{Value, json};

use crate::binaries::{self, Function};
use crate::cloud::Cloud;
use crate::gateway::{Fate, Gateway};
use crate::runtime::{Invocation, Outcome, in_an_hour_ms};
use crate::table::Table;

/// The connection of the events: the first row of every table.
const CONNECTION: &str = "000000000000000=";

fn cloud() -> Cloud {
    Cloud::new(Table::new(3, 1_701_245_041_796), Gateway::new(|_| Fate::Accepted))
}

/// FACTS 5.1.
fn connect() -> Value {
    json!({
        "headers": {
            "Host": "aabbccdd.execute-api.eu-central-1.amazonaws.com",
            "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
            "Sec-WebSocket-Key": "DM+9PqsQtaZrN+IMZbWTzg==", "Sec-WebSocket-Protocol": "chat",
            "Sec-WebSocket-Version": "13", "X-Forwarded-For": "123.45.123.45",
            "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"
        },
        "multiValueHeaders": {
            "Host": ["aabbccdd.execute-api.eu-central-1.amazonaws.com"],
            "Sec-WebSocket-Protocol": ["chat"]
        },
        "queryStringParameters": {"room": "a"},
        "multiValueQueryStringParameters": {"room": ["a"]},
        "requestContext": context("$connect", "CONNECT"),
        "isBase64Encoded": false
    })
}

/// FACTS 5.2.
fn message(route: &str, body: &str) -> Value {
    let mut context = context(route, "MESSAGE");
    context["messageId"] = json!("PJqCFfHyKRcCHlw=");
    json!({"requestContext": context, "body": body, "isBase64Encoded": false})
}

/// FACTS 5.3.
fn disconnect() -> Value {
    let mut context = context("$disconnect", "DISCONNECT");
    context["disconnectStatusCode"] = json!(1005);
    context["disconnectReason"] = json!("Client-side close frame status not set");
    json!({
        "headers": {"Host": "aabbccdd", "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""},
        "multiValueHeaders": {
            "Host": ["aabbccdd"], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""]
        },
        "requestContext": context,
        "isBase64Encoded": false
    })
}

fn context(route: &str, event_type: &str) -> Value {
    json!({
        "routeKey": route, "eventType": event_type, "extendedRequestId": "PJqCFEqHqRcFd0w=",
        "requestTime": "29/Nov/2023:08:04:01 +0000", "messageDirection": "IN",
        "stage": "production", "connectedAt": 1_701_245_041_796_u64,
        "requestTimeEpoch": in_an_hour_ms(), "identity": {"sourceIp": "123.45.123.45"},
        "requestId": "PJqCFEqHqRcFd0w=", "connectionId": CONNECTION,
        "domainName": "aabbccdd.execute-api.eu-central-1.amazonaws.com", "apiId": "aabbccdd"
    })
}

/// The response to `event`, from a process that was first handed an event that is none.
fn response(
    cloud: &Cloud,
    binary: &str,
    variables: &[(&str, &str)],
    event: Value,
) -> Option<Value> {
    let folder = binaries::folder()?;
    let mut broken = event.clone();
    broken["requestContext"].as_object_mut().expect("an object").remove("connectedAt");
    cloud.serve(async |address| {
        let mut function = Function::start(&folder.join(binary), address, variables);
        let mut handle = async |event: Value| {
            let invocation = Invocation { event: event.to_string(), deadline_ms: in_an_hour_ms() };
            cloud.runtime.invoke(&mut function, invocation).await
        };
        match handle(broken).await {
            Outcome::Error(error) => {
                let text = error["errorMessage"].as_str().unwrap_or_default();
                assert!(text.contains("connectedAt"), "{error}");
            }
            Outcome::Response(response) => panic!("{binary} answers a broken event: {response}"),
        }
        match handle(event).await {
            Outcome::Response(response) => Some(response),
            Outcome::Error(error) => panic!("{binary} fails: {error}"),
        }
    })
}

/// A response with a key that the gateway does not know would be malformed (FACTS 1.5).
fn assert_well_formed(response: &Value) {
    let known = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];
    let fields = response.as_object().expect("a response is an object");
    assert!(fields.keys().all(|key| known.contains(&key.as_str())), "{response}");
}

fn body(response: &Value) -> Value {
    serde_json::from_str(response["body"].as_str().expect("a body")).expect("the body is JSON")
}

#[test]
fn on_connect_stores_a_row() {
    let cloud = cloud();
    let variables = [("SUBPROTOCOLS", "chat")];
    let Some(response) = response(&cloud, "on-connect", &variables, connect()) else { return };
    assert_well_formed(&response);
    assert_eq!(response["statusCode"], 200);
    assert_eq!(response["headers"], json!({"sec-websocket-protocol": "chat"}));
    let row = json!({
        "connectionId": {"S": CONNECTION},
        "connectedAt": {"N": "1701245041796"},
        "expiresAt": {"N": (1_701_245_041 + 3 * 60 * 60).to_string()},
    });
    assert_eq!(cloud.table.puts(), [row]);
    assert_eq!(cloud.table.calls(), 1);
}

#[test]
fn on_disconnect_deletes_the_row() {
    let cloud = cloud();
    let Some(response) = response(&cloud, "on-disconnect", &[], disconnect()) else { return };
    assert_well_formed(&response);
    assert_eq!(response["statusCode"], 200);
    assert_eq!((cloud.table.deleted(), cloud.table.calls()), (1, 1));
}

#[test]
fn on_broadcast_posts_to_every_row() {
    let cloud = cloud();
    let message = message("broadcast", r#"{"action":"broadcast","data":"hi","id":7}"#);
    let Some(response) = response(&cloud, "on-broadcast", &[], message) else { return };
    assert_well_formed(&response);
    assert_eq!(response["statusCode"], 200);
    let ack = json!({"delivered": 3, "gone": 0, "pending": 0, "failed": 0, "complete": true});
    assert_eq!(body(&response), json!({"ack": ack, "id": 7}));
    assert_eq!((cloud.gateway.recipients(), cloud.gateway.posts()), (3, 3));
}

#[test]
fn on_default_explains() {
    let cloud = cloud();
    let message = message("$default", r#"{"action":"shout","id":7}"#);
    let Some(response) = response(&cloud, "on-default", &[], message) else { return };
    assert_well_formed(&response);
    assert_eq!(response["statusCode"], 400);
    let error = "the action is unknown, the only one is \"broadcast\"";
    assert_eq!(body(&response), json!({"error": error, "id": 7}));
    assert_eq!((cloud.table.calls(), cloud.gateway.posts()), (0, 0));
}

/// Runs a function with a variable that makes no sense; returns its exit status and messages.
fn end(binary: &Path, variable: (&str, &str)) -> (ExitStatus, String) {
    let cloud = cloud();
    let ended = cloud.serve(async |address| {
        let mut function = Function::start(binary, address, &[variable]);
        loop {
            if let Some(ended) = function.ended() {
                return ended;
            }
            assert!(!cloud.runtime.is_asked(), "{} takes {variable:?}", binary.display());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(!cloud.runtime.is_asked(), "{} asks for an event and ends", binary.display());
    ended
}

#[test]
fn a_bad_variable_ends_a_function_before_its_first_event() {
    let Some(folder) = binaries::folder() else { return };
    for binary in ["on-connect", "on-disconnect", "on-broadcast"] {
        for variable in [("TABLE_NAME", " "), ("POSTS_CONCURRENT_MAX", "0")] {
            let (status, said) = end(&folder.join(binary), variable);
            assert!(!status.success(), "{binary} with {variable:?} ends as if all were well");
            assert!(said.contains(variable.0), "{binary} with {variable:?} says {said:?}");
        }
    }
}

#[test]
fn a_log_level_that_is_none_ends_a_function_before_its_first_event() {
    let Some(folder) = binaries::folder() else { return };
    for binary in ["on-connect", "on-disconnect", "on-broadcast", "on-default"] {
        for variable in [("AWS_LAMBDA_LOG_LEVEL", "loud"), ("RUST_LOG", "info=loud")] {
            let (status, said) = end(&folder.join(binary), variable);
            assert!(!status.success(), "{binary} with {variable:?} ends as if all were well");
            assert!(said.contains(variable.0), "{binary} with {variable:?} says {said:?}");
        }
    }
}
