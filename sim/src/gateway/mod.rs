//! API Gateway for WebSocket APIs, sans IO.
//!
//! Input and the time go in, effects come out; a driver carries them out. The same gateway serves
//! a simulation and a real socket.
//!
//! - `api`: what is deployed, and the limits it has.
//! - `effect`: what the gateway wants done, and what it learns of the functions it asked for.
//! - `handshake`, `authorizer`: from an upgrade request to an open connection, or to none.
//! - `message`, `selection`: from a client's message to a route, and back to the client.
//! - `closing`: every way in which a connection ends.
//! - `management`: the `@connections` API.
//! - `event`, `proxy`: the JSON that functions get, and the JSON that they return.
//! - `connection`, `bucket`, `stamp`: a connection, a token bucket, times as AWS writes them.
//! - `sketch`: what tells two states of it apart.

mod api;
mod authorizer;
mod bucket;
mod closing;
mod connection;
mod effect;
mod event;
mod handshake;
mod management;
mod message;
mod proxy;
mod selection;
mod sketch;
mod stamp;

use std::collections::BTreeMap;

use stormglass_spec::Time;

use crate::app::Route;
use crate::hash::Map;
pub(crate) use api::{Api, Limits, Stage};
use authorizer::Verdict;
use bucket::Bucket;
use connection::{Awaited, Connection, Purpose};
pub(crate) use effect::{Effect, Integration, Why};
use event::About;
pub(crate) use management::{Managed, ManagementRequest, Operation};
pub(crate) use message::Message;
pub(crate) use proxy::ProxyResponse;

/// A connection id as AWS makes them (FACTS 5.5).
pub(crate) type ConnectionId = String;
/// The id of a request: an upgrade, a message or a disconnect (FACTS 5.5).
pub(crate) type RequestId = String;

/// One stage of one WebSocket API.
#[derive(Debug)]
pub(crate) struct Gateway {
    stage: Stage,
    api: Api,
    limits: Limits,
    /// Messages of clients and calls of `@connections` share it (FACTS 3.1).
    requests: Bucket,
    handshakes: Bucket,
    connections: Map<ConnectionId, Connection>,
    awaited: BTreeMap<RequestId, Awaited>,
}

impl Gateway {
    pub(crate) fn new(stage: Stage, api: Api, limits: Limits) -> Gateway {
        Gateway {
            stage,
            api,
            requests: Bucket::new(limits.requests_per_second, limits.burst),
            handshakes: Bucket::new(limits.connects_per_second, limits.connects_per_second),
            limits,
            connections: Map::default(),
            awaited: BTreeMap::new(),
        }
    }

    /// The outcome of a function. Whatever comes after the first outcome changes nothing
    /// (FACTS 4.8).
    pub(crate) fn integration(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &Integration,
    ) -> Vec<Effect> {
        let Some(Awaited { connection, purpose }) = self.awaited.remove(request) else {
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

    /// Whether the outcome of a function is still waited for.
    pub(crate) fn is_pending(&self, request: &RequestId) -> bool {
        self.awaited.contains_key(request)
    }

    /// From here on the account has its usual quotas to itself (FACTS 3.1).
    pub(crate) fn relieve(&mut self) {
        let usual = Limits::default();
        self.requests = Bucket::new(usual.requests_per_second, usual.burst);
        self.handshakes = Bucket::new(usual.connects_per_second, usual.connects_per_second);
    }

    /// Whether an authorizer's answer lets a client in; `None` if it is no answer.
    pub(crate) fn allows(&self, json: &str) -> Option<bool> {
        match Verdict::parse(json, &self.stage.connect_arn(), 0) {
            Verdict::Allow(_) => Some(true),
            Verdict::Deny => Some(false),
            Verdict::Malformed => None,
        }
    }

    /// Whether a connection is open, and no further message fits into its buffer.
    pub(crate) fn is_full(&self, id: &str) -> bool {
        let connection = self.connections.get(id).filter(|connection| connection.is_open());
        connection.is_some_and(|connection| connection.is_full(self.limits.buffer_frames_max))
    }

    /// The stage that this gateway serves.
    pub(crate) fn stage(&self) -> &Stage {
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
    ) -> Effect {
        self.wait_for(&request, &connection, purpose);
        Effect::Invoke { request, connection, route, event }
    }

    fn wait_for(&mut self, request: &RequestId, connection: &ConnectionId, purpose: Purpose) {
        let awaited = Awaited { connection: connection.clone(), purpose };
        let earlier = self.awaited.insert(request.clone(), awaited);
        assert!(earlier.is_none(), "two requests have the same id");
    }

    /// What an event says of its request and of its connection.
    fn about<'a>(
        &'a self,
        at: Time,
        id: &'a str,
        request: &'a str,
        connection: &'a Connection,
    ) -> About<'a> {
        About { stage: &self.stage, at, id, request, connection }
    }
}

#[cfg(test)]
mod tests;
