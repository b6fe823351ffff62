//! Every way in which a connection ends (FACTS 1.11 to 1.19, 3.2, 3.3).

use std::time::Duration;

use stormglass_spec::Time;

use super::connection::{ConnectionState, Purpose};
use super::{ConnectionId, Gateway, GatewayEffect, RequestId};

/// How late the gateway is in closing an idle connection (FACTS 3.2: 603.9 s were seen).
pub(super) const IDLE_LATENESS: Duration = Duration::from_secs(4);

/// What stands for the code of a client's close frame that has none (RFC 6455 7.1.5).
pub const NO_CODE: u16 = 1005;

/// What a client does that is no WebSocket (RFC 6455 7.4.1, 8.1). What AWS makes of it, nobody has
/// published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A frame that may not be there.
    Protocol,
    /// A text message that is not UTF-8.
    NotUtf8,
}

/// How a connection ends: what goes into the close frame of whoever closes it, and into the event
/// after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Close<'a> {
    code: u16,
    reason: &'a str,
    by_client: bool,
}

impl Close<'_> {
    /// The connection was deleted (FACTS 1.12).
    pub(super) const DELETED: Close<'static> =
        Close::by_gateway(1000, "Connection Closed Normally");
    /// It was silent or lived for too long, or the gateway needs maintenance (FACTS 1.13, 1.16).
    const GOING_AWAY: Close<'static> = Close::by_gateway(1001, "Going away");
    /// A binary message (FACTS 2.12). No reason was published for it, nor for the next one.
    pub(super) const UNSUPPORTED: Close<'static> = Close::by_gateway(1003, "");
    /// A message or a frame is too big (FACTS 3.1).
    pub(super) const TOO_BIG: Close<'static> = Close::by_gateway(1009, "");
    /// A frame that may not be there.
    const NO_WEBSOCKET: Close<'static> = Close::by_gateway(1002, "");
    /// A text message that is no text.
    const NO_TEXT: Close<'static> = Close::by_gateway(1007, "");
    /// The socket broke. This reason is folklore: nobody has published such an event (FACTS 3.3).
    const BROKEN: Close<'static> =
        Close { code: 1006, reason: "Connection Closed Abnormally", by_client: true };

    const fn by_gateway(code: u16, reason: &'static str) -> Close<'static> {
        Close { code, reason, by_client: false }
    }

    /// The client's own reason, or what the gateway says where it gave none (FACTS 3.3).
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

impl Gateway {
    /// The close frame of a client arrives, with a reason that may be empty; [`NO_CODE`] is that of
    /// a frame without one.
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

    /// The TCP connection of a client broke, and the gateway has noticed. A handshake that is
    /// under way runs on, and can only fail then (FACTS 1.19).
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

    /// A client breaks the rules of its socket, so that nothing after it can be understood.
    pub fn on_client_breach(
        &mut self,
        now: Time,
        id: &ConnectionId,
        breach: Breach,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        let close = match breach {
            Breach::Protocol => Close::NO_WEBSOCKET,
            Breach::NotUtf8 => Close::NO_TEXT,
        };
        self.close(now, id, close, request)
    }

    /// Runs `$disconnect` for a handshake that was refused or aborted. Whether AWS does so, nobody
    /// has published (FACTS 1.17, 1.19): the driver decides. It happens once at most, and never for
    /// a request that was refused before anybody was asked about it.
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

    /// When an open connection will have been silent or open for too long, if nothing happens
    /// until then.
    pub fn closes_at(&self, id: &ConnectionId) -> Option<Time> {
        let connection = self.connections.get(id).filter(|known| known.is_open())?;
        let idle_at = connection.last_active + self.limits.silence_max;
        Some(idle_at.min(connection.connected_at + self.limits.duration_max))
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

    /// Closes a connection because its host goes away (FACTS 1.16).
    pub fn close_for_maintenance(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        self.close(now, id, Close::GOING_AWAY, request)
    }

    /// Closes an open connection and starts `$disconnect`, after the close (FACTS 1.11).
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
        let Some(connection) = self.connections.get(id) else { return Vec::new() };
        let Some(route) = self.api.route("$disconnect").cloned() else { return Vec::new() };
        let events = self.event_builder(now, id, &request, connection);
        let event = events.disconnect(close.code, close.reason);
        vec![self.invoke(request, id.clone(), route, event, Purpose::Disconnect)]
    }
}
