//! The changes of each step: connections, rows, calls in flight, and functions that run.
//!
//! A page applies the changes one after the other, and so knows the state at any step.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stormglass_spec::history::{Answer, Event, EventKind, Side};

/// A change of the state that holds from its step on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    pub(super) list: List,
    /// The name of the connection, row, call or invocation.
    pub(super) name: String,
    pub(super) how: ChangeKind,
    /// The new state, in words.
    pub(super) state: String,
    /// A description of the thing, given only where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<String>,
    /// The time at which it must be over, in microseconds, given only where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due_us: Option<u64>,
}

/// The list that a change belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum List {
    Connections,
    Rows,
    Calls,
    Functions,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChangeKind {
    /// The thing is there from this step on.
    Begins,
    /// The thing goes on, in another state.
    Changes,
    /// The thing is gone from this step on.
    Ends,
}

/// Follows the events of a run, and returns the changes.
#[derive(Debug, Default)]
pub(super) struct State<'a> {
    connections: BTreeMap<&'a str, Connection>,
    rows: BTreeSet<&'a str>,
    calls: BTreeMap<&'a str, Call<'a>>,
}

#[derive(Debug)]
struct Connection {
    gateway: Gateway,
    client: Client,
}

/// The state of a connection at the gateway.
#[derive(Debug, PartialEq, Eq)]
enum Gateway {
    Pending,
    Open,
    Over(String),
}

/// The state of a client in a connection.
#[derive(Debug, PartialEq, Eq)]
enum Client {
    Reads,
    Pauses,
    Closes,
    Gone,
}

/// A call without an answer.
#[derive(Debug)]
struct Call<'a> {
    invocation: &'a str,
    state: String,
}

impl<'a> State<'a> {
    /// Returns the changes of the next event.
    pub(super) fn observe(&mut self, event: &'a Event) -> Vec<Change> {
        match &event.kind {
            EventKind::HandshakeAsked { connection } => self.gateway(connection, Gateway::Pending),
            EventKind::HandshakeOpened { connection } => self.gateway(connection, Gateway::Open),
            EventKind::HandshakeRefused { connection, status } => {
                self.gateway(connection, Gateway::Over(format!("refused with {status}")))
            }
            EventKind::HandshakeAborted { connection } => {
                let state = "never opened: its client had left";
                self.gateway(connection, Gateway::Over(state.to_owned()))
            }
            EventKind::Closed { connection, by, code } => {
                let by = match by {
                    Side::Client => "client",
                    Side::Gateway => "gateway",
                };
                self.gateway(connection, Gateway::Over(format!("closed by the {by}, {code}")))
            }
            EventKind::Vanished { connection } => self.client(connection, Client::Gone),
            EventKind::CloseSent { connection, .. } => self.client(connection, Client::Closes),
            EventKind::ReadingPaused { connection } => self.client(connection, Client::Pauses),
            EventKind::ReadingResumed { connection } => self.client(connection, Client::Reads),
            EventKind::InvocationStarted { invocation, route, due, connection, .. } => {
                let cause = connection.as_deref().unwrap_or(invocation.message_text());
                vec![Change {
                    about: Some(format!("{route} for {cause}")),
                    due_us: Some(due.micros()),
                    ..change(List::Functions, invocation, ChangeKind::Begins, "runs")
                }]
            }
            EventKind::InvocationEnded { invocation, .. } => self.over(invocation, "ended"),
            EventKind::InvocationKilled { invocation, .. } => self.over(invocation, "was killed"),
            EventKind::CallSent { call, invocation, .. } => self.sent(call, invocation, event),
            EventKind::CallApplied { call, .. } => self.applied(call, &event.line().result),
            EventKind::CallAnswered { call, answer } => self.answered(call, answer),
            EventKind::RowWritten { row, .. } => self.written(row),
            EventKind::RowRemoved { row, .. } => {
                self.rows.remove(row.as_ref());
                vec![change(List::Rows, row, ChangeKind::Ends, "removed")]
            }
            EventKind::FrameSent { .. }
            | EventKind::FrameReceived { .. }
            | EventKind::Presented { .. }
            | EventKind::AnswerDropped { .. }
            | EventKind::MessageStored { .. }
            | EventKind::MessageRemoved { .. }
            | EventKind::MessageDropped { .. }
            | EventKind::FaultsStopped => Vec::new(),
        }
    }

    fn gateway(&mut self, name: &'a str, gateway: Gateway) -> Vec<Change> {
        let connection = self.connections.entry(name);
        let connection =
            connection.or_insert(Connection { gateway: Gateway::Pending, client: Client::Reads });
        connection.gateway = gateway;
        vec![change(List::Connections, name, ChangeKind::Begins, connection.words())]
    }

    fn client(&mut self, name: &'a str, client: Client) -> Vec<Change> {
        let Some(connection) = self.connections.get_mut(name) else { return Vec::new() };
        connection.client = client;
        if matches!(connection.gateway, Gateway::Over(_)) {
            return Vec::new();
        }
        vec![change(List::Connections, name, ChangeKind::Begins, connection.words())]
    }

    fn sent(&mut self, call: &'a str, invocation: &'a str, event: &Event) -> Vec<Change> {
        let state = "on its way to the service".to_owned();
        let sent = change(List::Calls, call, ChangeKind::Begins, &state);
        self.calls.insert(call, Call { invocation, state });
        vec![Change { about: Some(event.line().what), ..sent }]
    }

    fn applied(&mut self, name: &'a str, effect: &str) -> Vec<Change> {
        let Some(call) = self.calls.get_mut(name) else { return Vec::new() };
        call.state = format!("{effect}; its answer is on its way");
        vec![change(List::Calls, name, ChangeKind::Changes, &call.state)]
    }

    fn answered(&mut self, name: &'a str, answer: &Answer) -> Vec<Change> {
        match self.calls.remove(name) {
            None => Vec::new(),
            Some(_) => {
                vec![change(List::Calls, name, ChangeKind::Ends, &format!("answered: {answer}"))]
            }
        }
    }

    /// Ends a function. Its calls stay in flight, but no function waits for their answers.
    fn over(&mut self, invocation: &'a str, how: &str) -> Vec<Change> {
        let mut changes = vec![change(List::Functions, invocation, ChangeKind::Ends, how)];
        for (name, call) in &mut self.calls {
            if call.invocation == invocation {
                call.state = format!("{}, but {invocation} {how}: nobody waits", call.state);
                changes.push(change(List::Calls, name, ChangeKind::Changes, &call.state));
            }
        }
        changes
    }

    fn written(&mut self, row: &'a str) -> Vec<Change> {
        let (how, state) = if self.rows.insert(row) {
            (ChangeKind::Begins, "stored")
        } else {
            (ChangeKind::Changes, "stored again")
        };
        vec![change(List::Rows, row, how, state)]
    }
}

impl Connection {
    fn words(&self) -> &str {
        match (&self.gateway, &self.client) {
            (Gateway::Over(state), _) => state,
            (Gateway::Pending, Client::Gone) => "pending, but its client is gone",
            (Gateway::Pending, _) => "pending",
            (Gateway::Open, Client::Gone) => "half-open: its client is gone",
            (Gateway::Open, Client::Closes) => "open, but its client has closed",
            (Gateway::Open, Client::Pauses) => "open, but its client reads nothing",
            (Gateway::Open, Client::Reads) => "open",
        }
    }
}

fn change(list: List, name: &str, how: ChangeKind, state: &str) -> Change {
    let (name, state) = (name.to_owned(), state.to_owned());
    Change { list, name, how, state, about: None, due_us: None }
}

#[cfg(test)]
mod tests;
