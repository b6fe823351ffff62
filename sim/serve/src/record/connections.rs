//! The connections of a server, and for a while those that are over.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use stormglass_aws::gateway::ConnectionId;
use stormglass_dynamodb::{Change, RowKey};
use stormglass_sim::translate::{connections_of, row_name};
use stormglass_spec::Time;
use stormglass_spec::name::{ConnectionName, RowName};

use super::Number;
use super::note::{Delivery, RowChange};
use super::subject::{Peer, SubjectKind, number_of};

/// The connections of a server: all open ones, and as many closed ones as the kept events can refer
/// to.
#[derive(Debug)]
pub(super) struct Connections {
    /// True if the names of rows need those of their tables.
    has_more_tables: bool,
    count: u64,
    live: BTreeMap<ConnectionId, LiveConnection>,
    by_number: BTreeMap<u64, Arc<Peer>>,
    past: BTreeMap<ConnectionId, Arc<Peer>>,
    past_order: VecDeque<ConnectionId>,
    past_max: usize,
}

/// A connection that is pending or open, or whose socket at least is still there.
#[derive(Debug)]
pub(super) struct LiveConnection {
    pub(super) peer: Arc<Peer>,
    pub(super) from: IpAddr,
    pub(super) state: ConnectionState,
    /// True if its socket is gone.
    pub(super) has_left: bool,
    /// The time of its request, and once it is open, of its opening.
    pub(super) since: Time,
    /// The time of the last frame from or to the client.
    pub(super) active: Time,
    pub(super) messages_in: u64,
    pub(super) messages_out: u64,
    /// The messages on their way to the client, in order, each with the event that led to it.
    pub(super) outbox: VecDeque<(Number, Delivery)>,
    broadcasts: u64,
    texts: u64,
    binaries: u64,
}

/// The state of a connection in the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionState {
    Pending,
    Open,
    /// Closed, while messages may still be on their way out.
    Closed,
}

impl LiveConnection {
    /// Counts one more message of this kind, and returns the kind with its ordinal.
    pub(super) fn count(&mut self, kind: fn(u64) -> SubjectKind) -> SubjectKind {
        let ordinal = match kind(0) {
            SubjectKind::Broadcast(_) => &mut self.broadcasts,
            SubjectKind::Text(_) => &mut self.texts,
            _ => &mut self.binaries,
        };
        *ordinal += 1;
        self.messages_in += 1;
        kind(*ordinal)
    }
}

impl Connections {
    pub(super) fn new(past_max: usize, has_more_tables: bool) -> Connections {
        Connections {
            has_more_tables,
            count: 0,
            live: BTreeMap::new(),
            by_number: BTreeMap::new(),
            past: BTreeMap::new(),
            past_order: VecDeque::new(),
            past_max,
        }
    }

    /// Adds a connection whose handshake begins.
    pub(super) fn add(&mut self, now: Time, id: &ConnectionId, from: IpAddr) -> Arc<Peer> {
        self.count += 1;
        let peer = Arc::new(Peer { number: self.count, id: id.clone() });
        let live = LiveConnection {
            peer: Arc::clone(&peer),
            from,
            state: ConnectionState::Pending,
            has_left: false,
            since: now,
            active: now,
            messages_in: 0,
            messages_out: 0,
            outbox: VecDeque::new(),
            broadcasts: 0,
            texts: 0,
            binaries: 0,
        };
        self.live.insert(id.clone(), live);
        self.by_number.insert(peer.number, Arc::clone(&peer));
        peer
    }

    /// Moves a connection that is over, and whose socket is gone, to the past ones.
    pub(super) fn remove(&mut self, id: &str) {
        let Some(LiveConnection { peer, .. }) = self.live.remove(id) else { return };
        self.past_order.push_back(peer.id.clone());
        self.past.insert(peer.id.clone(), peer);
        while self.past_order.len() > self.past_max {
            let Some(oldest) = self.past_order.pop_front() else { break };
            if let Some(peer) = self.past.remove(&oldest) {
                self.by_number.remove(&peer.number);
            }
        }
    }

    pub(super) fn live(&mut self, id: &str) -> Option<&mut LiveConnection> {
        self.live.get_mut(id)
    }

    /// Returns a connection, be it past.
    pub(super) fn peer(&self, id: &str) -> Option<&Arc<Peer>> {
        self.live.get(id).map(|live| &live.peer).or_else(|| self.past.get(id))
    }

    /// Returns the connection with a name such as `c1`.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Peer>> {
        self.by_number.get(&number_of(name.strip_suffix('1')?)?)
    }

    /// Returns the name of a connection, or one made of its id if it is not remembered.
    pub(super) fn name_of(&self, id: &str) -> ConnectionName {
        match self.peer(id) {
            Some(peer) => peer.name(),
            None => format!("unknown-{}", plain(id)).into(),
        }
    }

    /// Returns the name of a row.
    pub(super) fn name_of_row(&self, row: &RowKey) -> RowName {
        row_name(row, self.has_more_tables, |id| Some(self.peer(id)?.name()))
    }

    /// Describes a change of a row, with the connections that the row names.
    pub(super) fn describe(&self, change: Change) -> RowChange {
        let (row, content, is_written) = match change {
            Change::Written { row, content } => (row, content, true),
            Change::Removed { row, content } => (row, content, false),
        };
        let connections = connections_of(&content, |id| Some(self.peer(id)?.name()));
        RowChange { row, is_written, connections }
    }

    /// Returns the pending and open connections, in the order in which they came.
    pub(super) fn all(&self) -> impl Iterator<Item = &LiveConnection> {
        let live = self.by_number.values().filter_map(|peer| self.live.get(&peer.id));
        live.filter(|live| live.state != ConnectionState::Closed)
    }

    /// Returns the number of pending and open connections.
    pub(super) fn live_count(&self) -> usize {
        self.live.values().filter(|live| live.state != ConnectionState::Closed).count()
    }
}

/// Returns the beginning of a text, without the characters that have a meaning in names.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn connections(count: usize, past_max: usize) -> Connections {
        let mut connections = Connections::new(past_max, false);
        for number in 1..=count {
            let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
            connections.add(Time::ZERO, &format!("id-{number}"), from);
        }
        connections
    }

    #[test]
    fn a_connection_is_found_by_its_id_and_by_its_name() {
        let connections = connections(30, 5);
        assert_eq!(connections.name_of("id-28").as_ref(), "ab1");
        assert_eq!(connections.named("ab1").map(|peer| peer.id.as_str()), Some("id-28"));
        assert!(connections.named("ab").is_none() && connections.named("ae1").is_none());
        assert_eq!(connections.name_of("a=b c").as_ref(), "unknown-a_b_c");
    }

    #[test]
    fn only_the_last_that_left_are_remembered() {
        let mut connections = connections(10, 3);
        for number in 1..=10 {
            connections.remove(&format!("id-{number}"));
            connections.remove(&format!("id-{number}"));
        }
        let remembered = ["a1", "g1", "h1", "j1"].map(|name| connections.named(name).is_some());
        assert_eq!(remembered, [false, false, true, true]);
        assert_eq!(connections.name_of("id-1").as_ref(), "unknown-id_1");
        assert_eq!((connections.past.len(), connections.by_number.len()), (3, 3));
    }
}
