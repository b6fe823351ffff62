//! The answers, and all the texts that clients may see.
//!
//! An answer holds texts of this crate, counts, and the client's own `id`. It never holds a text
//! of the SDK or of a service.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::Failure;

const OK: i64 = 200;
const BAD_REQUEST: i64 = 400;
const FORBIDDEN: i64 = 403;
const INTERNAL_ERROR: i64 = 500;

/// The answer to a connect or a disconnect that succeeded.
pub(crate) fn ok() -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = OK;
    response
}

/// The result of a broadcast. Each row that was read is in exactly one of the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Acknowledgement {
    /// Recipients for which the gateway accepted the last attempt.
    pub(crate) delivered: u64,
    /// Recipients that were no longer there.
    pub(crate) gone: u64,
    /// Recipients whose handshake may not have been over.
    pub(crate) pending: u64,
    /// All other recipients. Some of them may have got the message.
    pub(crate) failed: u64,
    /// True if every row was read and none failed.
    pub(crate) complete: bool,
}

impl Acknowledgement {
    /// The answer to the message that had this `id`.
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

/// An answer that names an error. Nothing that the client asked for was done.
#[derive(Clone, Debug)]
pub(crate) struct ErrorReply<'a> {
    status: i64,
    text: &'static str,
    id: Option<&'a RawValue>,
    /// The reason, for the log and not for the client.
    cause: Option<Failure>,
}

impl<'a> ErrorReply<'a> {
    /// An error of the client.
    pub(crate) fn client(text: &'static str, id: Option<&'a RawValue>) -> ErrorReply<'a> {
        ErrorReply { status: BAD_REQUEST, text, id, cause: None }
    }

    /// A request that the settings do not allow.
    pub(crate) fn forbidden(text: &'static str) -> ErrorReply<'a> {
        ErrorReply { status: FORBIDDEN, text, id: None, cause: None }
    }

    /// An error of this service, with its `cause`.
    pub(crate) fn service(
        text: &'static str,
        id: Option<&'a RawValue>,
        cause: Failure,
    ) -> ErrorReply<'a> {
        ErrorReply { status: INTERNAL_ERROR, text, id, cause: Some(cause) }
    }

    /// The text that the client gets.
    pub(crate) fn text(&self) -> &'static str {
        self.text
    }

    /// The reason, for the log only.
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

/// A response with a JSON body.
fn with_body(status: i64, body: &impl Serialize) -> ApiGatewayProxyResponse {
    let body = serde_json::to_string(body);
    let body = body.expect("texts, counts and raw JSON can always be written as JSON");
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status;
    response.body = Some(Body::Text(body));
    response
}
