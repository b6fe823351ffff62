//! The headers that every answer has.

use std::convert::Infallible;

use futures_util::stream::BoxStream;
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A stream of pieces of a body.
pub(super) type Pieces = BoxStream<'static, Result<Frame<Bytes>, Infallible>>;

pub(super) type Reply = Response<Either<Full<Bytes>, StreamBody<Pieces>>>;

/// The content types of answers.
pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const CSS: &str = "text/css; charset=utf-8";
pub(super) const SCRIPT: &str = "text/javascript; charset=utf-8";
pub(super) const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Returns an answer with the content that was asked for.
pub(super) fn found(content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    reply(StatusCode::OK, content_type, Either::Left(Full::new(body.into())))
}

/// Returns the page. It may load content of this server, and open sockets at these addresses.
pub(super) fn page(body: &'static str, sockets: &str) -> Reply {
    let mut reply = found(HTML, body);
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; \
         connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        reply.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    reply
}

/// Returns an answer whose pieces come one by one.
pub(super) fn stream(pieces: Pieces) -> Reply {
    reply(StatusCode::OK, "text/event-stream", Either::Right(StreamBody::new(pieces)))
}

/// Returns a refusal with its reason.
pub(super) fn refusal(status: StatusCode, why: &'static str) -> Reply {
    let mut reply = reply(status, TEXT, Either::Left(Full::from(why)));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        reply.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    reply
}

fn reply(
    status: StatusCode,
    content_type: &'static str,
    body: Either<Full<Bytes>, StreamBody<Pieces>>,
) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (RESOURCE_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    reply
}
