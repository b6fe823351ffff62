//! Every way in which a connection ends (FACTS 1.11 to 1.19, 3.2, 3.3).

use std::time::Duration;

use stormglass_spec::Time;

use super::connection::{ConnectionState, Purpose};
use super::{ConnectionId, Gateway, GatewayEffect, RequestId};

/// The delay with which the gateway closes an idle connection (FACTS 3.2: 603.9 s were seen).
pub(super) const IDLE_LATENESS: Duration = Duration::from_secs(4);

/// The code that stands for a close frame without a code (RFC 6455 7.1.5).
pub const NO_CODE: u16 = 1005;

/// A breach of the WebSocket protocol by a client (RFC 6455 7.4.1, 8.1). The reaction of AWS is
/// unpublished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A frame that the protocol does not allow.
    Protocol,
    /// A text message that is not UTF-8.
    NotUtf8,
}

impl Gateway {
    /// A close frame of a client arrives. Its reason may be empty; [`NO_CODE`] is the code of a
    /// frame without one. `request` is the id of the `$disconnect` that follows, as in all of
    /// these methods.
    pub fn on_client_closed(
        &mut self,
        now: Time,
        id: &ConnectionId,
        code: u16,
        reason: &str,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        self.close(now, id, Close::by_client(code, reason), request)
    }

    /// The TCP connection of a client is broken, and the gateway has noticed it. A handshake that
    /// is under way runs on, but it can only fail (FACTS 1.19).
    pub fn on_client_left(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        if let Some(connection) = self.connections.get_mut(id)
            && let ConnectionState::Pending { client_left } = &mut connection.state
        {
            *client_left = true;
            return Vec::new();
        }
        self.close(now, id, Close::BROKEN, request)
    }

    /// A client breaks the protocol, so that nothing after it can be understood.
    pub fn on_client_breach(
        &mut self,
        now: Time,
        id: &ConnectionId,
        breach: Breach,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        self.close(now, id, Close::for_breach(breach), request)
    }

    /// Runs `$disconnect` for a handshake that was refused or aborted, at most once.
    ///
    /// The driver decides whether that happens: what AWS does is unpublished (FACTS 1.17, 1.19).
    /// A request that was refused before any function ran never gets one.
    pub fn disconnect_anyway(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        match self.connections.get_mut(id) {
            Some(connection) if connection.state == ConnectionState::Failed => {
                connection.state = ConnectionState::Closed;
                self.run_disconnect(now, id, Close::BROKEN, request)
            }
            _ => Vec::new(),
        }
    }

    /// Closes a connection that has been silent or open for too long (FACTS 1.13, 3.1).
    pub fn close_if_due(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        if self.closes_at(id).is_some_and(|at| at <= now) {
            return self.close(now, id, Close::GOING_AWAY, request);
        }
        Vec::new()
    }

    /// Closes a connection whose host goes away (FACTS 1.16).
    pub fn close_for_maintenance(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        self.close(now, id, Close::GOING_AWAY, request)
    }

    /// Returns the time at which an open connection will have been silent or open for too long,
    /// if nothing happens until then. `None` if the connection is not open.
    pub fn closes_at(&self, id: &ConnectionId) -> Option<Time> {
        let connection = self.connections.get(id).filter(|connection| connection.is_open())?;
        let idle_at = connection.last_active + self.limits.silence_max;
        Some(idle_at.min(connection.connected_at + self.limits.duration_max))
    }

    /// Closes an open connection, and then starts `$disconnect` (FACTS 1.11). Nothing happens to a
    /// connection that is not open: two ends of one connection can cross.
    pub(super) fn close(
        &mut self,
        now: Time,
        id: &ConnectionId,
        close: Close<'_>,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        let Some(connection) = self.open_connection(id) else { return Vec::new() };
        connection.state = ConnectionState::Closed;
        let Close { code, reason, by_client } = close;
        let reason = reason.to_owned();
        let mut effects =
            vec![GatewayEffect::Closed { connection: id.clone(), code, reason, by_client }];
        effects.extend(self.run_disconnect(now, id, close, request));
        effects
    }

    fn run_disconnect(
        &mut self,
        now: Time,
        id: &ConnectionId,
        close: Close<'_>,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        let Some(route) = self.api.route("$disconnect").cloned() else { return Vec::new() };
        let events = self.event_builder(now, id, &request, self.connection(id));
        let event = events.disconnect(close.code, close.reason);
        vec![self.invoke(request, id.clone(), route, event, Purpose::Disconnect)]
    }
}

/// The content of a close frame, from either side, and of the event after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Close<'a> {
    code: u16,
    reason: &'a str,
    by_client: bool,
}

impl Close<'_> {
    /// A call of `@connections` deletes the connection (FACTS 1.12).
    pub(super) const DELETED: Close<'static> =
        Close::by_gateway(1000, "Connection Closed Normally");
    /// The connection was silent or open for too long, or its host needs maintenance
    /// (FACTS 1.13, 1.16).
    const GOING_AWAY: Close<'static> = Close::by_gateway(1001, "Going away");
    /// A client sends a binary message (FACTS 2.12). Its reason is unpublished, as are those of
    /// the other closes without one.
    pub(super) const UNSUPPORTED: Close<'static> = Close::by_gateway(1003, "");
    /// A message or a frame is too big (FACTS 3.1).
    pub(super) const TOO_BIG: Close<'static> = Close::by_gateway(1009, "");
    /// The socket broke. The reason is folklore: no such event was ever published (FACTS 3.3).
    const BROKEN: Close<'static> =
        Close { code: 1006, reason: "Connection Closed Abnormally", by_client: true };

    const fn by_gateway(code: u16, reason: &'static str) -> Close<'static> {
        Close { code, reason, by_client: false }
    }

    const fn for_breach(breach: Breach) -> Close<'static> {
        let code = match breach {
            Breach::Protocol => 1002,
            Breach::NotUtf8 => 1007,
        };
        Close::by_gateway(code, "")
    }

    /// Returns a close with the client's own reason, or with the gateway's if the client gave none
    /// (FACTS 3.3).
    fn by_client(code: u16, reason: &str) -> Close<'_> {
        let generated = match code {
            NO_CODE => "Client-side close frame status not set",
            1006 => Close::BROKEN.reason,
            _ => "",
        };
        let reason = if reason.is_empty() { generated } else { reason };
        Close { code, reason, by_client: true }
    }
}
