//! The answer that ends a handshake.

use lambda_runtime::Diagnostic;

/// What the gateway understands as a refusal, and turns into the status 401 (FACTS 1.2).
const UNAUTHORIZED: &str = "Unauthorized";

/// The one answer to every handshake that is refused. It has no reason in it: whoever tries
/// tokens learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{UNAUTHORIZED}")]
pub struct Unauthorized;

impl From<Unauthorized> for Diagnostic {
    fn from(_: Unauthorized) -> Diagnostic {
        // Any other message than exactly this one would reach the client as a 500.
        Diagnostic { error_type: UNAUTHORIZED.to_owned(), error_message: UNAUTHORIZED.to_owned() }
    }
}

/// Why a handshake is refused: a text from this crate, for the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);
