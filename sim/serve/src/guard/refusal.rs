//! The answer to a request that is refused: an error that SDKs of AWS can read, and people too.

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use serde_json::json;

use crate::http::{self, QUOTED_BYTES_MAX, Reply};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ACCESS_DENIED: &str = "AccessDeniedException";

/// The reason why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it needs one `Host` header, with a host and at most a port")]
    NoHost,
    #[error(
        "this server answers to its addresses and to localhost, not to {name}; if that is a name \
         of this server, start it with `--allow-host {name}`",
        name = shortened(.0)
    )]
    Host(String),
    #[error(
        "pages of {origin} get no answer here; if they may have one, start the server with \
         `--allow-origin {origin}`",
        origin = shortened(.0)
    )]
    Origin(String),
    #[error("pages of other origins get no answer here")]
    Page,
}

impl Refusal {
    pub(super) fn reply(&self) -> Reply {
        let body = json!({ "__type": ACCESS_DENIED, "message": self.to_string() });
        let mut reply = http::reply(StatusCode::FORBIDDEN.as_u16(), format!("{body}\n"));
        for (name, value) in [
            (CONTENT_TYPE, "application/json"),
            (ERROR_TYPE, ACCESS_DENIED),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (RESOURCE_POLICY, "same-origin"),
        ] {
            reply.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        reply
    }
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(QUOTED_BYTES_MAX)]
}
