//! Between clients and the gateway: what arrives at either end, and what the gateway wants done.

use std::time::Duration;

use stormglass_aws::gateway::Upgrade;
use stormglass_spec::Name;
use stormglass_spec::history::{EventKind, Origin, Side};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::compute::{InvocationState, Purpose};
use super::names::invocation_of;
use super::socket::{Arrived, Direction, End, Parcel};
use super::{Halt, Happening, Latency, World};
use crate::case::{Choice, Menu};
use crate::faults::{Fault, Site};
use stormglass_aws::gateway::{Effect, Integration, Message, RequestId, Why};
use stormglass_spec::hash;

/// Maintenance comes within this time after a connection was opened, if it comes at all.
const MAINTENANCE_WITHIN: Duration = Duration::from_secs(30);

impl World<'_> {
    /// Sends something on its way between a client and the gateway.
    pub(super) fn send(
        &mut self,
        connection: &Name,
        direction: Direction,
        choice: Option<Choice>,
        cause: Option<u32>,
        parcel: Parcel,
    ) {
        let Some(socket) = self.sockets.get_mut(connection) else { return };
        let link = socket.link;
        // Nothing overtakes the 101 itself.
        let is_free = !self.deployment.frames_ordered
            && socket.end != End::Asking
            && matches!(parcel, Parcel::Frame { .. });
        let number = if is_free { None } else { Some(socket.stream(direction).send()) };
        let connection = connection.clone();
        let arrival = Happening::Arrives { connection, direction, number, parcel };
        self.depart(link, choice, cause, arrival);
    }

    /// Something has crossed the network: it is read once all that was sent before it has been.
    pub(super) fn arrives(
        &mut self,
        connection: &Name,
        direction: Direction,
        number: Option<u64>,
        parcel: Parcel,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let Some(socket) = self.sockets.get_mut(connection) else { return Ok(()) };
        let readable = match number {
            Some(number) => socket.stream(direction).arrive(number, parcel, cause),
            None => vec![(parcel, cause)],
        };
        for (parcel, cause) in readable {
            self.open_parcel(connection, parcel, cause)?;
        }
        Ok(())
    }

    fn open_parcel(
        &mut self,
        connection: &Name,
        parcel: Parcel,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        match parcel {
            Parcel::Upgrade { upgrade, is_throttled } => {
                self.upgrade_arrives(connection, &upgrade, is_throttled, cause)
            }
            Parcel::Message { frame, message, is_throttled } => {
                self.message_arrives(connection, &frame, message, is_throttled, cause)
            }
            Parcel::Ping => {
                let id = self.names.connection_id(connection);
                self.gateway.ping(self.now, &id);
                Ok(())
            }
            Parcel::Close { code, reason } => {
                let (id, request) = self.ids_of_end(connection);
                let effects = self.gateway.client_closed(self.now, &id, code, &reason, request);
                self.carry_out(effects, cause)
            }
            Parcel::Broken => self.client_left(connection, cause),
            Parcel::Answer { is_open, has_protocol } => {
                self.answer_arrives_at_client(connection, is_open, has_protocol, cause)
            }
            Parcel::Frame { body, origin } => {
                self.frame_arrives(connection.clone(), Arrived { body, origin, cause })
            }
            Parcel::CloseFrame => {
                self.close_frame_arrives(connection);
                Ok(())
            }
        }
    }

    fn upgrade_arrives(
        &mut self,
        connection: &Name,
        upgrade: &Upgrade,
        is_throttled: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let asked = EventKind::HandshakeAsked { connection: connection.clone() };
        let cause = Some(self.record(cause, asked)?);
        let id = self.names.connection(connection);
        if is_throttled {
            return self.carry_out(vec![Effect::Refused { connection: id, status: 429 }], cause);
        }
        let authorize = self.names.request(&invocation_of(connection, "auth"));
        let connect = self.names.request(&invocation_of(connection, "c"));
        let effects = self.gateway.upgrade(self.now, id, authorize, connect, upgrade);
        self.carry_out(effects, cause)
    }

    fn message_arrives(
        &mut self,
        connection: &Name,
        frame: &Name,
        message: Message,
        is_throttled: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (id, disconnect) = self.ids_of_end(connection);
        let request = self.names.request(frame);
        let effects = if is_throttled {
            self.gateway.throttle(self.now, &id, request)
        } else {
            self.gateway.message(self.now, &id, (request, disconnect), message)
        };
        self.carry_out(effects, cause)
    }

    /// TCP has told the gateway that a client is gone, or has given it up.
    pub(super) fn client_left(
        &mut self,
        connection: &Name,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.client_left(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    /// The gateway looks whether a connection has been silent, or open, for too long.
    pub(super) fn close_if_due(&mut self, connection: &Name) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.close_if_due(self.now, &id, request);
        self.carry_out(effects, None)?;
        self.watch(connection);
        Ok(())
    }

    /// The gateway closes a connection because its host is taken down.
    pub(super) fn maintain(&mut self, connection: &Name, cause: Option<u32>) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.close_for_maintenance(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    /// The ids of a connection and of the request that its end will be.
    pub(super) fn ids_of_end(&mut self, connection: &Name) -> (String, RequestId) {
        let id = self.names.connection_id(connection);
        (id, self.names.request(&invocation_of(connection, "d")))
    }

    /// Plans to look after a connection when it will have been silent, or open, for too long.
    fn watch(&mut self, connection: &Name) {
        let id = self.names.connection_id(connection);
        if let Some(at) = self.gateway.closes_at(&id) {
            let connection = connection.clone();
            self.queue.push_background(at, Happening::CloseIsDue { connection });
        }
    }

    /// The outcome of an invocation arrives at the gateway.
    pub(super) fn outcome_arrives(
        &mut self,
        invocation: usize,
        outcome: &Integration,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let (request, name) = (state.request.clone(), state.name.clone());
        let effects = self.gateway.integration(self.now, &request, outcome);
        let failed = effects.iter().find_map(|effect| match effect {
            Effect::Refused { connection, .. } | Effect::Aborted { connection } => {
                Some(self.names.of_connection(connection))
            }
            _ => None,
        });
        self.carry_out_for(effects, cause, Some(&name))?;
        failed.map_or(Ok(()), |connection| self.fail(&connection, cause))
    }

    /// A handshake failed: the gateway may tell `$disconnect` so (FACTS 1.17, 1.19).
    fn fail(&mut self, connection: &Name, cause: Option<u32>) -> Result<(), Halt> {
        let key = invocation_of(connection, "d");
        if self.choose(&key, Menu::at(Site::Refusal)).is_none() {
            return Ok(());
        }
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.disconnect_anyway(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    pub(super) fn carry_out(
        &mut self,
        effects: Vec<Effect>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        self.carry_out_for(effects, cause, None)
    }

    /// Does what the gateway wants done; `answered` is the invocation that it has an answer of.
    fn carry_out_for(
        &mut self,
        effects: Vec<Effect>,
        cause: Option<u32>,
        answered: Option<&Name>,
    ) -> Result<(), Halt> {
        let mut cause = cause;
        for effect in effects {
            match effect {
                Effect::Invoke { request, connection, route, event } => {
                    let connection = self.names.of_connection(&connection);
                    let purpose = Purpose::Route(route);
                    self.invoke(request, connection, purpose, event, cause);
                }
                Effect::Authorize { request, connection, function, event } => {
                    let connection = self.names.of_connection(&connection);
                    let purpose = Purpose::Authorizer { function };
                    self.invoke(request, connection, purpose, event, cause);
                }
                Effect::Upgraded { connection, protocol } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.opened(&connection, protocol.is_some(), cause)?);
                }
                Effect::Refused { connection, status } => {
                    let connection = self.names.of_connection(&connection);
                    let refused =
                        EventKind::HandshakeRefused { connection: connection.clone(), status };
                    cause = Some(self.record(cause, refused)?);
                    self.answer_upgrade(&connection, false, false, cause);
                }
                Effect::Aborted { connection } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.record(cause, EventKind::HandshakeAborted { connection })?);
                }
                Effect::Send { connection, text, why } => {
                    let connection = self.names.of_connection(&connection);
                    let (key, origin) = self.origin_of(why, answered);
                    self.send_frame(&connection, &key, &text, origin, cause);
                }
                Effect::Dropped { connection, why } => {
                    let connection = self.names.of_connection(&connection);
                    let (frame, _) = self.origin_of(why, answered);
                    self.record(cause, EventKind::AnswerDropped { connection, frame })?;
                }
                Effect::Closed { connection, code, by_client, .. } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.closed(&connection, code, by_client, cause)?);
                }
            }
        }
        Ok(())
    }

    fn opened(
        &mut self,
        connection: &Name,
        has_protocol: bool,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let opened = EventKind::HandshakeOpened { connection: connection.clone() };
        let cause = self.record(cause, opened)?;
        self.watch(connection);
        self.answer_upgrade(connection, true, has_protocol, Some(cause));
        if self.choose(connection, Menu::at(Site::Connection)).is_some() {
            let at = self.now + after(connection, MAINTENANCE_WITHIN);
            let connection = connection.clone();
            self.queue.push(at, 0, Some(cause), Happening::Maintenance { connection });
        }
        Ok(cause)
    }

    fn closed(
        &mut self,
        connection: &Name,
        code: u16,
        by_client: bool,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let by = if by_client { Side::Client } else { Side::Gateway };
        let closed = EventKind::Closed { connection: connection.clone(), by, code };
        let cause = self.record(cause, closed)?;
        if !by_client {
            let choice = self.choose(&format!("{connection}.down"), Menu::LEG);
            self.send(connection, Direction::Down, choice, Some(cause), Parcel::CloseFrame);
        }
        Ok(cause)
    }

    /// Where a message of the gateway itself comes from, and the stem of its key.
    fn origin_of(&self, why: Why, answered: Option<&Name>) -> (Name, Origin) {
        match why {
            Why::Reply(request) => {
                let frame = self.names.of_request(&request);
                let invocation = answered.cloned().unwrap_or_else(|| frame.clone());
                (frame, Origin::Reply { invocation })
            }
            Why::Error(request) => {
                let frame = self.names.of_request(&request);
                (frame.clone(), Origin::GatewayError { frame })
            }
        }
    }

    /// Sends a message to a client.
    pub(super) fn send_frame(
        &mut self,
        connection: &Name,
        key: &str,
        text: &str,
        origin: Origin,
        cause: Option<u32>,
    ) {
        let choice = self.choose(&format!("{key}.down"), Menu::LEG);
        let parcel = Parcel::Frame { body: text.into(), origin };
        self.send(connection, Direction::Down, choice, cause, parcel);
    }

    fn answer_upgrade(
        &mut self,
        connection: &Name,
        is_open: bool,
        has_protocol: bool,
        cause: Option<u32>,
    ) {
        let key = format!("{}.down", invocation_of(connection, "c"));
        let choice = self.choose(&key, Menu::LEG);
        let parcel = Parcel::Answer { is_open, has_protocol };
        self.send(connection, Direction::Down, choice, cause, parcel);
    }

    /// Sends an event to a function; it can get lost, and it can come twice.
    fn invoke(
        &mut self,
        request: RequestId,
        connection: Name,
        purpose: Purpose,
        event: String,
        cause: Option<u32>,
    ) {
        let name = self.names.of_request(&request);
        // A client's message can select the route as well, where its key is not reserved.
        let is_disconnect = name == invocation_of(&connection, "d");
        let site = if is_disconnect { Site::Disconnect } else { Site::Invocation };
        let choice = self.choose(&format!("{name}.start"), Menu::leg_to(site));
        let fault = choice.and_then(Choice::fault);
        if fault == Some(Fault::Dropped) {
            return;
        }
        let asked_at = self.now;
        let mut state =
            InvocationState::new(name.clone(), request, connection, purpose, asked_at, event);
        state.is_awaited = !is_disconnect;
        let again = state.again();
        state.fault = fault;
        self.invocations.push(state);
        let invocation = self.invocations.len() - 1;
        if !is_disconnect {
            let at = self.now + INTEGRATION_TIMEOUT;
            self.queue.push(at, 0, cause, Happening::IntegrationTimesOut { invocation });
        }
        let latency = Latency::INVOKE.draw(&name);
        let outcome = match fault {
            Some(Fault::Throttled) => Some(Integration::Throttled),
            Some(Fault::Error) => Some(Integration::Error),
            _ => None,
        };
        let arrival = match outcome {
            Some(outcome) => Happening::OutcomeArrives { invocation, outcome },
            None => Happening::EventArrives { invocation },
        };
        self.depart(latency, choice, cause, arrival);
        if fault == Some(Fault::Duplicate) {
            let key = format!("{}.start", again.name);
            self.invocations.push(again);
            let arrival = Happening::EventArrives { invocation: self.invocations.len() - 1 };
            self.leg(&key, Latency::INVOKE, cause, arrival);
        }
    }
}

/// A part of a duration that belongs to this name alone.
fn after(name: &str, most: Duration) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(hash::below(
        hash::keyed_for(stormglass_spec::CONSTANT, name, "life"),
        micros,
    ))
}
