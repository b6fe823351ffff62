//! The `@connections` API: `PostToConnection` (FACTS 3.4, 3.5).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use stormglass_spec::Time;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::{Gateway, Stage, State};

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// The message was taken for an open connection.
    Accepted,
    /// There is no such open connection: 410.
    Gone {
        /// Its handshake is still running (FACTS 1.7).
        pending: bool,
    },
    /// The message is over 128 KB: 413.
    TooLarge,
    /// The host or the stage is not this one: 403.
    Forbidden,
    /// The id is not one that the gateway makes: 400 (FACTS 2.14).
    BadId,
}

impl Posted {
    /// The status, error type and body on the wire.
    pub(crate) fn wire(&self) -> (u16, Option<&'static str>, &'static str) {
        match self {
            Posted::Accepted => (200, None, ""),
            Posted::Gone { .. } => (410, Some("GoneException"), ""),
            Posted::TooLarge => (413, Some("PayloadTooLargeException"), ""),
            Posted::Forbidden => (403, Some("ForbiddenException"), r#"{"message":"Forbidden"}"#),
            Posted::BadId => {
                (400, Some("BadRequestException"), r#"{"message":"Invalid connectionId"}"#)
            }
        }
    }
}

impl Gateway {
    /// A function posts `bytes` bytes to a connection.
    pub(crate) fn post(&mut self, now: Time, id: &str, bytes: usize) -> Posted {
        if !is_well_formed(id) {
            return Posted::BadId;
        }
        let Some(connection) = self.connections.get_mut(id) else {
            return Posted::Gone { pending: false };
        };
        match connection.state {
            State::Pending => Posted::Gone { pending: true },
            State::Closed => Posted::Gone { pending: false },
            State::Open if bytes > MESSAGE_BYTES_MAX => Posted::TooLarge,
            State::Open => {
                connection.last_active = now;
                Posted::Accepted
            }
        }
    }

    /// The stage that this gateway serves.
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }
}

/// The connection id in a request to `@connections`; `None` where host or stage are wrong.
pub(crate) fn post_path(stage: &Stage, uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("https://")?.strip_prefix(&stage.domain_name())?;
    let path = rest.strip_prefix('/')?.strip_prefix(&stage.name)?;
    let id = path.strip_prefix("/@connections/")?;
    let id = percent_decode_str(id.split('?').next().unwrap_or_default());
    id.decode_utf8().ok().map(Cow::into_owned)
}

/// 11 bytes in base64url with padding (FACTS 5.5).
fn is_well_formed(id: &str) -> bool {
    let Some(characters) = id.strip_suffix('=') else { return false };
    characters.len() == 15
        && characters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
