//! The client's end of a connection, and the parcels on their way between the two ends.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Time;
use stormglass_spec::hash::Map;
use stormglass_spec::history::Origin;
use stormglass_spec::name::{ConnectionName, MessageName};

use stormglass_aws::gateway::ClientMessage;
use stormglass_aws::gateway::Upgrade;

/// The sockets of all connections. They are never removed.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    sockets: Map<ConnectionName, Socket>,
}

impl Sockets {
    /// Adds the socket of a new connection.
    ///
    /// # Panics
    ///
    /// If the connection has one already.
    pub(super) fn add(&mut self, connection: ConnectionName, socket: Socket) {
        let earlier = self.sockets.insert(connection, socket);
        assert!(earlier.is_none(), "two connections have the same name");
    }

    /// The socket of a connection.
    ///
    /// # Panics
    ///
    /// If no client ever asked for the connection.
    pub(super) fn get(&self, connection: &ConnectionName) -> &Socket {
        let socket = self.sockets.get(connection);
        socket.unwrap_or_else(|| panic!("{connection} has no socket"))
    }

    /// The socket of a connection, to be changed.
    ///
    /// # Panics
    ///
    /// If no client ever asked for the connection.
    pub(super) fn get_mut(&mut self, connection: &ConnectionName) -> &mut Socket {
        let socket = self.sockets.get_mut(connection);
        socket.unwrap_or_else(|| panic!("{connection} has no socket"))
    }

    /// The sockets of all connections, in the order in which clients asked for them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&ConnectionName, &Socket)> {
        self.sockets.iter()
    }
}

/// The client's end of a connection.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) client: usize,
    /// The latency of one way, the same for all parcels.
    pub(super) link: Duration,
    pub(super) end: End,
    /// True if the client fails the connection when no sub-protocol is granted (FACTS 3.7).
    pub(super) wants_protocol: bool,
    /// True if the client will not wait for the answer to its upgrade request.
    pub(super) is_leaving: bool,
    /// True if a program asked for the connection, and not a step of the plan.
    pub(super) is_of_program: bool,
    /// The time until which the client reads nothing.
    pub(super) stalled_until: Option<Time>,
    /// The messages that have arrived while the client did not read.
    pub(super) unread: VecDeque<ArrivedFrame>,
    /// The code of the gateway's close frame, if it has arrived behind the unread messages.
    pub(super) unread_close: Option<u16>,
    /// True if TCP has begun to repeat a message that the client does not acknowledge.
    pub(super) is_repeating: bool,
    pub(super) up: Stream,
    pub(super) down: Stream,
}

/// The progress of the client's end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client waits for the answer to its upgrade request.
    Asking,
    /// The client has the 101.
    Attached,
    /// The client has closed the connection, or is gone.
    Left,
}

/// A message that has arrived at a client.
#[derive(Debug)]
pub(super) struct ArrivedFrame {
    pub(super) body: Arc<str>,
    pub(super) origin: Origin,
    pub(super) cause: Option<u32>,
}

impl Socket {
    pub(super) fn new(client: usize, link: Duration, upgrade: &Upgrade) -> Socket {
        let mut headers = upgrade.headers.keys();
        Socket {
            client,
            link,
            end: End::Asking,
            wants_protocol: headers.any(|name| name.eq_ignore_ascii_case("sec-websocket-protocol")),
            is_leaving: false,
            is_of_program: false,
            stalled_until: None,
            unread: VecDeque::new(),
            unread_close: None,
            is_repeating: false,
            up: Stream::default(),
            down: Stream::default(),
        }
    }

    pub(super) fn stream(&mut self, direction: Direction) -> &mut Stream {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

/// The direction of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the client to the gateway.
    Up,
    /// From the gateway to the client.
    Down,
}

/// A parcel on its way between a client and the gateway.
#[derive(Debug)]
pub(super) enum Parcel {
    /// An upgrade request. The gateway may have no room for it.
    Upgrade { upgrade: Upgrade, is_throttled: bool },
    /// A message. The gateway may have no room for it.
    Message { frame: MessageName, message: ClientMessage, is_throttled: bool },
    /// A ping.
    Ping,
    /// A close frame.
    Close { code: u16, reason: String },
    /// The end of the TCP connection without a close frame.
    Broken,
    /// The answer to the upgrade request.
    Answer { is_open: bool, has_protocol: bool },
    /// A message.
    Frame { body: Arc<str>, origin: Origin },
    /// The gateway's close frame.
    CloseFrame { code: u16 },
}

/// One direction of a TCP connection. Parcels can be read in the order they were sent only: a late
/// one holds up all that come after it.
#[derive(Debug, Default)]
pub(super) struct Stream {
    sent: u64,
    arrived: u64,
    early: BTreeMap<u64, (Parcel, Option<u32>)>,
}

impl Stream {
    /// Gives the next parcel its number.
    pub(super) fn send(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }

    /// The number of parcels that were sent, and of those that can be read.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.sent, self.arrived)
    }

    /// The parcels that have arrived but wait for an earlier one.
    pub(super) fn early(&self) -> impl Iterator<Item = (u64, &Parcel)> {
        self.early.iter().map(|(number, (parcel, _))| (*number, parcel))
    }

    /// Takes in a parcel. Returns the parcels that can be read by now, in order.
    pub(super) fn arrive(
        &mut self,
        number: u64,
        parcel: Parcel,
        cause: Option<u32>,
    ) -> Vec<(Parcel, Option<u32>)> {
        self.early.insert(number, (parcel, cause));
        let mut readable = Vec::new();
        // One arrival can close a gap and release all parcels behind it.
        while let Some(next) = self.early.remove(&(self.arrived + 1)) {
            self.arrived += 1;
            readable.push(next);
        }
        readable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(readable: &[(Parcel, Option<u32>)]) -> Vec<u16> {
        let codes = readable.iter().filter_map(|(parcel, _)| match parcel {
            Parcel::Close { code, .. } => Some(*code),
            _ => None,
        });
        codes.collect()
    }

    #[test]
    fn what_is_late_holds_up_what_comes_after_it() {
        let mut stream = Stream::default();
        let parcel = |code| Parcel::Close { code, reason: String::new() };
        let numbers = [stream.send(), stream.send(), stream.send()];
        assert_eq!(codes(&stream.arrive(numbers[1], parcel(2), None)), [0_u16; 0]);
        assert_eq!(codes(&stream.arrive(numbers[0], parcel(1), None)), [1, 2]);
        assert_eq!(codes(&stream.arrive(numbers[2], parcel(3), None)), [3]);
    }
}
