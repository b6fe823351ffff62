//! The effects that the gateway asks for: invocations, answers and frames.

use std::time::Duration;

use stormglass_aws::gateway::{GatewayEffect, IntegrationOutcome, MessageOrigin, RequestId};
use stormglass_spec::hash;
use stormglass_spec::history::{EventKind, Origin, Side};
use stormglass_spec::name::{ConnectionName, ConnectionPhase, InvocationName, MessageName};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::compute::{FunctionOutcome, InvocationState, Purpose};
use super::fate::Fate;
use super::socket::{Direction, Parcel};
use super::{Halt, Latency, Occurrence, World};
use crate::case::Menu;
use crate::faults::{Fault, Site};

/// The time after the opening of a connection within which maintenance comes, if it comes at all.
const MAINTENANCE_WITHIN: Duration = Duration::from_secs(30);

impl World<'_> {
    /// Gives the outcome of an invocation to the sender of its event.
    pub(super) fn outcome_arrives(
        &mut self,
        invocation: usize,
        outcome: FunctionOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        match &self.invocations[invocation].purpose {
            Purpose::Route(_) | Purpose::Authorizer { .. } => {
                self.gateway_learns(invocation, &outcome.for_gateway(), cause)
            }
            Purpose::Event { sender, .. } => {
                let sender = sender.clone();
                self.sender_learns(&sender, invocation, outcome, cause)
            }
        }
    }

    fn gateway_learns(
        &mut self,
        invocation: usize,
        outcome: &IntegrationOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let (request, name) = (state.request.clone(), state.name.clone());
        let effects = self.gateway.on_integration(self.now, &request, outcome);
        let failed = effects.iter().find_map(|effect| match effect {
            GatewayEffect::Refused { connection, .. } | GatewayEffect::Aborted { connection } => {
                Some(self.names.of_connection(connection))
            }
            _ => None,
        });
        self.carry_out_for(effects, cause, Some(&name))?;
        // The effects come first: the event of the failure shows the choice that follows.
        failed.map_or(Ok(()), |connection| self.fail(&connection, cause))
    }

    /// Asks the strategy if the gateway reports a failed handshake to `$disconnect`
    /// (FACTS 1.17, 1.19).
    fn fail(&mut self, connection: &ConnectionName, cause: Option<u32>) -> Result<(), Halt> {
        let key = connection.invocation(ConnectionPhase::Disconnect);
        let shown_by = Some(self.recorder.last_event());
        if self.choose(&key, Menu::at(Site::Refusal), shown_by).into_fault().is_none() {
            return Ok(());
        }
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.disconnect_anyway(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    pub(super) fn carry_out(
        &mut self,
        effects: Vec<GatewayEffect>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        self.carry_out_for(effects, cause, None)
    }

    /// Carries out the effects of the gateway; `answered` is the invocation whose outcome led to
    /// them.
    fn carry_out_for(
        &mut self,
        effects: Vec<GatewayEffect>,
        cause: Option<u32>,
        answered: Option<&InvocationName>,
    ) -> Result<(), Halt> {
        let mut cause = cause;
        for effect in effects {
            match effect {
                GatewayEffect::Invoke { request, connection, route, event } => {
                    let connection = self.names.of_connection(&connection);
                    let purpose = Purpose::Route(route);
                    self.invoke_for(request, connection, purpose, event, cause);
                }
                GatewayEffect::Authorize { request, connection, function, event } => {
                    let connection = self.names.of_connection(&connection);
                    let purpose = Purpose::Authorizer { function };
                    self.invoke_for(request, connection, purpose, event, cause);
                }
                GatewayEffect::Upgraded { connection, protocol } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.opened(&connection, protocol.is_some(), cause)?);
                }
                GatewayEffect::Refused { connection, status } => {
                    let connection = self.names.of_connection(&connection);
                    let refused =
                        EventKind::HandshakeRefused { connection: connection.clone(), status };
                    cause = Some(self.record(cause, refused)?);
                    self.answer_upgrade(&connection, false, false, cause);
                }
                GatewayEffect::Aborted { connection } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.record(cause, EventKind::HandshakeAborted { connection })?);
                }
                GatewayEffect::Send { connection, text, origin } => {
                    let connection = self.names.of_connection(&connection);
                    let (key, origin) = self.origin_of(origin, answered);
                    self.send_frame(&connection, &key, &text, origin, cause);
                }
                GatewayEffect::Dropped { connection, origin } => {
                    let connection = self.names.of_connection(&connection);
                    let (frame, _) = self.origin_of(origin, answered);
                    self.record(cause, EventKind::AnswerDropped { connection, frame })?;
                }
                GatewayEffect::Closed { connection, code, by_client, .. } => {
                    let connection = self.names.of_connection(&connection);
                    cause = Some(self.closed(&connection, code, by_client, cause)?);
                }
            }
        }
        Ok(())
    }

    fn opened(
        &mut self,
        connection: &ConnectionName,
        has_protocol: bool,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let opened = EventKind::HandshakeOpened { connection: connection.clone() };
        let cause = self.record(cause, opened)?;
        self.watch(connection);
        self.answer_upgrade(connection, true, has_protocol, Some(cause));
        let Fate { leg, fault } = self.choose_for_arrival(connection, Menu::at(Site::Connection));
        if fault == Some(Fault::Maintenance) {
            // The name alone determines the time, so that other choices cannot move it.
            let wait = after(connection, MAINTENANCE_WITHIN);
            let connection = connection.clone();
            self.depart(wait, leg, Some(cause), Occurrence::Maintenance { connection });
        }
        Ok(cause)
    }

    /// Plans the check for a connection that has been silent, or open, for too long.
    pub(super) fn watch(&mut self, connection: &ConnectionName) {
        let id = self.names.connection_id(connection);
        if let Some(at) = self.gateway.closes_at(&id) {
            let connection = connection.clone();
            self.queue.push_background(at, Occurrence::CloseIsDue { connection });
        }
    }

    fn closed(
        &mut self,
        connection: &ConnectionName,
        code: u16,
        by_client: bool,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let by = if by_client { Side::Client } else { Side::Gateway };
        let closed = EventKind::Closed { connection: connection.clone(), by, code };
        let cause = self.record(cause, closed)?;
        if !by_client {
            let key = format!("{connection}.down");
            let leg = self.choose(&key, Menu::LEG, Some(cause)).into_leg();
            self.send(connection, Direction::Down, leg, Some(cause), Parcel::CloseFrame { code });
        }
        Ok(cause)
    }

    /// The stem of the key for a message of the gateway itself, and the origin of that message.
    fn origin_of(
        &self,
        origin: MessageOrigin,
        answered: Option<&InvocationName>,
    ) -> (MessageName, Origin) {
        match origin {
            MessageOrigin::Reply(request) => {
                let first = self.names.of_request(&request);
                let frame = first.message();
                (frame, Origin::Reply { invocation: answered.cloned().unwrap_or(first) })
            }
            MessageOrigin::Error(request) => {
                let frame = self.names.of_request(&request).message();
                (frame.clone(), Origin::GatewayError { frame })
            }
        }
    }

    /// Sends a message to a client.
    pub(super) fn send_frame(
        &mut self,
        connection: &ConnectionName,
        key: &str,
        text: &str,
        origin: Origin,
        cause: Option<u32>,
    ) {
        let leg = self.choose(&format!("{key}.down"), Menu::LEG, cause).into_leg();
        let parcel = Parcel::Frame { body: text.into(), origin };
        self.send(connection, Direction::Down, leg, cause, parcel);
    }

    fn answer_upgrade(
        &mut self,
        connection: &ConnectionName,
        is_open: bool,
        has_protocol: bool,
        cause: Option<u32>,
    ) {
        let key = format!("{}.down", connection.invocation(ConnectionPhase::Connect));
        let leg = self.choose(&key, Menu::LEG, cause).into_leg();
        let parcel = Parcel::Answer { is_open, has_protocol };
        self.send(connection, Direction::Down, leg, cause, parcel);
    }

    /// Sends an event of the gateway to a function.
    fn invoke_for(
        &mut self,
        request: RequestId,
        connection: ConnectionName,
        purpose: Purpose,
        event: String,
        cause: Option<u32>,
    ) {
        let name = self.names.of_request(&request);
        // A client's message can select the `$disconnect` route as well, if its key is not
        // reserved.
        let is_disconnect = name == connection.invocation(ConnectionPhase::Disconnect);
        let site = if is_disconnect { Site::Disconnect } else { Site::Invocation };
        let mut state = InvocationState::new(name, request, purpose, self.now, event);
        state.connection = Some(connection);
        state.is_awaited = !is_disconnect;
        let Some(invocation) = self.invoke(state, site, cause) else { return };
        // The gateway does not wait for `$disconnect`. For all else its 29 s run from here, not
        // from the start of the handler (FACTS 3.1).
        if !is_disconnect {
            let at = self.now + INTEGRATION_TIMEOUT;
            self.queue.push(at, 0, cause, Occurrence::IntegrationTimesOut { invocation });
        }
    }

    /// Sends an event to a function; the event can get lost or arrive twice. Returns the index of
    /// the invocation if the event is on its way.
    pub(super) fn invoke(
        &mut self,
        mut state: InvocationState,
        site: Site,
        cause: Option<u32>,
    ) -> Option<usize> {
        let name = state.name.clone();
        let Fate { leg, fault } = self.choose(&format!("{name}.start"), Menu::leg_to(site), cause);
        if fault == Some(Fault::Dropped) {
            return None;
        }
        let again =
            (fault == Some(Fault::Duplicate)).then(|| state.again(self.names.repeat(&state.name)));
        state.fault = fault;
        self.invocations.push(state);
        let invocation = self.invocations.len() - 1;
        let outcome = match fault {
            Some(Fault::Throttled) => Some(FunctionOutcome::Throttled),
            Some(Fault::Error) => Some(FunctionOutcome::Unavailable),
            _ => None,
        };
        let arrival = match outcome {
            Some(outcome) => Occurrence::OutcomeArrives { invocation, outcome },
            None => Occurrence::EventArrives { invocation },
        };
        self.depart(Latency::INVOKE.draw(&name), leg, cause, arrival);
        // The sender does not know of the duplicate: both invocations have the same request.
        if let Some(again) = again {
            let key = format!("{}.start", again.name);
            self.invocations.push(again);
            let arrival = Occurrence::EventArrives { invocation: self.invocations.len() - 1 };
            self.send_after_latency(&key, Latency::INVOKE, cause, arrival);
        }
        Some(invocation)
    }
}

/// The part of a duration that this name draws.
fn after(name: &str, most: Duration) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(hash::below(
        hash::keyed_for(stormglass_spec::CONSTANT, name, "life"),
        micros,
    ))
}
