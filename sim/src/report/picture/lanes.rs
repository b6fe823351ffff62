//! Lanes of a picture: the columns of clients, gateway, functions and table.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::History;
use stormglass_spec::history::{Event, EventKind, OUTSIDE, Request};

use stormglass_spec::Name;

use super::scene::{Lane, LaneKind};

/// The lanes of a picture, and the columns of clients and invocations.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    /// The clients of the whole history. A name that looks like a client's may be that of a row.
    known: BTreeSet<&'a str>,
    clients: BTreeMap<&'a str, usize>,
    names: Vec<&'a str>,
    /// The column of each invocation among the functions.
    functions: BTreeMap<&'a str, usize>,
    columns: usize,
    /// True if a service beside the table takes part.
    has_services: bool,
}

impl<'a> Lanes<'a> {
    /// Returns the lanes that these events of a history take.
    pub(super) fn of(history: &'a History, events: &[&'a Event]) -> Lanes<'a> {
        let known = history.events.iter().filter_map(|event| match &event.kind {
            EventKind::HandshakeAsked { connection }
            // The history may no longer hold the beginning of an old connection.
            | EventKind::HandshakeOpened { connection }
            | EventKind::FrameSent { connection, .. }
            | EventKind::FrameReceived { connection, .. }
            | EventKind::Closed { connection, .. }
            | EventKind::InvocationStarted { connection: Some(connection), .. } => {
                Some(connection.client())
            }
            _ => None,
        });
        let (known, clients, functions) = (known.collect(), BTreeMap::new(), BTreeMap::new());
        let has_services = events.iter().any(|event| is_of_service(&event.kind));
        let names = Vec::new();
        let mut lanes = Lanes { known, clients, names, functions, columns: 0, has_services };
        let mut busy: Vec<bool> = Vec::new();
        for event in events {
            lanes.observe(event, &mut busy);
        }
        lanes.columns = busy.len();
        lanes
    }

    fn observe(&mut self, event: &'a Event, busy: &mut Vec<bool>) {
        for name in event.names() {
            self.add_client(name);
        }
        match &event.kind {
            EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => {
                let column = self.take_column(invocation, busy);
                busy[column] = false;
            }
            EventKind::InvocationStarted { invocation, .. }
            | EventKind::CallSent { invocation, .. } => {
                self.take_column(invocation, busy);
            }
            EventKind::CallApplied { call, .. } | EventKind::CallAnswered { call, .. } => {
                self.take_column(call.invocation(), busy);
            }
            _ => {}
        }
    }

    /// Returns the column of an invocation: the first column that is free at its first event.
    fn take_column(&mut self, invocation: &'a str, busy: &mut Vec<bool>) -> usize {
        if let Some(column) = self.functions.get(invocation) {
            return *column;
        }
        // A caller from outside never comes to an end, and shares no column.
        let free = busy.iter().position(|busy| !busy).filter(|_| invocation != OUTSIDE);
        let column = free.unwrap_or(busy.len());
        if column == busy.len() {
            busy.push(true);
        }
        busy[column] = true;
        self.functions.insert(invocation, column);
        column
    }

    fn add_client(&mut self, name: &'a str) {
        let client = Name::client(name);
        if self.known.contains(client) && !self.clients.contains_key(client) {
            self.clients.insert(client, self.names.len());
            self.names.push(client);
        }
    }

    /// Returns the lane of the client in a name, if the name has one.
    pub(super) fn client(&self, name: &str) -> Option<usize> {
        self.clients.get(Name::client(name)).copied()
    }

    /// Returns the lane of the gateway.
    pub(super) fn gateway(&self) -> usize {
        self.names.len()
    }

    /// Returns the lane of an invocation.
    pub(super) fn function(&self, invocation: &str) -> usize {
        self.gateway() + 1 + self.functions.get(invocation).copied().unwrap_or_default()
    }

    /// Returns the lane of the table.
    pub(super) fn table(&self) -> usize {
        self.gateway() + 1 + self.columns
    }

    /// Returns the lane of the services beside the table; that of the table if there are none.
    pub(super) fn services(&self) -> usize {
        self.table() + usize::from(self.has_services)
    }

    /// Returns all lanes, from left to right.
    pub(super) fn into_lanes(self) -> Vec<Lane> {
        let lane = |kind, name: &str| Lane { kind, name: name.to_owned() };
        let clients = self.names.iter().map(|name| lane(LaneKind::Client, name));
        let mut lanes: Vec<Lane> = clients.collect();
        lanes.push(lane(LaneKind::Gateway, "gateway"));
        for column in 1..=self.columns {
            let is_outside = self.functions.get(OUTSIDE) == Some(&(column - 1));
            let name = if is_outside { OUTSIDE.to_owned() } else { format!("lambda {column}") };
            lanes.push(lane(LaneKind::Function, &name));
        }
        lanes.push(lane(LaneKind::Table, "table"));
        if self.has_services {
            lanes.push(lane(LaneKind::Table, "services"));
        }
        lanes
    }
}

/// Returns true if a service beside the table takes part in an event.
fn is_of_service(what: &EventKind) -> bool {
    matches!(
        what,
        EventKind::MessageStored { .. }
            | EventKind::MessageRemoved { .. }
            | EventKind::MessageDropped { .. }
            | EventKind::CallSent { request: Request::Service { .. }, .. }
    )
}
