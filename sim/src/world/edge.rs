//! What arrives at the gateway, and what the gateway wants done.

use stormglass_spec::Name;
use stormglass_spec::history::{Origin, Side, What};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::compute::InvocationState;
use super::{Halt, Happening, Latency, World};
use crate::app::Route;
use crate::case::{Fault, Upgrade};
use crate::gateway::{Effect, Message, Why};

impl World<'_> {
    pub(super) fn upgrade_arrives(
        &mut self,
        connection: &Name,
        upgrade: &Upgrade,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let id = self.names.connection(connection);
        let authorize = self.names.request(&invocation_name(connection, 'a'));
        let request = self.names.request(&invocation_name(connection, 'c'));
        let asked = What::HandshakeAsked { connection: connection.clone() };
        let cause = Some(self.record(cause, asked)?);
        let effects = self.gateway.upgrade(self.now, id, authorize, request, upgrade);
        self.carry_out(effects, cause)
    }

    pub(super) fn message_arrives(
        &mut self,
        connection: &Name,
        frame: &Name,
        message: Message,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let id = self.names.connection_id(connection);
        let request = self.names.request(frame);
        let disconnect = self.names.request(&invocation_name(connection, 'd'));
        let effects = self.gateway.message(self.now, &id, (request, disconnect), message);
        self.carry_out(effects, cause)
    }

    pub(super) fn close_arrives(
        &mut self,
        connection: &Name,
        code: u16,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let id = self.names.connection_id(connection);
        let request = self.names.request(&invocation_name(connection, 'd'));
        let effects = self.gateway.client_closed(self.now, &id, code, "", request);
        self.carry_out(effects, cause)
    }

    pub(super) fn idle_check(&mut self, connection: &Name) -> Result<(), Halt> {
        let id = self.names.connection_id(connection);
        let request = self.names.request(&invocation_name(connection, 'd'));
        let effects = self.gateway.close_if_due(self.now, &id, request);
        self.carry_out(effects, None)?;
        self.watch_idleness(connection);
        Ok(())
    }

    /// Plans to look after a connection when it will have been silent for too long.
    fn watch_idleness(&mut self, connection: &Name) {
        let id = self.names.connection_id(connection);
        if let Some(at) = self.gateway.closes_at(&id) {
            let connection = connection.clone();
            self.queue.push_background(at, Happening::IdleCheck { connection });
        }
    }

    pub(super) fn carry_out(
        &mut self,
        effects: Vec<Effect>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let mut cause = cause;
        for effect in effects {
            match effect {
                Effect::Authorize { request, connection, function, event } => {
                    let name = self.names.of_request(&request);
                    let connection = self.names.of_connection(&connection);
                    let route = Route::one_way("authorizer", &function);
                    let invocation = InvocationState::new(name, request, connection, route, event);
                    self.invoke(invocation, cause);
                }
                Effect::Aborted { .. } => {}
                Effect::Invoke { request, connection, route, event } => {
                    let name = self.names.of_request(&request);
                    let connection = self.names.of_connection(&connection);
                    let invocation = InvocationState::new(name, request, connection, route, event);
                    self.invoke(invocation, cause);
                }
                Effect::Upgraded { connection, .. } => {
                    let connection = self.names.of_connection(&connection);
                    let opened = What::HandshakeOpened { connection: connection.clone() };
                    cause = Some(self.record(cause, opened)?);
                    self.watch_idleness(&connection);
                    self.answer_upgrade(connection, true, cause);
                }
                Effect::Refused { connection, status } => {
                    let connection = self.names.of_connection(&connection);
                    let refused = What::HandshakeRefused { connection: connection.clone(), status };
                    cause = Some(self.record(cause, refused)?);
                    self.answer_upgrade(connection, false, cause);
                }
                Effect::Send { connection, text, why } => {
                    let connection = self.names.of_connection(&connection);
                    let origin = match why {
                        Why::Reply(request) => {
                            Origin::Reply { invocation: self.names.of_request(&request) }
                        }
                        Why::Error(request) => {
                            Origin::GatewayError { frame: self.names.of_request(&request) }
                        }
                    };
                    self.send_frame(&connection, &text, origin, cause);
                }
                Effect::Closed { connection, code, by_client, .. } => {
                    let connection = self.names.of_connection(&connection);
                    let by = if by_client { Side::Client } else { Side::Gateway };
                    let closed = What::Closed { connection: connection.clone(), by, code };
                    cause = Some(self.record(cause, closed)?);
                    if !by_client {
                        let at = self.now + self.link(&connection);
                        let arrival = Happening::CloseFrameArrives { connection };
                        self.queue.push(at, 0, cause, arrival);
                    }
                }
            }
        }
        Ok(())
    }

    /// Sends a message to a client; frames of one connection arrive in the order they were sent.
    pub(super) fn send_frame(
        &mut self,
        connection: &Name,
        text: &str,
        origin: Origin,
        cause: Option<u32>,
    ) {
        let at = self.now + self.link(connection);
        let (connection, body) = (connection.clone(), text.into());
        self.queue.push(at, 0, cause, Happening::FrameArrives { connection, body, origin });
    }

    fn answer_upgrade(&mut self, connection: Name, opened: bool, cause: Option<u32>) {
        let at = self.now + self.link(&connection);
        self.queue.push(at, 0, cause, Happening::HandshakeSettles { connection, opened });
    }

    fn link(&self, connection: &Name) -> std::time::Duration {
        self.sockets.get(connection).map_or(std::time::Duration::ZERO, |socket| socket.link)
    }

    fn invoke(&mut self, invocation: InvocationState, cause: Option<u32>) {
        let name = invocation.name.clone();
        let request = invocation.request.clone();
        let is_disconnect = invocation.route.key == "$disconnect";
        if is_disconnect && self.choose_fault(&name, &[Fault::Dropped]).is_some() {
            return;
        }
        self.invocations.push(invocation);
        let arrival = Happening::EventArrives { invocation: self.invocations.len() - 1 };
        self.leg(&format!("{name}.start"), Latency::INVOKE, cause, arrival);
        if !is_disconnect {
            let at = self.now + INTEGRATION_TIMEOUT;
            self.queue.push(at, 0, cause, Happening::IntegrationTimesOut { request });
        }
    }
}

/// The name of the invocation that a connection's beginning (`c`) or end (`d`) starts: `ana.c1`
/// for `ana1`.
fn invocation_name(connection: &str, kind: char) -> Name {
    let client = stormglass_spec::line::client_of(connection);
    let ordinal = &connection[client.len()..];
    format!("{client}.{kind}{ordinal}").into()
}
