//! What is so at a point of a history, worked out from the events up to there.

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
/// What is looked up at every event is hashed, so that an event costs the same in a world of 10
/// clients and in one of 100,000; it is kept in the order it came in, which no hash decides.
///
/// Words: a connection is *open* from the gateway's point of view. Its client is *attached* while
/// it also still reads: it has neither vanished nor closed. A broadcast is *accepted* when its
/// invocation starts and *acknowledged* when that invocation reports success.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    connections: Map<ConnectionName, Connection>,
    rows: BTreeMap<RowName, Row>,
    removed_rows: BTreeMap<RowName, u32>,
    frames: Map<MessageName, Frame>,
    invocations: Map<InvocationName, Invocation>,
    calls: Map<CallName, Call>,
    /// The posts and stores of an invocation, by the connection or row that they are about.
    attempts: Map<(InvocationName, Name), Vec<CallName>>,
    /// The connections whose handshake is running.
    pending: BTreeSet<ConnectionName>,
    /// Pairs of broadcasts that some client got in this order.
    orders: BTreeSet<(MessageName, MessageName)>,
}

/// A mark in the history: which event, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the event.
    pub event: u32,
    /// Its time.
    pub at: Time,
}

/// What is known of a connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// When the handshake was asked for.
    pub asked: Option<Mark>,
    /// When the gateway opened it.
    pub opened: Option<Mark>,
    /// When the gateway closed it, or learned that it was closed.
    pub closed: Option<Mark>,
    /// When its client stopped reading.
    pub left: Option<Mark>,
    /// Whether its row was ever stored.
    pub stored: bool,
    /// The broadcasts that have arrived, each with the event of its first arrival.
    pub arrivals: Vec<(MessageName, u32)>,
}

impl Connection {
    /// Whether the gateway regards it as open.
    pub fn is_open(&self) -> bool {
        self.opened.is_some() && self.closed.is_none()
    }

    /// Whether it is open and its client still reads.
    pub fn is_attached(&self) -> bool {
        self.is_open() && self.left.is_none()
    }
}

/// A row in the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// When it was first stored.
    pub stored: Mark,
}

/// A message from a client.
#[derive(Clone, Debug)]
pub struct Frame {
    /// When the client sent it.
    pub sent: Mark,
    /// Who sent it.
    pub connection: ConnectionName,
    /// What it holds.
    pub content: Content,
    /// The invocations that it started, in order: one, unless the gateway invoked twice.
    pub invocations: Vec<InvocationName>,
    /// When the gateway first had a reply or an error message for it.
    pub replied: Option<Mark>,
}

/// An invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// When it started.
    pub started: Mark,
    /// When it was over.
    pub ended: Option<Mark>,
    /// When its time is over.
    pub due: Time,
    /// The route key that was selected.
    pub route: Arc<str>,
    /// Which connection it is about.
    pub connection: ConnectionName,
    /// Whether its response goes back to the client.
    pub two_way: bool,
    /// The body it returned.
    pub body: Option<Arc<str>>,
    /// When and how it acknowledged a broadcast.
    pub acknowledged: Option<(Mark, Acknowledgement)>,
    /// Its reads of the table, in the order they were sent.
    scans: Vec<CallName>,
}

/// A call on the wire.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it was sent.
    pub sent: Mark,
    /// Whose it is.
    pub invocation: InvocationName,
    /// What it asks for.
    pub request: Request,
    /// What the service did, and in which event.
    pub applied: Option<(u32, Effect)>,
    /// What the caller learned, and when. A caller that gave up learns nothing any more.
    pub answered: Option<(Mark, Answer)>,
}

impl Call {
    /// Whether its caller does not know if it was carried out.
    pub fn is_ambiguous(&self) -> bool {
        self.answered.as_ref().is_none_or(|(_, answer)| answer.is_ambiguous())
    }

    /// The HTTP status that its caller has got.
    pub fn status(&self) -> Option<u16> {
        self.answered.as_ref()?.1.status
    }
}

impl Ledger {
    /// Takes note of the next event.
    pub fn observe(&mut self, event: &Event) {
        let mark = Mark { event: event.number, at: event.at };
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
            EventKind::InvocationStarted { invocation, route, connection, due, two_way } => {
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
            EventKind::RowWritten { row } => {
                self.rows.entry(row.clone()).or_insert(Row { stored: mark });
                self.removed_rows.remove(row);
                self.connection(&row.connection()).stored = true;
            }
            EventKind::RowRemoved { row } => {
                self.rows.remove(row);
                self.removed_rows.insert(row.clone(), event.number);
            }
            EventKind::ReadingPaused { .. }
            | EventKind::ReadingResumed { .. }
            | EventKind::FaultsStopped => {}
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

    /// Every connection that was ever asked for, or had a row, in the order they came up.
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

    /// How many handshakes are running.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Whether some client got the first of these broadcasts before the second.
    pub fn came_before(&self, first: &MessageName, second: &MessageName) -> bool {
        self.orders.contains(&(first.clone(), second.clone()))
    }

    /// The rows now in the table.
    pub fn rows(&self) -> &BTreeMap<RowName, Row> {
        &self.rows
    }

    /// The event in which a row that is not there now was removed.
    pub fn removal(&self, row: &str) -> Option<u32> {
        self.removed_rows.get(row).copied()
    }

    /// The message of this name, or the one behind the invocation of this name.
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

    /// The data of a broadcast, if the message of this name, or the one behind the invocation of
    /// this name, is one.
    pub fn broadcast_data(&self, name: &str) -> Option<&str> {
        match &self.frame(name)?.content {
            Content::Broadcast { data, .. } => Some(data),
            Content::Text(_) | Content::Binary(_) | Content::Ping => None,
        }
    }

    /// The broadcast on whose behalf the gateway sent something to a client.
    pub fn broadcast_behind(&self, origin: &Origin) -> Option<MessageName> {
        let Origin::Post { call } = origin else { return None };
        let invocation = &self.calls.get(call)?.invocation;
        let (message, _) = self.frames.get_key_value(invocation.message_text())?;
        self.broadcast_data(message).map(|_| message.clone())
    }
}
