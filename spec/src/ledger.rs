//! The state of the world at one point of a history, derived from the events up to there.

mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::Time;
use crate::hash::Map;
use crate::history::{
    Acknowledgement, Answer, Content, Effect, Event, EventKind, Origin, Outcome, Request,
};
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, Name, RowName};

/// The state of the world after some events.
///
/// The monitors look entries up at every event, so the ledger hashes them: an event costs the same
/// in a world of 10 clients and in one of 100,000. Iteration follows the order of arrival, which
/// does not depend on any hash.
///
/// Words: a connection is *open* from the gateway's point of view. Its client is *attached* while
/// the client also still reads: it has neither vanished nor closed. A broadcast is *accepted* when
/// its invocation starts and *acknowledged* when that invocation reports success.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    connections: Map<ConnectionName, Connection>,
    rows: BTreeMap<RowName, Row>,
    /// The connections that a removed row named last.
    removed_rows: BTreeMap<RowName, Vec<ConnectionName>>,
    /// The connections whose registration went with the last event.
    unregistered: Vec<ConnectionName>,
    frames: Map<MessageName, Frame>,
    invocations: Map<InvocationName, Invocation>,
    calls: Map<CallName, Call>,
    /// The posts and stores of an invocation, by their target: a connection or a row.
    attempts: Map<(InvocationName, Name), Vec<CallName>>,
    /// The connections whose handshake is running.
    pending: BTreeSet<ConnectionName>,
    /// The pairs of broadcasts that some client got in this order.
    orders: BTreeSet<(MessageName, MessageName)>,
}

/// A point in the history: an event and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the event.
    pub event: u32,
    /// The time of the event.
    pub at: Time,
}

/// The state of a connection: the marks of its handshake and its end, its row and its arrivals.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The start of the handshake.
    pub asked: Option<Mark>,
    /// The event in which the gateway opened the connection.
    pub opened: Option<Mark>,
    /// The event in which the gateway closed the connection or learned that it was closed.
    pub closed: Option<Mark>,
    /// The event in which the client stopped reading.
    pub left: Option<Mark>,
    /// True if a row that names the connection was ever stored.
    pub stored: bool,
    /// The number of rows that name the connection now.
    pub rows: usize,
    /// The number of those that first named it while its handshake was running.
    pub registrations: usize,
    /// The event since which no row names the connection any more.
    pub unnamed: Option<u32>,
    /// The broadcasts that have arrived, each with the event of its first arrival.
    pub arrivals: Vec<(MessageName, u32)>,
}

impl Connection {
    /// True if the gateway regards the connection as open.
    pub fn is_open(&self) -> bool {
        self.opened.is_some() && self.closed.is_none()
    }

    /// True if the connection is open and its client still reads.
    pub fn is_attached(&self) -> bool {
        self.is_open() && self.left.is_none()
    }
}

/// A row in a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The event in which the row was first stored.
    pub stored: Mark,
    /// The connections that the row names.
    pub connections: Vec<ConnectionName>,
    /// Those of them that it registers: it first named them while their handshake was running.
    pub registered: BTreeSet<ConnectionName>,
}

/// A message from a client.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The event in which the client sent the message.
    pub sent: Mark,
    /// The connection of the sender.
    pub connection: ConnectionName,
    /// The content of the message.
    pub content: Content,
    /// The invocations that the message started, in order: one, unless the gateway invoked twice.
    pub invocations: Vec<InvocationName>,
    /// The first event in which the gateway had a reply or an error message for the message.
    pub replied: Option<Mark>,
}

/// An invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event in which the invocation started.
    pub started: Mark,
    /// The event in which the invocation ended or was killed.
    pub ended: Option<Mark>,
    /// The time by which the invocation must have ended.
    pub due: Time,
    /// The route key that was selected.
    pub route: Arc<str>,
    /// The connection that the event of the invocation is about, if the gateway sent it.
    pub connection: Option<ConnectionName>,
    /// True if the response goes back to the client.
    pub two_way: bool,
    /// The body that the function returned.
    pub body: Option<Arc<str>>,
    /// The acknowledgement of a broadcast, with the event in which the function gave it.
    pub acknowledged: Option<(Mark, Acknowledgement)>,
    /// The reads of the table, in the order they were sent.
    scans: Vec<CallName>,
}

/// A call on the wire.
#[derive(Clone, Debug)]
pub struct Call {
    /// The event in which the function sent the call.
    pub sent: Mark,
    /// The invocation that made the call.
    pub invocation: InvocationName,
    /// The request that the call carries.
    pub request: Request,
    /// The effect that the service had, with the number of its event.
    pub applied: Option<(u32, Effect)>,
    /// The answer that the caller got, with its event. A caller that gave up gets no answer any
    /// more.
    pub answered: Option<(Mark, Answer)>,
}

impl Call {
    /// True if the caller cannot know that the service carried the request out.
    pub fn is_ambiguous(&self) -> bool {
        self.answered.as_ref().is_none_or(|(_, answer)| answer.is_ambiguous())
    }

    /// The HTTP status that the caller got.
    pub fn status(&self) -> Option<u16> {
        self.answered.as_ref()?.1.status
    }
}

impl Ledger {
    /// Takes note of the next event.
    pub fn observe(&mut self, event: &Event) {
        let mark = Mark { event: event.number, at: event.at };
        self.unregistered.clear();
        match &event.kind {
            EventKind::HandshakeAsked { connection } => {
                self.connection(connection).asked = Some(mark);
                self.pending.insert(connection.clone());
            }
            EventKind::HandshakeOpened { connection } => {
                self.connection(connection).opened = Some(mark);
                self.pending.remove(connection);
            }
            EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::Closed { connection, .. } => {
                self.connection(connection).closed = Some(mark);
                self.pending.remove(connection);
            }
            EventKind::CloseSent { connection, .. } | EventKind::Vanished { connection } => {
                self.connection(connection).left = Some(mark);
            }
            EventKind::FrameSent { connection, frame, content } => {
                let (connection, content) = (connection.clone(), content.clone());
                let sent = Frame {
                    sent: mark,
                    connection,
                    content,
                    invocations: Vec::new(),
                    replied: None,
                };
                self.frames.insert(frame.clone(), sent);
            }
            EventKind::FrameReceived { connection, origin, .. } => match origin {
                Origin::Post { .. } => {
                    if let Some(broadcast) = self.broadcast_behind(origin) {
                        self.arrive(connection, broadcast, event.number);
                    }
                }
                Origin::Reply { invocation } => self.reply(&invocation.message(), mark),
                Origin::GatewayError { frame } => self.reply(frame, mark),
            },
            EventKind::AnswerDropped { frame, .. } => self.reply(frame, mark),
            EventKind::InvocationStarted {
                invocation, route, connection, due, two_way, ..
            } => {
                let started = Invocation {
                    started: mark,
                    ended: None,
                    due: *due,
                    route: route.clone(),
                    connection: connection.clone(),
                    two_way: *two_way,
                    body: None,
                    acknowledged: None,
                    scans: Vec::new(),
                };
                self.start(invocation, started);
            }
            EventKind::InvocationEnded { invocation, outcome } => {
                self.end(invocation, mark, outcome)
            }
            EventKind::InvocationKilled { invocation, .. } => {
                if let Some(invocation) = self.invocations.get_mut(invocation) {
                    invocation.ended = Some(mark);
                }
            }
            EventKind::CallSent { call, invocation, request, .. } => {
                self.send(mark, call, invocation, request);
            }
            EventKind::CallApplied { call, effect } => {
                if let Some(call) = self.calls.get_mut(call) {
                    call.applied = Some((event.number, effect.clone()));
                }
            }
            EventKind::CallAnswered { call, answer } => {
                if let Some(call) = self.calls.get_mut(call) {
                    call.answered = Some((mark, answer.clone()));
                }
            }
            EventKind::RowWritten { row, connections } => self.write(row, connections, mark),
            EventKind::RowRemoved { row, .. } => self.remove(row, mark),
            EventKind::ReadingPaused { .. }
            | EventKind::ReadingResumed { .. }
            | EventKind::Presented { .. }
            | EventKind::MessageStored { .. }
            | EventKind::MessageRemoved { .. }
            | EventKind::MessageDropped { .. }
            | EventKind::FaultsStopped => {}
        }
    }

    fn write(&mut self, name: &RowName, connections: &[ConnectionName], mark: Mark) {
        self.removed_rows.remove(name);
        let absent = Row { stored: mark, connections: Vec::new(), registered: BTreeSet::new() };
        let mut row = self.rows.remove(name).unwrap_or(absent);
        let earlier = std::mem::replace(&mut row.connections, connections.to_vec());
        for gone in earlier.iter().filter(|name| !connections.contains(name)) {
            let was_registered = row.registered.remove(gone);
            self.forget(gone, was_registered, mark);
        }
        for added in connections.iter().filter(|name| !earlier.contains(name)) {
            let is_pending = self.pending.contains(added);
            let connection = self.connection(added);
            connection.stored = true;
            connection.rows += 1;
            connection.registrations += usize::from(is_pending);
            if is_pending {
                row.registered.insert(added.clone());
            }
        }
        self.rows.insert(name.clone(), row);
    }

    fn remove(&mut self, name: &RowName, mark: Mark) {
        let Some(row) = self.rows.remove(name) else { return };
        for connection in &row.connections {
            self.forget(connection, row.registered.contains(connection), mark);
        }
        self.removed_rows.insert(name.clone(), row.connections);
    }

    /// Takes note that a row does not name a connection any more.
    fn forget(&mut self, name: &ConnectionName, was_registered: bool, mark: Mark) {
        let connection = self.connection(name);
        connection.rows -= 1;
        if connection.rows == 0 {
            connection.unnamed = Some(mark.event);
        }
        if was_registered {
            connection.registrations -= 1;
            self.unregistered.push(name.clone());
        }
    }

    fn start(&mut self, name: &InvocationName, started: Invocation) {
        self.invocations.insert(name.clone(), started);
        if let Some(frame) = self.frames.get_mut(name.message_text()) {
            frame.invocations.push(name.clone());
        }
    }

    fn reply(&mut self, message: &MessageName, mark: Mark) {
        if let Some(frame) = self.frames.get_mut(message) {
            frame.replied.get_or_insert(mark);
        }
    }

    fn arrive(&mut self, connection: &ConnectionName, broadcast: MessageName, event: u32) {
        let arrivals = &mut self.connections.entry(connection.clone()).or_default().arrivals;
        // Only first arrivals have an order: a duplicate may come at any later time.
        if arrivals.iter().any(|(name, _)| *name == broadcast) {
            return;
        }
        let orders = arrivals.iter().map(|(earlier, _)| (earlier.clone(), broadcast.clone()));
        self.orders.extend(orders);
        arrivals.push((broadcast, event));
    }

    fn end(&mut self, name: &InvocationName, mark: Mark, outcome: &Outcome) {
        let Some(invocation) = self.invocations.get_mut(name) else { return };
        invocation.ended = Some(mark);
        if let Outcome::Returned { body, acknowledgement, .. } = outcome {
            invocation.body.clone_from(body);
            invocation.acknowledged = acknowledgement.clone().map(|said| (mark, said));
        }
    }

    fn send(
        &mut self,
        sent: Mark,
        name: &CallName,
        invocation: &InvocationName,
        request: &Request,
    ) {
        match request {
            Request::Post { connection, .. } => self.attempt(name, invocation, connection.into()),
            Request::Put { row } | Request::Update { row } => {
                self.attempt(name, invocation, row.into());
            }
            Request::Scan { .. } | Request::Query { .. } => {
                if let Some(invocation) = self.invocations.get_mut(invocation) {
                    invocation.scans.push(name.clone());
                }
            }
            Request::Delete { .. }
            | Request::Get { .. }
            | Request::Several { .. }
            | Request::Describe { .. }
            | Request::Close { .. }
            | Request::Oversized { .. }
            | Request::Service { .. }
            | Request::Other { .. } => {}
        }
        let (invocation, request) = (invocation.clone(), request.clone());
        let call = Call { sent, invocation, request, applied: None, answered: None };
        self.calls.insert(name.clone(), call);
    }

    fn attempt(&mut self, name: &CallName, invocation: &InvocationName, target: Name) {
        let key = (invocation.clone(), target);
        self.attempts.entry(key).or_default().push(name.clone());
    }

    fn connection(&mut self, name: &ConnectionName) -> &mut Connection {
        self.connections.entry(name.clone()).or_default()
    }

    /// Every connection that a client asked for or that had a row, in the order of their first
    /// event.
    pub fn connections(&self) -> impl Iterator<Item = (&ConnectionName, &Connection)> {
        self.connections.iter()
    }

    /// The connection of this name.
    pub fn find_connection(&self, name: &str) -> Option<&Connection> {
        self.connections.get(name)
    }

    /// The connections that the gateway regards as open.
    pub fn open(&self) -> BTreeSet<&ConnectionName> {
        self.connections.iter().filter(|(_, state)| state.is_open()).map(|(name, _)| name).collect()
    }

    /// The number of handshakes that are running.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// True if some client got the first of these broadcasts before the second.
    pub fn came_before(&self, first: &MessageName, second: &MessageName) -> bool {
        self.orders.contains(&(first.clone(), second.clone()))
    }

    /// The rows now in the tables.
    pub fn rows(&self) -> &BTreeMap<RowName, Row> {
        &self.rows
    }

    /// The connections that a row names, or named when it was removed.
    pub fn connections_of(&self, row: &str) -> &[ConnectionName] {
        let present = self.rows.get(row).map(|row| &row.connections);
        present.or_else(|| self.removed_rows.get(row)).map_or(&[], Vec::as_slice)
    }

    /// The connections that lost a row which had registered them, by the last event.
    pub fn unregistered(&self) -> &[ConnectionName] {
        &self.unregistered
    }

    /// The message of this name, or the message behind the invocation of this name.
    pub fn frame(&self, name: &str) -> Option<&Frame> {
        self.frames.get(name.split_once('+').map_or(name, |(message, _)| message))
    }

    /// Every message, in the order they were sent.
    pub fn frames(&self) -> impl Iterator<Item = (&MessageName, &Frame)> {
        self.frames.iter()
    }

    /// The invocation of this name.
    pub fn invocation(&self, name: &str) -> Option<&Invocation> {
        self.invocations.get(name)
    }

    /// Every invocation, in the order they started.
    pub fn invocations(&self) -> impl Iterator<Item = (&InvocationName, &Invocation)> {
        self.invocations.iter()
    }

    /// The invocations that a message started, in order: one, unless the gateway invoked twice.
    pub fn invocations_for(
        &self,
        message: &str,
    ) -> impl Iterator<Item = (&InvocationName, &Invocation)> {
        let names = self.frame(message).into_iter().flat_map(|frame| &frame.invocations);
        names.filter_map(|name| self.invocations.get_key_value(name))
    }

    /// The call of this name.
    pub fn call(&self, name: &str) -> Option<&Call> {
        self.calls.get(name)
    }

    /// Every call, in the order they were sent.
    pub fn calls(&self) -> impl Iterator<Item = (&CallName, &Call)> {
        self.calls.iter()
    }

    /// The attempts of an invocation to post to a connection, in the order they were sent.
    pub fn posts(
        &self,
        invocation: &InvocationName,
        connection: &ConnectionName,
    ) -> impl Iterator<Item = &Call> {
        self.attempts(invocation, connection.into())
            .filter(|call| matches!(call.request, Request::Post { .. }))
    }

    /// The attempts to post a broadcast to a connection, of every invocation for it.
    pub fn posts_for(
        &self,
        message: &str,
        connection: &ConnectionName,
    ) -> impl Iterator<Item = &Call> {
        self.invocations_for(message).flat_map(|(invocation, _)| self.posts(invocation, connection))
    }

    /// The reads of the table whose answer an invocation has got, in the order they were sent.
    pub fn reads(&self, invocation: &str) -> impl Iterator<Item = &Call> {
        let scans = self.invocations.get(invocation).into_iter().flat_map(|known| &known.scans);
        scans.filter_map(|call| self.calls.get(call)).filter(|call| call.status() == Some(200))
    }

    /// The rows that an invocation has read.
    pub fn rows_read(&self, invocation: &str) -> BTreeSet<&RowName> {
        let pages = self.reads(invocation).map(|read| match &read.applied {
            Some((_, Effect::Read { rows, .. })) => rows.as_slice(),
            _ => &[],
        });
        pages.flatten().collect()
    }

    /// The attempts of an invocation to store a row, in the order they were sent.
    pub fn stores(
        &self,
        invocation: &InvocationName,
        row: &RowName,
    ) -> impl Iterator<Item = &Call> {
        self.attempts(invocation, row.into())
            .filter(|call| matches!(call.request, Request::Put { .. }))
    }

    fn attempts(&self, invocation: &InvocationName, target: Name) -> impl Iterator<Item = &Call> {
        let attempts = self.attempts.get(&(invocation.clone(), target));
        attempts.into_iter().flatten().filter_map(|call| self.calls.get(call))
    }

    /// The data of the broadcast with this name, or of the broadcast behind the invocation of this
    /// name. `None` if that message is no broadcast.
    pub fn broadcast_data(&self, name: &str) -> Option<&str> {
        match &self.frame(name)?.content {
            Content::Broadcast { data, .. } => Some(data),
            Content::Text(_) | Content::Binary(_) | Content::Ping => None,
        }
    }

    /// The broadcast for which the gateway sent a post to a client; `None` for other origins.
    pub fn broadcast_behind(&self, origin: &Origin) -> Option<MessageName> {
        let Origin::Post { call } = origin else { return None };
        let invocation = &self.calls.get(call)?.invocation;
        let (message, _) = self.frames.get_key_value(invocation.message_text())?;
        self.broadcast_data(message).map(|_| message.clone())
    }
}
