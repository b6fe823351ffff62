//! API Gateway for WebSocket APIs, sans IO.
//!
//! Input and the time go in, effects come out; a driver carries them out. The same gateway serves
//! a simulation and a real socket.
//!
//! ```
//! use stormglass_aws::gateway::{
//!     Api, GatewayEffect, Gateway, Limits, Stage, Upgrade, connection_id, request_id,
//! };
//! use stormglass_spec::Time;
//!
//! // An API without a `$connect` lets everybody in.
//! let api = Api::new(vec![], "$request.body.action", None).unwrap();
//! let mut gateway = Gateway::new(Stage::default(), api, Limits::default());
//! let (ana, asked, connect) = (connection_id([1; 5]), request_id([2; 5]), request_id([3; 5]));
//! let effects = gateway.on_upgrade(Time::ZERO, ana.clone(), asked, connect, &Upgrade::default());
//! assert_eq!(effects, [GatewayEffect::Upgraded { connection: ana, protocol: None }]);
//! ```
//!
//! - `api`: what is deployed, and the limits it has.
//! - `effect`: what the gateway wants done, and what it learns of the functions it asked for.
//! - `handshake`, `authorizer`: from an upgrade request to an open connection, or to none.
//! - `message`, `selection`: from a client's message to a route, and back to the client.
//! - `closing`: every way in which a connection ends.
//! - `management`: the `@connections` API.
//! - `event`, `proxy`: the JSON that functions get, and the JSON that they return.
//! - `connection`, `bucket`, `stamp`: a connection, a token bucket, times as AWS writes them.
//! - `id`: ids of connections and requests.
//! - `sketch`: what tells two states of it apart.

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
mod proxy;
mod route;
mod selection;
mod sketch;
mod stamp;
mod upgrade;

use std::collections::BTreeMap;

use stormglass_spec::Time;
use stormglass_spec::hash::Map;

pub use api::{Api, Limits, Stage};
use authorizer::Decision;
use bucket::TokenBucket;
pub use closing::{Breach, NO_CODE};
use connection::{Connection, ConnectionState, PendingInvocation, Purpose};
pub use effect::{GatewayEffect, IntegrationOutcome, MessageOrigin};
use event::EventBuilder;
pub use id::{connection_id, request_id};
pub use management::{
    ManagementOperation, ManagementOutcome, ManagementRequest, ManagementResponse,
};
pub use message::ClientMessage;
pub use proxy::ProxyResponse;
pub use route::Route;
pub use selection::SelectionError;
pub use upgrade::Upgrade;

/// A connection id as AWS makes them (FACTS 5.5).
pub type ConnectionId = String;
/// The id of a request: an upgrade, a message or a disconnect (FACTS 5.5).
pub type RequestId = String;

/// One stage of one WebSocket API.
#[derive(Debug)]
pub struct Gateway {
    stage: Stage,
    api: Api,
    limits: Limits,
    /// Messages of clients and calls of `@connections` share it (FACTS 3.1).
    requests: TokenBucket,
    handshakes: TokenBucket,
    connections: Map<ConnectionId, Connection>,
    invocations: BTreeMap<RequestId, PendingInvocation>,
}

impl Gateway {
    /// A gateway without any connection.
    pub fn new(stage: Stage, api: Api, limits: Limits) -> Gateway {
        Gateway {
            stage,
            api,
            requests: TokenBucket::new(limits.requests_per_second, limits.burst),
            handshakes: TokenBucket::new(limits.connects_per_second, limits.connects_per_second),
            limits,
            connections: Map::default(),
            invocations: BTreeMap::new(),
        }
    }

    /// The outcome of a function. Whatever comes after the first outcome changes nothing
    /// (FACTS 4.8).
    pub fn on_integration(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &IntegrationOutcome,
    ) -> Vec<GatewayEffect> {
        let Some(PendingInvocation { connection, purpose }) = self.invocations.remove(request)
        else {
            return Vec::new();
        };
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

    /// Drops what is known of a connection that is over. Its id is as unknown from then on as that
    /// of a connection which never was; a connection that is open or pending stays.
    pub fn forget(&mut self, id: &str) {
        let is_over = |known: &Connection| {
            matches!(known.state, ConnectionState::Failed | ConnectionState::Closed)
        };
        if self.connections.get(id).is_some_and(is_over) {
            self.connections.swap_remove(id);
        }
    }

    /// Whether the outcome of a function is still waited for.
    pub fn is_pending(&self, request: &RequestId) -> bool {
        self.invocations.contains_key(request)
    }

    /// From here on the account has its usual quotas to itself (FACTS 3.1).
    pub fn restore_quotas(&mut self) {
        let usual = Limits::default();
        self.requests = TokenBucket::new(usual.requests_per_second, usual.burst);
        self.handshakes = TokenBucket::new(usual.connects_per_second, usual.connects_per_second);
    }

    /// Whether an authorizer's answer lets a client in; `None` if it is no answer.
    pub fn allows(&self, json: &str) -> Option<bool> {
        match Decision::parse(json, &self.stage.connect_arn(), 0) {
            Decision::Allow(_) => Some(true),
            Decision::Deny => Some(false),
            Decision::Malformed => None,
        }
    }

    /// Whether a connection is open, and no further message fits into its buffer.
    pub fn is_full(&self, id: &str) -> bool {
        let connection = self.connections.get(id).filter(|connection| connection.is_open());
        connection.is_some_and(|connection| connection.is_full(self.limits.buffer_frames_max))
    }

    /// The stage that this gateway serves.
    pub fn stage(&self) -> &Stage {
        &self.stage
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
        let pending = PendingInvocation { connection: connection.clone(), purpose };
        let earlier = self.invocations.insert(request.clone(), pending);
        assert!(earlier.is_none(), "two requests have the same id");
    }

    /// What an event says of its request and of its connection.
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

#[cfg(test)]
mod tests;
