//! The Lambda Runtime API, 2018-06-01, over HTTP.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Method, Request};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::net::TcpListener;

use super::endpoint::{Endpoint, FunctionOutcome};
use super::reply::{self, PAYLOAD_BYTES_MAX};
use crate::accept::accept;
use crate::guard::PortGuard;
use crate::http::{Body, Reply, read, serve_connection};

/// The most bytes that are read of a body, if only to drop them: a client that writes everything
/// before it reads would never see the answer otherwise.
const READ_BYTES_MAX: usize = 8 * PAYLOAD_BYTES_MAX;

/// The longest silence of a process between two requests: Lambda lets no function run for longer
/// (FACTS 11.7), and no process asks for anything while its function runs.
const SILENCE_MAX: Duration = Duration::from_secs(16 * 60);

const RESPONSE_MODE: &str = "lambda-runtime-function-response-mode";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";

/// Serves an endpoint until this is dropped. A process that leaves while it waits takes its request
/// with it, and gets no event.
pub(super) async fn serve(listener: TcpListener, guard: PortGuard, endpoint: Endpoint) {
    accept(listener, pending(), |stream, _, stopped| {
        let (guard, endpoint) = (guard.clone(), endpoint.clone());
        let service = service_fn(move |request| {
            let endpoint = endpoint.clone();
            async move { Ok::<_, Infallible>(respond(&endpoint, request).await) }
        });
        async move {
            serve_connection(stream, |it| guard.refuse(it), service, SILENCE_MAX, stopped).await
        }
    })
    .await;
}

async fn respond(endpoint: &Endpoint, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let path = head.uri.path().strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let (method, answered) = match parts[..] {
        ["invocation", "next"] => (Method::GET, None),
        ["invocation", id, "response" | "error"] => (Method::POST, Some(id)),
        ["init", "error"] => (Method::POST, None),
        _ => return reply::not_found(),
    };
    if head.method != method {
        return reply::unknown_method();
    }
    if method == Method::GET {
        return next(endpoint).await;
    }
    let body = read(body, PAYLOAD_BYTES_MAX, READ_BYTES_MAX).await;
    let Some(id) = answered else { return fail_init(endpoint, &head.headers, body) };
    let id = percent_decode_str(id).decode_utf8_lossy();
    match parts.last() {
        Some(&"response") => take_response(endpoint, &id, &head.headers, body),
        _ => take_error(endpoint, &id, &head.headers, body),
    }
}

async fn next(endpoint: &Endpoint) -> Reply {
    let Some(next) = endpoint.next() else {
        return reply::invalid_transition("RuntimeRunning", "RuntimeReady");
    };
    match next.await {
        Ok(event) => reply::event(event),
        // The endpoint is gone, and this connection ends with it.
        Err(_) => pending().await,
    }
}

fn take_response(endpoint: &Endpoint, id: &str, headers: &HeaderMap, body: Body) -> Reply {
    if !endpoint.is_running(id) {
        return reply::invalid_request_id();
    }
    let mode = headers.get(RESPONSE_MODE);
    if mode.is_some_and(|mode| !mode.as_bytes().eq_ignore_ascii_case(b"buffered")) {
        let error =
            "Runtime.InvalidResponseModeHeader: a response cannot be streamed to API Gateway";
        endpoint.settle(id, FunctionOutcome::Error(error.to_owned()));
        return reply::invalid_mode();
    }
    let (outcome, reply) = match body {
        Body::Whole(body) => {
            let body = String::from_utf8_lossy(&body).into_owned();
            (FunctionOutcome::Response(body), reply::accepted())
        }
        Body::TooLarge { .. } => {
            let error = format!(
                "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed \
                 payload size ({PAYLOAD_BYTES_MAX} bytes)."
            );
            (FunctionOutcome::Error(error), reply::too_large())
        }
        Body::Broken => return reply::truncated(),
    };
    if endpoint.settle(id, outcome) { reply } else { reply::invalid_request_id() }
}

fn take_error(endpoint: &Endpoint, id: &str, headers: &HeaderMap, body: Body) -> Reply {
    let Body::Whole(body) = body else { return reply::truncated() };
    if endpoint.settle(id, FunctionOutcome::Error(error_of(headers, &body))) {
        reply::accepted()
    } else {
        reply::invalid_request_id()
    }
}

fn fail_init(endpoint: &Endpoint, headers: &HeaderMap, body: Body) -> Reply {
    let Body::Whole(body) = body else { return reply::truncated() };
    if endpoint.fail_init(error_of(headers, &body)) {
        reply::accepted()
    } else {
        reply::invalid_transition("RuntimeReady", "RuntimeInitError")
    }
}

/// Returns the type of an error, a colon and its message. A header may stand in for the type, and a
/// body that is no JSON is the message as it is.
fn error_of(headers: &HeaderMap, body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    let header = headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok());
    let error_type = field("errorType").filter(|text| !text.is_empty()).or(header);
    let message = field("errorMessage").map(str::to_owned);
    let message = message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    format!("{}: {message}", error_type.unwrap_or("Unhandled"))
}
