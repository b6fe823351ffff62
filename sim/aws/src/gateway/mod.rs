//! API Gateway for WebSocket APIs, sans IO: one stage of one API, with all its connections.
//!
//! An input and the time go in, effects come out; a driver carries them out. The same gateway
//! serves a simulation and a real socket. The front page of the crate has an example.
//!
//! - `api`, `route`: a deployment: a stage, its routes, and the limits of its account.
//! - `effect`: the effects that the gateway asks for, and the outcomes that it waits for.
//! - `upgrade`, `handshake`, `authorizer`: from an upgrade request to an open connection, or to a
//!   refusal.
//! - `message`, `selection`: from a client's message to a route, and back to the client.
//! - `closing`: every way in which a connection ends.
//! - `management`, `place`: the `@connections` API, and the stage that its paths mean.
//! - `event`, `proxy`, `reading`: the JSON that functions get, the JSON that they return, and the
//!   latter in words for people.
//! - `connection`, `bucket`, `stamp`: a connection, a token bucket, times and ids of traces as AWS
//!   writes them.
//! - `id`: ids of connections and requests.
//! - `sketch`: hashes of the state, for searches that look for two equal ones.

mod api;
mod authorizer;
mod bucket;
mod closing;
mod connection;
mod effect;
mod event;
mod handshake;
mod id;
mod management;
mod message;
mod place;
mod proxy;
mod reading;
mod route;
mod selection;
mod sketch;
pub(crate) mod stamp;
mod upgrade;

use std::collections::BTreeMap;

use stormglass_spec::Time;
use stormglass_spec::hash::Map;

pub use api::{Api, Limits, Stage};
use authorizer::Decision;
pub use bucket::TokenBucket;
pub use closing::{Breach, NO_CODE};
use connection::{Connection, ConnectionState, PendingInvocation, Purpose};
pub use effect::{GatewayEffect, IntegrationOutcome, MessageOrigin};
use event::EventBuilder;
pub use id::{connection_id, ids_in, request_id};
pub use management::{
    ManagementOperation, ManagementOutcome, ManagementRequest, ManagementResponse,
};
pub use message::ClientMessage;
pub use place::ManagementPlace;
pub use proxy::ProxyResponse;
pub(crate) use proxy::RawResponse;
pub use route::Route;
pub use selection::SelectionError;
pub(crate) use stamp::{iso_8601, request_time, trace_id};
pub use upgrade::Upgrade;

/// The id of a connection, as AWS makes them (FACTS 5.5).
pub type ConnectionId = String;
/// The id of a request: of an upgrade, a message or a disconnect (FACTS 5.5).
pub type RequestId = String;

/// One stage of one WebSocket API.
///
/// The driver passes times that never run backwards and ids that it has not used before; an input
/// that breaks this rule panics.
#[derive(Debug)]
pub struct Gateway {
    stage: Stage,
    api: Api,
    limits: Limits,
    /// The rate of client messages and calls of `@connections`, together (FACTS 3.1).
    requests: TokenBucket,
    /// The rate of handshakes.
    handshakes: TokenBucket,
    connections: Map<ConnectionId, Connection>,
    /// The invocations that have not answered yet.
    invocations: BTreeMap<RequestId, PendingInvocation>,
}

impl Gateway {
    /// Creates a gateway without connections.
    pub fn new(stage: Stage, api: Api, limits: Limits) -> Gateway {
        let (requests, handshakes) = buckets(&limits);
        Gateway {
            stage,
            api,
            limits,
            requests,
            handshakes,
            connections: Map::default(),
            invocations: BTreeMap::new(),
        }
    }

    /// The outcome of a function arrives. Only the first outcome of a request counts (FACTS 4.8).
    pub fn on_integration(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &IntegrationOutcome,
    ) -> Vec<GatewayEffect> {
        let Some(invocation) = self.invocations.remove(request) else { return Vec::new() };
        let PendingInvocation { connection, purpose } = invocation;
        match purpose {
            Purpose::Authorize(handshake) => {
                self.settle_authorizer(now, connection, handshake, outcome)
            }
            Purpose::Connect => self.settle_handshake(now, connection, outcome),
            Purpose::Message { is_two_way } => {
                self.answer_message(now, &connection, request.clone(), is_two_way, outcome)
            }
            Purpose::Disconnect => Vec::new(),
        }
    }

    /// Drops the data of a connection that is over. From then on, its id is as unknown as that of
    /// a connection that never was. A connection that is open or pending stays.
    pub fn forget(&mut self, id: &str) {
        let is_over = |connection: &Connection| match connection.state {
            ConnectionState::Failed | ConnectionState::Closed => true,
            ConnectionState::Pending { .. } | ConnectionState::Open => false,
        };
        if self.connections.get(id).is_some_and(is_over) {
            self.connections.swap_remove(id);
        }
    }

    /// Gives the account its usual quotas from here on, used by this API alone (FACTS 3.1).
    pub fn restore_quotas(&mut self) {
        (self.requests, self.handshakes) = buckets(&Limits::default());
    }

    /// Returns the bucket of requests, which all HTTP APIs of the account draw on as well
    /// (FACTS 3.1, 16.7).
    pub fn requests_mut(&mut self) -> &mut TokenBucket {
        &mut self.requests
    }

    /// Reports whether the gateway still waits for the outcome of a request.
    pub fn is_pending(&self, request: &RequestId) -> bool {
        self.invocations.contains_key(request)
    }

    /// Reports whether an authorizer's answer lets a client in. `None` if the answer is malformed.
    pub fn allows(&self, json: &str) -> Option<bool> {
        match Decision::parse(json, &self.stage.connect_arn(), 0) {
            Decision::Allow(_) => Some(true),
            Decision::Deny => Some(false),
            Decision::Malformed => None,
        }
    }

    /// Reports whether a connection is open and its buffer is full.
    pub fn is_full(&self, id: &str) -> bool {
        let connection = self.connections.get(id).filter(|connection| connection.is_open());
        connection.is_some_and(|connection| connection.is_full(self.limits.buffer_frames_max))
    }

    /// Returns the stage that this gateway serves.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Returns a connection that the caller knows to exist: `forget` drops none that is pending or
    /// open, and a close is over before the driver can forget it.
    fn connection(&self, id: &str) -> &Connection {
        self.connections.get(id).expect("a connection stays until it is over")
    }

    /// Returns a connection that the caller knows to exist, as `connection` does.
    fn connection_mut(&mut self, id: &str) -> &mut Connection {
        self.connections.get_mut(id).expect("a connection stays until it is over")
    }

    fn open_connection(&mut self, id: &str) -> Option<&mut Connection> {
        self.connections.get_mut(id).filter(|connection| connection.is_open())
    }

    fn invoke(
        &mut self,
        request: RequestId,
        connection: ConnectionId,
        route: Route,
        event: String,
        purpose: Purpose,
    ) -> GatewayEffect {
        self.wait_for(&request, &connection, purpose);
        GatewayEffect::Invoke { request, connection, route, event }
    }

    fn wait_for(&mut self, request: &RequestId, connection: &ConnectionId, purpose: Purpose) {
        let invocation = PendingInvocation { connection: connection.clone(), purpose };
        let earlier = self.invocations.insert(request.clone(), invocation);
        assert!(earlier.is_none(), "two requests have the same id");
    }

    /// Returns a builder of events about one request of a connection, which came at `at`.
    fn event_builder<'a>(
        &'a self,
        at: Time,
        id: &'a str,
        request: &'a str,
        connection: &'a Connection,
    ) -> EventBuilder<'a> {
        EventBuilder { stage: &self.stage, at, id, request, connection }
    }
}

/// Returns the buckets of requests and of handshakes.
fn buckets(limits: &Limits) -> (TokenBucket, TokenBucket) {
    let requests = TokenBucket::new(limits.requests_per_second, limits.burst);
    let handshakes = TokenBucket::new(limits.connects_per_second, limits.connects_per_second);
    (requests, handshakes)
}

#[cfg(test)]
mod tests;
