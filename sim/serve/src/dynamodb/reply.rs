//! The headers that every answer has, and the answers that are no JSON.

use std::iter::repeat_with;

use futures_util::stream::{self, Empty};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SERVER,
};
use hyper::{Response, StatusCode};
use stormglass_dynamodb::Answer;
use stormglass_spec::REGION;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");

/// How long a browser may remember the answer to a preflight, in seconds.
const MAX_AGE_S: u32 = 172_800;

/// What the server sends; only the body of [`too_large`] has no length.
pub(super) type Reply = Response<Either<Full<Bytes>, StreamBody<Empty<NoFrame>>>>;

type NoFrame = Result<Frame<Bytes>, std::convert::Infallible>;

/// The types of a body that DynamoDB reads. It answers in the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContentType {
    Json,
    AmazonJson,
}

impl ContentType {
    /// What is after a semicolon does not count.
    pub(super) fn of(header: Option<&HeaderValue>) -> Option<ContentType> {
        match header?.to_str().ok()?.split(';').next()?.trim() {
            "application/json" => Some(ContentType::Json),
            "application/x-amz-json-1.0" => Some(ContentType::AmazonJson),
            _ => None,
        }
    }

    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            ContentType::Json => "application/json",
            ContentType::AmazonJson => "application/x-amz-json-1.0",
        })
    }
}

/// The answer of an operation.
pub(super) fn answer(answer: Answer, content_type: ContentType) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = with_checksum(status, answer.body);
    reply.headers_mut().insert(CONTENT_TYPE, content_type.header());
    reply
}

/// What a load balancer asks for. The space at the end is AWS's.
pub(super) fn healthy() -> Reply {
    with_checksum(StatusCode::OK, format!("healthy: dynamodb.{REGION}.amazonaws.com "))
}

/// A method, a path or a type of body that the API does not have.
pub(super) fn no_such_page() -> Reply {
    with_checksum(StatusCode::NOT_FOUND, "<UnknownOperationException/>\n".to_owned())
}

/// A body that AWS does not read to its end: no message, no identifier.
pub(super) fn too_large() -> Reply {
    let mut reply = Response::new(Either::Right(StreamBody::new(stream::empty())));
    *reply.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

/// A body that is no HTTP.
pub(super) fn bad_request() -> Reply {
    with_checksum(StatusCode::BAD_REQUEST, String::new())
}

/// What a browser asks before it sends a request that a page of another origin makes.
pub(super) fn preflight(asked: &HeaderMap) -> Reply {
    let mut reply = identified(StatusCode::OK, String::new());
    allow_any_origin(&mut reply);
    let headers = reply.headers_mut();
    for (question, answer) in [
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = asked.get(question) {
            headers.insert(answer, value.clone());
        }
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_S.into());
    reply
}

pub(super) fn allow_any_origin(reply: &mut Reply) {
    reply.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn with_checksum(status: StatusCode, body: String) -> Reply {
    let checksum = crc32fast::hash(body.as_bytes());
    let mut reply = identified(status, body);
    reply.headers_mut().insert(CRC32, checksum.into());
    reply
}

fn identified(status: StatusCode, body: String) -> Reply {
    let mut reply = Response::new(Either::Left(Full::new(body.into())));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("Server"));
    if let Ok(id) = HeaderValue::from_str(&request_id()) {
        headers.insert(REQUEST_ID, id);
    }
    reply
}

/// 52 digits and capital letters.
fn request_id() -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
    repeat_with(|| char::from(LETTERS[fastrand::usize(..LETTERS.len())])).take(52).collect()
}
