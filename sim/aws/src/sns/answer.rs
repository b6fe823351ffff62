//! Answers in XML (FACTS 15.1 to 15.3).

use crate::http::HttpAnswer;
use crate::uuid::uuid;

/// The namespace of all elements.
const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// The refusal of a request that changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnsRefusal {
    /// The answer.
    pub answer: HttpAnswer,
    /// True if the model refused a request that AWS would have served.
    ///
    /// A run with such an answer proves nothing about AWS.
    pub is_unsupported: bool,
}

impl SnsRefusal {
    /// Makes the refusal of a request that AWS refuses as well.
    pub(super) fn new(status: u16, code: &str, message: &str, key: &str) -> SnsRefusal {
        SnsRefusal { answer: error(status, code, message, key), is_unsupported: false }
    }

    pub(super) fn invalid(message: &str, key: &str) -> SnsRefusal {
        let message = format!("Invalid parameter: {message}");
        SnsRefusal::new(400, "InvalidParameter", &message, key)
    }

    /// Makes the refusal of a request that the model lacks.
    pub(super) fn unsupported(what: &str, key: &str) -> SnsRefusal {
        let message = format!("{what} is not modelled");
        let answer = error(400, "UnsupportedOperation", &message, key);
        SnsRefusal { answer, is_unsupported: true }
    }
}

/// Makes an error of SNS, for a driver that lets a request fail: `InternalError` with 500,
/// `AuthorizationError` with 403. `key` makes the id of the request.
pub fn error(status: u16, code: &str, message: &str, key: &str) -> HttpAnswer {
    let fault = if status < 500 { "Sender" } else { "Receiver" };
    let id = request_id(key);
    let (code, message) = (escape(code), escape(message));
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{fault}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
    );
    HttpAnswer::new(status, "text/xml", body).header("x-amzn-requestid", id)
}

/// Makes the answer to an operation, with XML as its result.
pub(super) fn success(operation: &str, result: &str, key: &str) -> HttpAnswer {
    let id = request_id(key);
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    HttpAnswer::new(200, "text/xml", body).header("x-amzn-requestid", id)
}

/// Writes a text as the content of an element.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn request_id(key: &str) -> String {
    uuid(key, "request")
}
