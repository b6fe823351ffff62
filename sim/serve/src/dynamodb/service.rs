//! One request of HTTP, and its answer.
//!
//! A request is checked in AWS's order: the length of the body, the origin, the method and the
//! path, the content type, the JSON, the operation, the signature, and only then the content.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, ORIGIN};
use hyper::http::request::Parts;
use hyper::{Method, Request as HttpRequest};
use serde::de::IgnoredAny;
use stormglass_dynamodb::{Answer, Request};
use tracing::debug;

use super::reply::{self, ContentType, Reply};
use super::signature;
use super::tables::Tables;
use crate::faults::LostRequest;
use crate::http::{Body, read};
use crate::record;

/// The most bytes of a body.
const BODY_BYTES_MAX: usize = 16 << 20;

/// The most bytes that are read of a body, if only to drop them: a client that writes everything
/// before it reads would never see the answer otherwise.
const READ_BYTES_MAX: usize = 4 * BODY_BYTES_MAX;

/// DynamoDB over HTTP: tables, and the rules of the protocol in front of them.
#[derive(Clone, Debug)]
pub(crate) struct DynamoDbService {
    tables: Arc<Tables>,
    /// True if a request has to look as if it were signed.
    is_guarded: bool,
}

impl DynamoDbService {
    /// Returns DynamoDB for any client.
    pub(super) fn guarded(tables: Arc<Tables>) -> DynamoDbService {
        DynamoDbService { tables, is_guarded: true }
    }

    /// Returns DynamoDB for the functions of this process: checking a signature that is not
    /// verified would take as long as the rest of a request.
    pub(crate) fn open(tables: Arc<Tables>) -> DynamoDbService {
        DynamoDbService { tables, is_guarded: false }
    }

    pub(super) async fn respond(
        &self,
        request: HttpRequest<Incoming>,
    ) -> Result<Reply, LostRequest> {
        let (head, body) = request.into_parts();
        match read(body, BODY_BYTES_MAX, READ_BYTES_MAX).await {
            Body::Whole(body) => self.reply(&head, &body).await,
            Body::TooLarge { .. } => Ok(reply::too_large()),
            Body::Broken => Ok(reply::bad_request()),
        }
    }

    /// Answers a request whose body is there as a whole.
    pub(crate) async fn reply(&self, head: &Parts, body: &[u8]) -> Result<Reply, LostRequest> {
        let from_browser = head.headers.contains_key(ORIGIN);
        if from_browser && head.method == Method::OPTIONS {
            return Ok(reply::preflight(&head.headers));
        }
        let mut reply = self.reply_to_any_origin(head, body).await?;
        if from_browser {
            reply::allow_any_origin(&mut reply);
        }
        Ok(reply)
    }

    async fn reply_to_any_origin(&self, head: &Parts, body: &[u8]) -> Result<Reply, LostRequest> {
        if head.uri.path() != "/" {
            return Ok(reply::no_such_page());
        }
        if head.method == Method::GET {
            return Ok(reply::healthy());
        }
        let content_type = ContentType::of(head.headers.get(CONTENT_TYPE));
        if head.method != Method::POST || content_type.is_none() && !body.is_empty() {
            return Ok(reply::no_such_page());
        }
        let target = header(head, "x-amz-target");
        let answer = self.answer(head, target, body).await?;
        debug!(target, status = answer.status, error = answer.error_type.as_deref(), "answered");
        Ok(reply::answer(answer, content_type.unwrap_or(ContentType::Json)))
    }

    async fn answer(&self, head: &Parts, target: &str, body: &[u8]) -> Result<Answer, LostRequest> {
        let unsigned = self.is_guarded.then(|| signature::refusal(head)).flatten();
        if unsigned.is_none() && !body.is_empty() {
            let call = record::number_in(&head.headers);
            return self.tables.apply_call(call, target, body).await;
        }
        // More than one thing may be wrong, and AWS complains of an empty body last.
        let malformed = refusal(target, b"").filter(|_| !body.is_empty() && !is_json(body));
        let unknown = || refusal(target, b"{}").filter(is_unknown_operation);
        let refusal = malformed.or_else(unknown).or(unsigned).or_else(|| refusal(target, b""));
        Ok(refusal.unwrap_or_else(Answer::internal_server_error))
    }
}

fn refusal(target: &str, body: &[u8]) -> Option<Answer> {
    Request::parse(target, body).err()
}

fn is_unknown_operation(answer: &Answer) -> bool {
    answer.error_type.as_deref() == Some("UnknownOperationException")
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Returns a header, or an empty text if there is none.
fn header<'a>(head: &'a Parts, name: &str) -> &'a str {
    head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
