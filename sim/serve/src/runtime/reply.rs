//! The answers of the Runtime API, in the words of AWS's documentation and of its own emulator.

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::endpoint::NextEvent;
use crate::http::{self, Reply};

/// The most bytes of a response: 6 MB, and a little for the JSON around it.
pub(super) const PAYLOAD_BYTES_MAX: usize = (6 << 20) + 100;

/// Returns the answer with an event.
pub(super) fn event(next: NextEvent) -> Reply {
    let NextEvent { id, event, arn, deadline_ms, trace } = next;
    let mut reply = http::reply(StatusCode::OK.as_u16(), event);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        ("lambda-runtime-trace-id", trace),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    reply
}

pub(super) fn accepted() -> Reply {
    reply(StatusCode::ACCEPTED, &json!({"status": "OK"}))
}

pub(super) fn invalid_request_id() -> Reply {
    error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

pub(super) fn invalid_mode() -> Reply {
    error(
        StatusCode::BAD_REQUEST,
        "InvalidFunctionResponseMode",
        "Invalid function response mode: API Gateway takes no response that is streamed",
    )
}

pub(super) fn invalid_transition(from: &str, to: &str) -> Reply {
    let message = format!(
        "State transition from {from} to {to} failed for runtime. Error: State transition is not \
         allowed"
    );
    error(StatusCode::FORBIDDEN, "InvalidStateTransition", &message)
}

pub(super) fn too_large() -> Reply {
    let message = format!("Exceeded maximum allowed payload size ({PAYLOAD_BYTES_MAX} bytes).");
    error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message)
}

pub(super) fn truncated() -> Reply {
    let message = "HTTP request detected as truncated";
    error(StatusCode::BAD_REQUEST, "TruncatedHTTPRequest", message)
}

pub(super) fn not_found() -> Reply {
    error(StatusCode::NOT_FOUND, "NotFound", "there is nothing here but the Runtime API 2018-06-01")
}

pub(super) fn unknown_method() -> Reply {
    error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "this path has another method")
}

fn error(status: StatusCode, error_type: &str, message: &str) -> Reply {
    reply(status, &json!({"errorMessage": message, "errorType": error_type}))
}

fn reply(status: StatusCode, body: &Value) -> Reply {
    let mut reply = http::reply(status.as_u16(), format!("{body}\n"));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
