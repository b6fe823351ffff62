//! API Gateway for WebSocket APIs, sans IO: connections, routes, integrations, `@connections`.
//!
//! Input and the time go in, effects come out; a driver carries them out. The same gateway serves
//! a simulation and a real socket.

mod connection;
mod event;
mod management;
mod proxy;
mod route;

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Time;
use stormglass_spec::quotas::{FRAME_BYTES_MAX, IDLE_TIMEOUT, MESSAGE_BYTES_MAX};

use crate::app::Route;
use crate::case::Upgrade;
use connection::{Connection, Pending, State};
pub(crate) use management::{Posted, post_path};
pub(crate) use proxy::ProxyResponse;

/// A connection id as AWS makes them (FACTS 5.5).
pub(crate) type ConnectionId = String;
/// The id of a request: an upgrade, a message or a disconnect (FACTS 5.5).
pub(crate) type RequestId = String;

/// How late the gateway is in closing an idle connection (FACTS 3.2: 603.9 s were seen).
const IDLE_LATENESS: Duration = Duration::from_secs(4);

/// What the gateway wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Invoke a function with this event; its outcome goes to [`Gateway::integration`].
    Invoke { request: RequestId, connection: ConnectionId, route: Route, event: String },
    /// Complete a handshake.
    Upgraded { connection: ConnectionId, protocol: Option<String> },
    /// Refuse a handshake with this HTTP status.
    Refused { connection: ConnectionId, status: u16 },
    /// Send a text message to a client.
    Send { connection: ConnectionId, text: String, why: Why },
    /// The connection is closed from here on; tell the client unless it closed.
    Closed { connection: ConnectionId, code: u16, by_client: bool },
}

/// Why the gateway sends a message of its own accord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The response of a two-way route to this request.
    Reply(RequestId),
    /// The gateway's own error for this request.
    Error(RequestId),
}

/// A message from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

/// What became of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Integration {
    /// The function returned this.
    Response(String),
    /// The function failed: it threw, crashed or ran out of its own time.
    Error,
    /// Lambda had no capacity (FACTS 4.9).
    Throttled,
    /// The gateway has waited for 29 s (FACTS 3.1).
    TimedOut,
}

/// One stage of one WebSocket API.
#[derive(Debug)]
pub(crate) struct Gateway {
    stage: Stage,
    routes: Vec<Route>,
    connections: BTreeMap<ConnectionId, Connection>,
    pending: BTreeMap<RequestId, Pending>,
}

/// What a stage is called.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) api_id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    /// The wall clock at [`Time::ZERO`], in ms since 1970.
    pub(crate) epoch_ms: u64,
}

impl Stage {
    pub(crate) fn domain_name(&self) -> String {
        format!("{}.execute-api.{}.amazonaws.com", self.api_id, self.region)
    }

    fn epoch_ms_at(&self, now: Time) -> u64 {
        self.epoch_ms + now.millis()
    }
}

impl Gateway {
    pub(crate) fn new(stage: Stage, routes: Vec<Route>) -> Gateway {
        Gateway { stage, routes, connections: BTreeMap::new(), pending: BTreeMap::new() }
    }

    /// A client asks for a WebSocket. The connection id exists from here on (FACTS 0).
    pub(crate) fn upgrade(
        &mut self,
        now: Time,
        id: ConnectionId,
        request: RequestId,
        upgrade: &Upgrade,
    ) -> Vec<Effect> {
        let connection = Connection::new(now, upgrade);
        let event = event::connect(&self.stage, now, &id, &request, &connection, upgrade);
        self.connections.insert(id.clone(), connection);
        match self.route("$connect") {
            Some(route) => vec![self.invoke(request, id, route, event)],
            None => self.open(now, id, None),
        }
    }

    /// A message from a client arrives: `request` if it selects a route, `disconnect` if it is one
    /// that the gateway answers with a close (FACTS 2.12, 3.1).
    pub(crate) fn message(
        &mut self,
        now: Time,
        id: &ConnectionId,
        (request, disconnect): (RequestId, RequestId),
        message: Message,
    ) -> Vec<Effect> {
        let Some(connection) = self.connections.get_mut(id).filter(|known| known.is_open()) else {
            return Vec::new();
        };
        connection.last_active = now;
        let text = match message {
            Message::Binary(_) => return self.end(now, id, 1003, false, disconnect),
            Message::Text(text) if is_too_big(&text) => {
                return self.end(now, id, 1009, false, disconnect);
            }
            Message::Text(text) => text,
        };
        let Some(route) = route::select(&self.routes, &text) else {
            return vec![self.error_frame(id, request, "Forbidden")];
        };
        let event = match self.connections.get(id) {
            Some(connection) => {
                event::message(&self.stage, now, id, &request, connection, &route.key, &text)
            }
            None => return Vec::new(),
        };
        vec![self.invoke(request, id.clone(), route, event)]
    }

    /// The close frame of a client arrives, or news that it is gone.
    pub(crate) fn client_closed(
        &mut self,
        now: Time,
        id: &ConnectionId,
        code: u16,
        request: RequestId,
    ) -> Vec<Effect> {
        let is_open = self.connections.get(id).is_some_and(Connection::is_open);
        if is_open { self.end(now, id, code, true, request) } else { Vec::new() }
    }

    /// When this connection will have been silent for too long, if nothing happens until then.
    pub(crate) fn idle_at(&self, id: &ConnectionId) -> Option<Time> {
        let connection = self.connections.get(id).filter(|known| known.is_open())?;
        Some(connection.last_active + IDLE_TIMEOUT + IDLE_LATENESS)
    }

    /// Closes a connection that has been silent for too long (FACTS 1.13).
    pub(crate) fn close_if_idle(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<Effect> {
        if self.idle_at(id).is_some_and(|at| at <= now) {
            return self.end(now, id, 1001, false, request);
        }
        Vec::new()
    }

    /// The outcome of an integration. Whatever comes after the first outcome changes nothing
    /// (FACTS 4.8).
    pub(crate) fn integration(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &Integration,
    ) -> Vec<Effect> {
        let Some(pending) = self.pending.remove(request) else { return Vec::new() };
        let response = match outcome {
            Integration::Response(json) => ProxyResponse::parse(json).ok(),
            _ => None,
        };
        match pending.route.key.as_str() {
            "$connect" => self.settle_handshake(now, pending, response, outcome),
            "$disconnect" => Vec::new(),
            _ => self.answer_message(now, request.clone(), pending, response, outcome),
        }
    }

    /// Whether an integration is still waited for.
    pub(crate) fn is_pending(&self, request: &RequestId) -> bool {
        self.pending.contains_key(request)
    }

    fn settle_handshake(
        &mut self,
        now: Time,
        pending: Pending,
        response: Option<ProxyResponse>,
        outcome: &Integration,
    ) -> Vec<Effect> {
        let status = match (&response, outcome) {
            (Some(response), _) => response.status,
            (None, Integration::TimedOut) => 504,
            (None, _) => 502,
        };
        if (200..300).contains(&status) {
            let protocol = response.and_then(|response| response.header("sec-websocket-protocol"));
            return self.open(now, pending.connection, protocol);
        }
        if let Some(connection) = self.connections.get_mut(&pending.connection) {
            connection.state = State::Closed;
        }
        vec![Effect::Refused { connection: pending.connection, status }]
    }

    fn answer_message(
        &mut self,
        now: Time,
        request: RequestId,
        pending: Pending,
        response: Option<ProxyResponse>,
        outcome: &Integration,
    ) -> Vec<Effect> {
        let id = pending.connection;
        let Some(connection) = self.connections.get_mut(&id).filter(|known| known.is_open()) else {
            return Vec::new();
        };
        connection.last_active = now;
        match (response, outcome) {
            (Some(response), _) if pending.route.is_two_way => {
                let text = response.body.unwrap_or_default();
                vec![Effect::Send { connection: id, text, why: Why::Reply(request) }]
            }
            (Some(_), _) => Vec::new(),
            (None, Integration::TimedOut) => {
                vec![self.error_frame(&id, request, "Endpoint request timed out")]
            }
            (None, _) => vec![self.error_frame(&id, request, "Internal server error")],
        }
    }

    fn open(&mut self, now: Time, id: ConnectionId, protocol: Option<String>) -> Vec<Effect> {
        let Some(connection) = self.connections.get_mut(&id) else { return Vec::new() };
        assert!(connection.state == State::Pending, "only a pending handshake can succeed");
        connection.state = State::Open;
        connection.last_active = now;
        vec![Effect::Upgraded { connection: id, protocol }]
    }

    /// Closes a connection and starts `$disconnect`, after the close (FACTS 1.11).
    fn end(
        &mut self,
        now: Time,
        id: &ConnectionId,
        code: u16,
        by_client: bool,
        request: RequestId,
    ) -> Vec<Effect> {
        let Some(connection) = self.connections.get_mut(id) else { return Vec::new() };
        connection.state = State::Closed;
        let event = event::disconnect(&self.stage, now, id, &request, connection, code);
        let mut effects = vec![Effect::Closed { connection: id.clone(), code, by_client }];
        if let Some(route) = self.route("$disconnect") {
            effects.push(self.invoke(request, id.clone(), route, event));
        }
        effects
    }

    fn route(&self, key: &str) -> Option<Route> {
        self.routes.iter().find(|route| route.key == key).cloned()
    }

    fn invoke(
        &mut self,
        request: RequestId,
        connection: ConnectionId,
        route: Route,
        event: String,
    ) -> Effect {
        let pending = Pending { connection: connection.clone(), route: route.clone() };
        let earlier = self.pending.insert(request.clone(), pending);
        assert!(earlier.is_none(), "two requests have the same id");
        Effect::Invoke { request, connection, route, event }
    }

    /// A text frame with the gateway's own uneven spaces (FACTS 2.4, 2.5, 2.6).
    fn error_frame(&self, id: &ConnectionId, request: RequestId, message: &str) -> Effect {
        let text = format!(
            "{{\"message\": \"{message}\", \"connectionId\":\"{id}\", \"requestId\":\"{request}\"}}"
        );
        Effect::Send { connection: id.clone(), text, why: Why::Error(request) }
    }
}

/// A frame holds 32 KB; a client that sends a longer message splits it, up to 128 KB (FACTS 3.1).
fn is_too_big(text: &str) -> bool {
    const _: () = assert!(FRAME_BYTES_MAX < MESSAGE_BYTES_MAX);
    text.len() > MESSAGE_BYTES_MAX
}

#[cfg(test)]
mod tests;
