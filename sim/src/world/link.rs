//! The link between clients and the gateway: parcels on their way, and their arrivals.

use stormglass_aws::gateway::{ClientMessage, GatewayEffect, RequestId, Upgrade};
use stormglass_spec::history::EventKind;
use stormglass_spec::name::{ConnectionName, ConnectionPhase, MessageName};

use super::fate::Leg;
use super::socket::{ArrivedFrame, Direction, End, Parcel};
use super::{Halt, Occurrence, World};

impl World<'_> {
    /// Sends a parcel on its way between a client and the gateway.
    pub(super) fn send(
        &mut self,
        connection: &ConnectionName,
        direction: Direction,
        leg: Leg,
        cause: Option<u32>,
        parcel: Parcel,
    ) {
        let socket = self.sockets.get_mut(connection);
        let link = socket.link;
        // A frame without a number can overtake others, but no frame overtakes the 101 itself.
        let is_free = !self.deployment.frames_ordered
            && socket.end != End::Asking
            && matches!(parcel, Parcel::Frame { .. });
        let number = if is_free { None } else { Some(socket.stream(direction).send()) };
        let connection = connection.clone();
        let arrival = Occurrence::Arrives { connection, direction, number, parcel };
        self.depart(link, leg, cause, arrival);
    }

    /// Handles a parcel that has crossed the network: the receiver reads it after all earlier
    /// parcels.
    pub(super) fn arrives(
        &mut self,
        connection: &ConnectionName,
        direction: Direction,
        number: Option<u64>,
        parcel: Parcel,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let socket = self.sockets.get_mut(connection);
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
        connection: &ConnectionName,
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
                self.gateway.on_ping(self.now, &id);
                Ok(())
            }
            Parcel::Close { code, reason } => {
                let (id, request) = self.ids_of_end(connection);
                let effects = self.gateway.on_client_closed(self.now, &id, code, &reason, request);
                self.carry_out(effects, cause)
            }
            Parcel::Broken => self.client_left(connection, cause),
            Parcel::Answer { is_open, has_protocol } => {
                self.answer_arrives_at_client(connection, is_open, has_protocol, cause)
            }
            Parcel::Frame { body, origin } => {
                self.frame_arrives(connection.clone(), ArrivedFrame { body, origin, cause })
            }
            Parcel::CloseFrame { code } => self.close_frame_arrives(connection, code, cause),
        }
    }

    fn upgrade_arrives(
        &mut self,
        connection: &ConnectionName,
        upgrade: &Upgrade,
        is_throttled: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let asked = EventKind::HandshakeAsked { connection: connection.clone() };
        let cause = Some(self.record(cause, asked)?);
        let id = self.names.connection(connection);
        if is_throttled {
            return self
                .carry_out(vec![GatewayEffect::Refused { connection: id, status: 429 }], cause);
        }
        let authorize = self.names.request(&connection.invocation(ConnectionPhase::Authorize));
        let connect = self.names.request(&connection.invocation(ConnectionPhase::Connect));
        let effects = self.gateway.on_upgrade(self.now, id, authorize, connect, upgrade);
        self.carry_out(effects, cause)
    }

    fn message_arrives(
        &mut self,
        connection: &ConnectionName,
        frame: &MessageName,
        message: ClientMessage,
        is_throttled: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (id, disconnect) = self.ids_of_end(connection);
        let request = self.names.request(&frame.invocation());
        let effects = if is_throttled {
            self.gateway.on_throttled_message(self.now, &id, request)
        } else {
            self.gateway.on_message(self.now, &id, (request, disconnect), message)
        };
        self.carry_out(effects, cause)
    }

    /// Tells the gateway that TCP has found a client gone, or has given it up.
    pub(super) fn client_left(
        &mut self,
        connection: &ConnectionName,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.on_client_left(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    /// Closes a connection that has been silent, or open, for too long.
    pub(super) fn close_if_due(&mut self, connection: &ConnectionName) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.close_if_due(self.now, &id, request);
        self.carry_out(effects, None)?;
        self.watch(connection);
        Ok(())
    }

    /// Closes a connection because the gateway takes its host down.
    pub(super) fn maintain(
        &mut self,
        connection: &ConnectionName,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (id, request) = self.ids_of_end(connection);
        let effects = self.gateway.close_for_maintenance(self.now, &id, request);
        self.carry_out(effects, cause)
    }

    /// The ids of a connection and of the request that will report its end.
    pub(super) fn ids_of_end(&mut self, connection: &ConnectionName) -> (String, RequestId) {
        let id = self.names.connection_id(connection);
        (id, self.names.request(&connection.invocation(ConnectionPhase::Disconnect)))
    }
}
