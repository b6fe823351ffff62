//! The `@connections` API (FACTS 3.4, 3.5).

use percent_encoding::percent_decode_str;
use serde_json::json;
use stormglass_spec::Time;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::closing::Close;
use super::connection::{Connection, ConnectionState};
use super::stamp::iso_8601;
use super::{ConnectionId, Gateway, GatewayEffect, RequestId, Stage};

/// A request to `@connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagementRequest {
    /// The connection that it is about.
    pub id: ConnectionId,
    /// What is asked for.
    pub operation: ManagementOperation,
}

/// What is to be done with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagementOperation {
    /// Send a message of this many bytes.
    Post {
        /// How many.
        bytes: usize,
    },
    /// Tell about it.
    Get,
    /// Close it.
    Delete,
}

/// What became of a request to `@connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagementOutcome {
    /// The message was taken for an open connection; the driver has it and sends it.
    Accepted,
    /// This is the connection.
    Described {
        /// As JSON (FACTS 3.4).
        json: String,
    },
    /// The connection is closed.
    Deleted,
    /// There is no such open connection.
    Gone {
        /// Its handshake is still running (FACTS 1.7).
        pending: bool,
    },
    /// The message is over 128 KB.
    TooLarge,
    /// The host or the stage is not this one, or there is nothing at this path.
    Forbidden,
    /// The path is right, and the method is none that it has.
    UnknownMethod,
    /// The id is not one that the gateway makes (FACTS 2.14).
    BadId,
    /// The account sends more than it may (FACTS 3.1).
    RateExceeded,
    /// The client does not read what was sent to it (FACTS 3.5).
    BufferFull,
}

/// A response on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagementResponse {
    /// The status of HTTP.
    pub status: u16,
    /// The header `x-amzn-ErrorType`.
    pub error: Option<&'static str>,
    /// The body, which is JSON if it is not empty.
    pub body: String,
}

impl ManagementOutcome {
    /// The response on the wire. The bodies of 413, 429 and 400 were never published (FACTS 10).
    pub fn response(&self) -> ManagementResponse {
        let (status, error, body) = match self {
            ManagementOutcome::Accepted => (200, None, ""),
            ManagementOutcome::Described { json } => (200, None, json.as_str()),
            ManagementOutcome::Deleted => (204, None, ""),
            ManagementOutcome::Gone { .. } => (410, Some("GoneException"), ""),
            ManagementOutcome::TooLarge => (413, Some("PayloadTooLargeException"), ""),
            ManagementOutcome::Forbidden => {
                (403, Some("ForbiddenException"), r#"{"message":"Forbidden"}"#)
            }
            ManagementOutcome::UnknownMethod => (
                403,
                Some("MissingAuthenticationTokenException"),
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            ManagementOutcome::BadId => {
                (400, Some("BadRequestException"), r#"{"message":"Invalid connectionId"}"#)
            }
            ManagementOutcome::RateExceeded | ManagementOutcome::BufferFull => {
                (429, Some("LimitExceededException"), "")
            }
        };
        ManagementResponse { status, error, body: body.to_owned() }
    }
}

impl ManagementRequest {
    /// Reads a request for a stage: its method, its whole URI and the size of its body.
    ///
    /// # Errors
    ///
    /// What the gateway answers to a request that is none, without a look at any connection.
    pub fn parse(
        stage: &Stage,
        method: &str,
        uri: &str,
        bytes: usize,
    ) -> Result<ManagementRequest, ManagementOutcome> {
        let id = raw_id(stage, uri).ok_or(ManagementOutcome::Forbidden)?;
        let operation = match method {
            "POST" => ManagementOperation::Post { bytes },
            "GET" => ManagementOperation::Get,
            "DELETE" => ManagementOperation::Delete,
            _ => return Err(ManagementOutcome::UnknownMethod),
        };
        let id = percent_decode_str(id).decode_utf8().map_err(|_| ManagementOutcome::BadId)?;
        if !is_well_formed(&id) {
            return Err(ManagementOutcome::BadId);
        }
        Ok(ManagementRequest { id: id.into_owned(), operation })
    }
}

impl Gateway {
    /// A request to `@connections` arrives; `disconnect` is the id of the `$disconnect` after it,
    /// if it closes a connection.
    pub fn on_management_request(
        &mut self,
        now: Time,
        request: &ManagementRequest,
        disconnect: RequestId,
    ) -> (ManagementOutcome, Vec<GatewayEffect>) {
        if !self.requests.take(now) {
            return (ManagementOutcome::RateExceeded, Vec::new());
        }
        let id = &request.id;
        let state = self.connections.get(id).map(|connection| connection.state);
        if state != Some(ConnectionState::Open) {
            let pending = matches!(state, Some(ConnectionState::Pending { .. }));
            return (ManagementOutcome::Gone { pending }, Vec::new());
        }
        match request.operation {
            ManagementOperation::Post { bytes } => (self.post(now, id, bytes), Vec::new()),
            ManagementOperation::Get => (self.describe(id), Vec::new()),
            ManagementOperation::Delete => {
                (ManagementOutcome::Deleted, self.close(now, id, Close::DELETED, disconnect))
            }
        }
    }

    fn post(&mut self, now: Time, id: &str, bytes: usize) -> ManagementOutcome {
        let frames_max = self.limits.buffer_frames_max;
        let Some(connection) = self.open_connection(id) else {
            return ManagementOutcome::Gone { pending: false };
        };
        if bytes > MESSAGE_BYTES_MAX {
            return ManagementOutcome::TooLarge;
        }
        let is_accepted = connection.buffer_frame(now, frames_max);
        if is_accepted { ManagementOutcome::Accepted } else { ManagementOutcome::BufferFull }
    }

    fn describe(&self, id: &str) -> ManagementOutcome {
        let Some(Connection { connected_at, last_active, user_agent, source_ip, .. }) =
            self.connections.get(id)
        else {
            return ManagementOutcome::Gone { pending: false };
        };
        let mut identity = json!({ "sourceIp": source_ip });
        if let Some(user_agent) = user_agent {
            identity["userAgent"] = json!(user_agent);
        }
        let json = json!({
            "connectedAt": iso_8601(self.stage.epoch_ms_at(*connected_at)),
            "identity": identity,
            "lastActiveAt": iso_8601(self.stage.epoch_ms_at(*last_active)),
        });
        ManagementOutcome::Described { json: json.to_string() }
    }
}

/// The connection id in a URI, as it stands there; `None` where host, stage or path are wrong.
fn raw_id<'a>(stage: &Stage, uri: &'a str) -> Option<&'a str> {
    let rest = uri.strip_prefix("https://")?.strip_prefix(&stage.domain_name())?;
    let path = rest.split('?').next().unwrap_or_default();
    let path = path.strip_prefix('/')?.strip_prefix(&stage.name)?;
    let path = path.strip_prefix("/@").or_else(|| path.strip_prefix("/%40"))?;
    path.strip_prefix("connections/").filter(|id| !id.contains('/'))
}

/// 11 bytes in base64url with padding (FACTS 5.5).
fn is_well_formed(id: &str) -> bool {
    let Some(characters) = id.strip_suffix('=') else { return false };
    characters.len() == 15
        && characters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
