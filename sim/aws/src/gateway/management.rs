//! The `@connections` API (FACTS 3.4, 3.5).

use percent_encoding::percent_decode_str;
use serde_json::json;
use stormglass_spec::Time;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::closing::Close;
use super::connection::{Connection, ConnectionState};
use super::place::ManagementPlace;
use super::stamp::iso_8601;
use super::{ConnectionId, Gateway, GatewayEffect, RequestId, Stage};

/// A request to `@connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagementRequest {
    /// The id of the connection.
    pub id: ConnectionId,
    /// The operation on the connection.
    pub operation: ManagementOperation,
}

/// An operation on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagementOperation {
    /// Send a message to its client. The driver keeps the message; the gateway needs its size.
    Post {
        /// The size of the message.
        bytes: usize,
    },
    /// Describe the connection.
    Get,
    /// Close the connection.
    Delete,
}

/// The outcome of a request to `@connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagementOutcome {
    /// The message was accepted for an open connection. The driver sends it.
    Accepted,
    /// The connection was described.
    Described {
        /// The description, as JSON (FACTS 3.4).
        json: String,
    },
    /// The connection was closed.
    Deleted,
    /// No such connection is open.
    Gone {
        /// True if the handshake of the connection is still running (FACTS 1.7).
        pending: bool,
    },
    /// The message is over 128 KB.
    TooLarge,
    /// The host, the stage or the path is wrong.
    Forbidden,
    /// The path is right, but it does not have this method.
    UnknownMethod,
    /// The custom domain maps the path to a stage, which has nothing there (FACTS 18.1a).
    UnknownRoute {
        /// The method of the request.
        method: String,
        /// The path after that of the mapping, without a slash before it.
        path: String,
    },
    /// The gateway never makes such an id (FACTS 2.14).
    BadId,
    /// The account is over its rate (FACTS 3.1).
    RateExceeded,
    /// The buffer of the client is full: it does not read (FACTS 3.5).
    BufferFull,
}

/// A response of `@connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagementResponse {
    /// The HTTP status.
    pub status: u16,
    /// The value of the header `x-amzn-ErrorType`, if the response has it.
    pub error: Option<&'static str>,
    /// The body: JSON, or empty.
    pub body: String,
}

impl ManagementOutcome {
    /// Returns the HTTP response. The bodies of 413, 429 and 400 are unpublished (FACTS 10).
    pub fn response(&self) -> ManagementResponse {
        let unknown_route;
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
            ManagementOutcome::UnknownRoute { method, path } => {
                let message =
                    format!("No method found matching route {path} for http method {method}");
                unknown_route = json!({ "message": message }).to_string();
                (403, Some("ForbiddenException"), unknown_route.as_str())
            }
        };
        ManagementResponse { status, error, body: body.to_owned() }
    }
}

impl ManagementRequest {
    /// Parses a request to a stage: its method, its whole URI and the size of its body in bytes.
    ///
    /// # Errors
    ///
    /// The outcome of a malformed request. It depends on no connection.
    pub fn parse(
        stage: &Stage,
        method: &str,
        uri: &str,
        bytes: usize,
    ) -> Result<ManagementRequest, ManagementOutcome> {
        let (host, path) = split(uri).ok_or(ManagementOutcome::Forbidden)?;
        let place = stage.management_place(method, host, path)?;
        let operation = match method {
            "POST" => ManagementOperation::Post { bytes },
            "GET" => ManagementOperation::Get,
            "DELETE" => ManagementOperation::Delete,
            _ => return Err(ManagementOutcome::UnknownMethod),
        };
        let id =
            percent_decode_str(place.id).decode_utf8().map_err(|_| ManagementOutcome::BadId)?;
        if !is_well_formed(&id) {
            return Err(ManagementOutcome::BadId);
        }
        if !is_of(&place, stage) {
            return Err(ManagementOutcome::Gone { pending: false });
        }
        Ok(ManagementRequest { id: id.into_owned(), operation })
    }
}

impl Gateway {
    /// A request to `@connections` arrives. `disconnect` is the id of the `$disconnect` that
    /// follows if the request closes a connection.
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
        let pending = match state {
            Some(ConnectionState::Open) => return self.manage(now, request, disconnect),
            Some(ConnectionState::Pending { .. }) => true,
            Some(ConnectionState::Failed | ConnectionState::Closed) | None => false,
        };
        (ManagementOutcome::Gone { pending }, Vec::new())
    }

    /// Carries out a request about an open connection.
    fn manage(
        &mut self,
        now: Time,
        request: &ManagementRequest,
        disconnect: RequestId,
    ) -> (ManagementOutcome, Vec<GatewayEffect>) {
        let ManagementRequest { id, operation } = request;
        match operation {
            ManagementOperation::Post { bytes } => (self.post(now, id, *bytes), Vec::new()),
            ManagementOperation::Get => (self.describe(id), Vec::new()),
            ManagementOperation::Delete => {
                (ManagementOutcome::Deleted, self.close(now, id, Close::DELETED, disconnect))
            }
        }
    }

    fn post(&mut self, now: Time, id: &str, bytes: usize) -> ManagementOutcome {
        if bytes > MESSAGE_BYTES_MAX {
            return ManagementOutcome::TooLarge;
        }
        let frames_max = self.limits.buffer_frames_max;
        let is_accepted = self.connection_mut(id).buffer_frame(now, frames_max);
        if is_accepted { ManagementOutcome::Accepted } else { ManagementOutcome::BufferFull }
    }

    fn describe(&self, id: &str) -> ManagementOutcome {
        let Connection { connected_at, last_active, user_agent, source_ip, .. } =
            self.connection(id);
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

/// Returns the host of a URI, and its path without the query.
fn split(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("https://")?;
    let rest = rest.split('?').next().unwrap_or_default();
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

/// Reports whether a place is in a stage. A mapping may lead to another one (FACTS 18.1c).
fn is_of(place: &ManagementPlace<'_>, stage: &Stage) -> bool {
    place.api_id == stage.api_id && place.stage == stage.name
}

/// Reports whether an id is 11 bytes in base64url with padding (FACTS 5.5).
fn is_well_formed(id: &str) -> bool {
    let Some(characters) = id.strip_suffix('=') else { return false };
    characters.len() == 15
        && characters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
