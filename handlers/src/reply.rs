//! The answers, and all that they may reveal.
//!
//! Whatever an answer says is a text from this crate, a count, or the client's own `id`: never
//! what the SDK or a service said.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::Failure;

const OK: i64 = 200;
const BAD_REQUEST: i64 = 400;
const FORBIDDEN: i64 = 403;
const INTERNAL_ERROR: i64 = 500;

/// An answer that says no more than that all went well.
pub(crate) fn ok() -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = OK;
    response
}

/// What became of a broadcast.
///
/// Every row that was read is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Acknowledgement {
    /// Recipients whose last attempt the gateway accepted.
    pub(crate) delivered: u64,
    /// Recipients that were no longer there.
    pub(crate) gone: u64,
    /// Recipients that may still have been in the middle of their handshake.
    pub(crate) pending: u64,
    /// All other recipients: those not known to have got it.
    pub(crate) failed: u64,
    /// Whether every row was read, and none failed.
    pub(crate) complete: bool,
}

impl Acknowledgement {
    pub(crate) fn reply(&self, id: Option<&RawValue>) -> ApiGatewayProxyResponse {
        #[derive(Serialize)]
        struct Reply<'a> {
            ack: &'a Acknowledgement,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'a RawValue>,
        }
        with_body(OK, &Reply { ack: self, id })
    }
}

/// An answer that says what went wrong. Nothing has been done for the client then.
#[derive(Clone, Debug)]
pub(crate) struct ErrorReply<'a> {
    status: i64,
    text: &'static str,
    id: Option<&'a RawValue>,
    /// Not for the client.
    cause: Option<Failure>,
}

impl<'a> ErrorReply<'a> {
    /// The client is at fault.
    pub(crate) fn client(text: &'static str, id: Option<&'a RawValue>) -> ErrorReply<'a> {
        ErrorReply { status: BAD_REQUEST, text, id, cause: None }
    }

    /// The client may not do this.
    pub(crate) fn forbidden(text: &'static str) -> ErrorReply<'a> {
        ErrorReply { status: FORBIDDEN, text, id: None, cause: None }
    }

    /// The service is at fault, and `cause` is why.
    pub(crate) fn service(
        text: &'static str,
        id: Option<&'a RawValue>,
        cause: Failure,
    ) -> ErrorReply<'a> {
        ErrorReply { status: INTERNAL_ERROR, text, id, cause: Some(cause) }
    }

    pub(crate) fn text(&self) -> &'static str {
        self.text
    }

    pub(crate) fn cause(&self) -> Option<&Failure> {
        self.cause.as_ref()
    }
}

impl From<ErrorReply<'_>> for ApiGatewayProxyResponse {
    fn from(reply: ErrorReply<'_>) -> ApiGatewayProxyResponse {
        #[derive(Serialize)]
        struct Reply<'a> {
            error: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'a RawValue>,
        }
        with_body(reply.status, &Reply { error: reply.text, id: reply.id })
    }
}

fn with_body(status: i64, body: &impl Serialize) -> ApiGatewayProxyResponse {
    let body = serde_json::to_string(body);
    let body = body.expect("texts, counts and raw JSON can always be written as JSON");
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status;
    response.body = Some(Body::Text(body));
    response
}
