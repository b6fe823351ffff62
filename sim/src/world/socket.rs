//! The client's end of a connection, and what is on its way between the two ends.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Time;
use stormglass_spec::hash::Map;
use stormglass_spec::history::Origin;
use stormglass_spec::name::{ConnectionName, MessageName};

use stormglass_aws::gateway::ClientMessage;
use stormglass_aws::gateway::Upgrade;

/// The sockets of all connections: they are never taken away.
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
    /// If nobody ever asked for the connection.
    pub(super) fn get(&self, connection: &ConnectionName) -> &Socket {
        let socket = self.sockets.get(connection);
        socket.unwrap_or_else(|| panic!("{connection} has no socket"))
    }

    /// The socket of a connection, to be changed.
    ///
    /// # Panics
    ///
    /// If nobody ever asked for the connection.
    pub(super) fn get_mut(&mut self, connection: &ConnectionName) -> &mut Socket {
        let socket = self.sockets.get_mut(connection);
        socket.unwrap_or_else(|| panic!("{connection} has no socket"))
    }

    /// The sockets of all connections, in the order in which they were asked for.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&ConnectionName, &Socket)> {
        self.sockets.iter()
    }
}

/// The client's end of a connection.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) client: usize,
    /// One way, the same for everything that is sent.
    pub(super) link: Duration,
    pub(super) end: End,
    /// Its client fails the connection if no sub-protocol is granted (FACTS 3.7).
    pub(super) wants_protocol: bool,
    /// Its client will not wait for the answer to its upgrade request.
    pub(super) is_leaving: bool,
    /// Its client reads nothing until then.
    pub(super) stalled_until: Option<Time>,
    /// What has arrived while nobody read.
    pub(super) unread: VecDeque<Arrived>,
    /// The gateway's close frame has arrived behind all that.
    pub(super) close_is_unread: bool,
    /// TCP has begun to repeat what nobody acknowledges.
    pub(super) is_repeating: bool,
    pub(super) up: Stream,
    pub(super) down: Stream,
}

/// How far the client's end of a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Its client waits for the answer to its upgrade request.
    Asking,
    /// Its client has the 101.
    Attached,
    /// Its client has closed it, or is gone.
    Left,
}

/// A message that has arrived at a client.
#[derive(Debug)]
pub(super) struct Arrived {
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
            stalled_until: None,
            unread: VecDeque::new(),
            close_is_unread: false,
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

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the client to the gateway.
    Up,
    /// From the gateway to the client.
    Down,
}

/// Something on its way between a client and the gateway.
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
    CloseFrame,
}

/// What is on its way in one direction of a TCP connection: it arrives in the order it was sent,
/// and what is late holds up what comes after it.
#[derive(Debug, Default)]
pub(super) struct Stream {
    sent: u64,
    arrived: u64,
    early: BTreeMap<u64, (Parcel, Option<u32>)>,
}

impl Stream {
    /// The number of what is sent next.
    pub(super) fn send(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }

    /// How much was sent, and how much of it can be read.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.sent, self.arrived)
    }

    /// What has arrived and waits for something that was sent before it.
    pub(super) fn early(&self) -> impl Iterator<Item = (u64, &Parcel)> {
        self.early.iter().map(|(number, (parcel, _))| (*number, parcel))
    }

    /// Something arrives; gives what can be read by now, in order.
    pub(super) fn arrive(
        &mut self,
        number: u64,
        parcel: Parcel,
        cause: Option<u32>,
    ) -> Vec<(Parcel, Option<u32>)> {
        self.early.insert(number, (parcel, cause));
        let mut readable = Vec::new();
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
