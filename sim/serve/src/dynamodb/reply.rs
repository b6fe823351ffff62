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

/// The time for which a browser may remember the answer to a preflight.
const MAX_AGE_S: u32 = 172_800;

/// An answer. Only the body of [`too_large`] has no length.
pub(super) type Reply = Response<Either<Full<Bytes>, StreamBody<Empty<NoFrame>>>>;

type NoFrame = Result<Frame<Bytes>, std::convert::Infallible>;

/// The content types that DynamoDB reads. It answers in the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContentType {
    Json,
    AmazonJson,
}

impl ContentType {
    /// Parses a header. The parameters after a semicolon are ignored.
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

/// Returns the answer of an operation.
pub(super) fn answer(answer: Answer, content_type: ContentType) -> Reply {
    let status = StatusCode::from_u16(answer.status).expect("DynamoDB answers with a status");
    let mut reply = with_checksum(status, answer.body);
    reply.headers_mut().insert(CONTENT_TYPE, content_type.header());
    reply
}

/// Returns the answer to the health check of a load balancer. The space at the end is AWS's.
pub(super) fn healthy() -> Reply {
    with_checksum(StatusCode::OK, format!("healthy: dynamodb.{REGION}.amazonaws.com "))
}

/// Returns the answer to a method, a path or a content type that the API does not have.
pub(super) fn no_such_page() -> Reply {
    with_checksum(StatusCode::NOT_FOUND, "<UnknownOperationException/>\n".to_owned())
}

/// Returns the answer to a body that AWS does not read to its end. It has no message and no request
/// id.
pub(super) fn too_large() -> Reply {
    let mut reply = Response::new(Either::Right(StreamBody::new(stream::empty())));
    *reply.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

/// Returns the answer to a body that is no HTTP.
pub(super) fn bad_request() -> Reply {
    with_checksum(StatusCode::BAD_REQUEST, String::new())
}

/// Returns the answer to a preflight: the question of a browser before it sends a request for a
/// page of another origin.
pub(super) fn preflight(question: &HeaderMap) -> Reply {
    let mut reply = identified(StatusCode::OK, String::new());
    allow_any_origin(&mut reply);
    let headers = reply.headers_mut();
    for (asked, allowed) in [
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = question.get(asked) {
            headers.insert(allowed, value.clone());
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
    let id = HeaderValue::from_str(&request_id());
    headers.insert(REQUEST_ID, id.expect("letters and digits can be a header"));
    reply
}

/// Returns a request id: 52 digits and capital letters.
fn request_id() -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
    repeat_with(|| char::from(LETTERS[fastrand::usize(..LETTERS.len())])).take(52).collect()
}
