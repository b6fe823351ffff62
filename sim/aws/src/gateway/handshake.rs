//! From an upgrade request to an open connection, or to none (FACTS 0, 1.1 to 1.7).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use stormglass_spec::Time;
use stormglass_spec::quotas::URL_CHARACTERS_MAX;

use super::authorizer::Decision;
use super::connection::{Connection, ConnectionState, Handshake, Purpose, SOURCE_IP};
use super::upgrade::Upgrade;
use super::{ConnectionId, Gateway, GatewayEffect, IntegrationOutcome, ProxyResponse, RequestId};

/// The characters that a URL encodes: all but the unreserved ones (RFC 3986 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Gateway {
    /// A client asks for a WebSocket. The connection id exists from here on (FACTS 0), unless the
    /// request is refused before any function runs for it.
    ///
    /// `authorize` is the id of the authorizer's invocation, if there is an authorizer; `connect`
    /// is the id of the upgrade request itself.
    ///
    /// # Panics
    ///
    /// If the connection id or the id of the invocation was used before.
    pub fn on_upgrade(
        &mut self,
        now: Time,
        id: ConnectionId,
        authorize: RequestId,
        connect: RequestId,
        upgrade: &Upgrade,
    ) -> Vec<GatewayEffect> {
        let requests = (authorize, connect);
        self.on_upgrade_from(SOURCE_IP.into(), now, id, requests, upgrade)
    }

    /// A client at the address `source_ip` asks for a WebSocket, as in [`Gateway::on_upgrade`].
    ///
    /// # Panics
    ///
    /// If the connection id or the id of the invocation was used before.
    pub fn on_upgrade_from(
        &mut self,
        source_ip: Cow<'static, str>,
        now: Time,
        id: ConnectionId,
        (authorize, connect): (RequestId, RequestId),
        upgrade: &Upgrade,
    ) -> Vec<GatewayEffect> {
        if let Some(status) = self.refuse_at_once(now, upgrade) {
            return vec![GatewayEffect::Refused { connection: id, status }];
        }
        let domain = self.stage.domain_of(upgrade).map(|domain| domain.name.clone());
        let connection = Connection::new(now, upgrade, source_ip, domain);
        let handshake = Handshake { connect, upgrade: upgrade.clone() };
        let authorizer = self.api.authorizer.clone().map(|function| {
            // The upgrade is one request: the events of authorizer and `$connect` have its id.
            let events = self.event_builder(now, &id, &handshake.connect, &connection);
            (function, events.authorize(upgrade))
        });
        let earlier = self.connections.insert(id.clone(), connection);
        assert!(earlier.is_none(), "a connection id is never used again (FACTS 4.10)");
        let Some((function, event)) = authorizer else {
            return self.connect(now, id, handshake);
        };
        self.wait_for(&authorize, &id, Purpose::Authorize(handshake));
        vec![GatewayEffect::Authorize { request: authorize, connection: id, function, event }]
    }

    /// Returns the status of a request that never becomes a connection. The order of these checks
    /// and the 414 are unpublished.
    fn refuse_at_once(&mut self, now: Time, upgrade: &Upgrade) -> Option<u16> {
        let Some((host, path)) = self.stage.address_of(upgrade) else { return Some(403) };
        if url(&host, path, upgrade).chars().count() > URL_CHARACTERS_MAX {
            return Some(414);
        }
        if !self.stage.is_at(&host, path) {
            return Some(403);
        }
        if upgrade.plain {
            return Some(426);
        }
        (!self.handshakes.take(now)).then_some(429)
    }

    /// Goes on after an authorizer: it refuses with 401 for the one error that means it, with 403
    /// for a policy that does not allow the connection, and with 500 for everything else that is
    /// no permission (FACTS 0, 1.2).
    pub(super) fn settle_authorizer(
        &mut self,
        now: Time,
        id: ConnectionId,
        handshake: Handshake,
        outcome: &IntegrationOutcome,
    ) -> Vec<GatewayEffect> {
        let latency_ms = now.millis() - self.connection(&id).connected_at.millis();
        let decision = match outcome {
            IntegrationOutcome::Unauthorized => return self.refuse(id, 401),
            IntegrationOutcome::Response(json) => {
                Decision::parse(json, &self.stage.connect_arn(), latency_ms)
            }
            IntegrationOutcome::Error
            | IntegrationOutcome::Throttled
            | IntegrationOutcome::TimedOut => Decision::Malformed,
        };
        match decision {
            Decision::Malformed => self.refuse(id, 500),
            Decision::Deny => self.refuse(id, 403),
            Decision::Allow(grant) => {
                self.connection_mut(&id).grant = Some(grant);
                self.connect(now, id, handshake)
            }
        }
    }

    /// Runs `$connect`, or opens the connection at once if there is none (FACTS 1.3).
    fn connect(&mut self, now: Time, id: ConnectionId, handshake: Handshake) -> Vec<GatewayEffect> {
        let Some(route) = self.api.route("$connect").cloned() else {
            return self.complete(now, id, None);
        };
        let Handshake { connect, upgrade } = handshake;
        let connection = self.connection(&id);
        // The time of the request is that of the upgrade, however long the authorizer took.
        let events = self.event_builder(connection.connected_at, &id, &connect, connection);
        let event = events.connect(&upgrade);
        vec![self.invoke(connect, id, route, event, Purpose::Connect)]
    }

    /// Opens or refuses a connection after `$connect` (FACTS 1.4, 1.5).
    pub(super) fn settle_handshake(
        &mut self,
        now: Time,
        id: ConnectionId,
        outcome: &IntegrationOutcome,
    ) -> Vec<GatewayEffect> {
        let status = match outcome {
            IntegrationOutcome::TimedOut => 504,
            IntegrationOutcome::Response(json) => match ProxyResponse::parse(json) {
                Ok(response) if (200..300).contains(&response.status) => {
                    return self.complete(now, id, response.header("sec-websocket-protocol"));
                }
                Ok(response) => response.status,
                Err(_) => 502,
            },
            IntegrationOutcome::Unauthorized
            | IntegrationOutcome::Error
            | IntegrationOutcome::Throttled => 502,
        };
        self.refuse(id, status)
    }

    /// Opens a connection whose handshake succeeded, if its client is still there.
    fn complete(
        &mut self,
        now: Time,
        id: ConnectionId,
        protocol: Option<String>,
    ) -> Vec<GatewayEffect> {
        let connection = self.connection_mut(&id);
        let ConnectionState::Pending { client_left } = connection.state else {
            unreachable!("only a pending handshake can succeed");
        };
        if client_left {
            connection.state = ConnectionState::Failed;
            return vec![GatewayEffect::Aborted { connection: id }];
        }
        connection.state = ConnectionState::Open;
        connection.last_active = now;
        vec![GatewayEffect::Upgraded { connection: id, protocol }]
    }

    fn refuse(&mut self, id: ConnectionId, status: u16) -> Vec<GatewayEffect> {
        let connection = self.connection_mut(&id);
        let is_pending = matches!(connection.state, ConnectionState::Pending { .. });
        assert!(is_pending, "only a pending handshake can be refused");
        connection.state = ConnectionState::Failed;
        vec![GatewayEffect::Refused { connection: id, status }]
    }
}

/// Returns the URL of an upgrade request, with its query encoded.
fn url(domain_name: &str, path: &str, upgrade: &Upgrade) -> String {
    let mut url = format!("wss://{domain_name}/{}", utf8_percent_encode(path, ENCODED));
    for (index, (name, value)) in upgrade.query.iter().enumerate() {
        let (name, value) = (encode(name), encode(value));
        let separator = if index == 0 { '?' } else { '&' };
        url.extend([separator.to_string(), name, "=".to_owned(), value]);
    }
    url
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}
