//! The answer that refuses a handshake, and the reason for it.

use lambda_runtime::Diagnostic;

/// The error that the gateway turns into the status 401 (FACTS 1.2).
const UNAUTHORIZED: &str = "Unauthorized";

/// The answer to every handshake that is refused.
///
/// It contains no reason, so a client that tries many tokens learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{UNAUTHORIZED}")]
pub struct UnauthorizedError;

impl From<UnauthorizedError> for Diagnostic {
    fn from(_: UnauthorizedError) -> Diagnostic {
        // With any other message than exactly this one, the client would get a 500.
        Diagnostic { error_type: UNAUTHORIZED.to_owned(), error_message: UNAUTHORIZED.to_owned() }
    }
}

/// The reason why a handshake is refused: a text of this crate, for the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);
