//! The history that is written from notes.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_aws::gateway::{ManagementRequest, ProxyResponse, Stage};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::RowKey;
use stormglass_sim::App;
use stormglass_sim::translate::{
    connection_request, misdirected_request, table_request, unreadable_request,
};
use stormglass_spec::history::{self, Effect, Event, EventKind, History, Origin, Outcome, Request};
use stormglass_spec::name::{CallName, ConnectionName, InvocationName, RowName};

use super::calls::{CallTarget, RecordedCall};
use super::connections::Connections;
use super::note::{
    CallEffect, Delivery, FunctionResult, LiveEvent, MessageContent, Note, RowChange,
};
use super::subject::{Subject, SubjectKind};
use super::{Number, RecordState, outside};

/// The limit on texts in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextLimit {
    /// No limit, as properties need it.
    Whole,
    /// At most this many characters of each text, and the first rows of a read, as people can read
    /// it.
    Cut(usize),
}

/// A writer of the history of some notes, with the names of all ids and keys in them.
#[derive(Debug)]
pub(super) struct HistoryWriter {
    app: NamedApp,
    first: Number,
    notes: Vec<Note>,
    names: Names,
    texts: TextLimit,
    stage: Stage,
    calls: BTreeMap<u64, CallDescription>,
    /// The number of calls that an invocation has made so far, by the stem of their names.
    attempts: BTreeMap<String, u64>,
}

/// The names of all ids and rows in a history.
#[derive(Debug, Default)]
struct Names {
    /// The connections of calls; those that are not remembered have a name made of their id.
    connections: BTreeMap<String, ConnectionName>,
    rows: BTreeMap<RowKey, RowName>,
}

struct NamedApp(&'static dyn App);

impl std::fmt::Debug for NamedApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

/// A call as it stands in a history.
#[derive(Clone, Debug)]
struct CallDescription {
    name: CallName,
    request: Request,
    body: Arc<str>,
    request_text: Arc<str>,
}

impl HistoryWriter {
    /// Takes notes and names from a record. The writing needs no lock on it.
    pub(super) fn new(
        app: &'static dyn App,
        state: &RecordState,
        count: usize,
        texts: TextLimit,
    ) -> HistoryWriter {
        let (first, notes) = state.ring.last(count);
        let stage = Stage::default();
        let mut names = Names::default();
        for note in &notes {
            names.add(&note.event, &stage, &state.connections, texts);
        }
        let (calls, attempts) = (BTreeMap::new(), BTreeMap::new());
        HistoryWriter { app: NamedApp(app), first, notes, names, texts, stage, calls, attempts }
    }

    pub(super) fn write(mut self) -> History {
        let notes = std::mem::take(&mut self.notes);
        let first = self.first;
        let mut events = Vec::with_capacity(notes.len());
        for (number, Note { at, cause, event }) in (first..).zip(notes) {
            let cause = (cause >= first).then(|| short(cause));
            events.push(Event { number: short(number), at, cause, kind: self.kind(event) });
        }
        History { events }
    }

    fn kind(&mut self, event: LiveEvent) -> EventKind {
        match event {
            LiveEvent::HandshakeAsked(peer) => {
                EventKind::HandshakeAsked { connection: peer.name() }
            }
            LiveEvent::HandshakeOpened(peer) => {
                EventKind::HandshakeOpened { connection: peer.name() }
            }
            LiveEvent::HandshakeRefused(peer, status) => {
                EventKind::HandshakeRefused { connection: peer.name(), status }
            }
            LiveEvent::HandshakeAborted(peer) => {
                EventKind::HandshakeAborted { connection: peer.name() }
            }
            LiveEvent::FrameSent(subject, content) => {
                let (connection, frame) = (subject.peer.name(), subject.name().message());
                EventKind::FrameSent { connection, frame, content: self.content(content) }
            }
            LiveEvent::FrameReceived(peer, delivered) => {
                let (body, origin) = self.delivered(delivered);
                EventKind::FrameReceived { connection: peer.name(), body, origin }
            }
            LiveEvent::CloseSent(peer, code) => {
                EventKind::CloseSent { connection: peer.name(), code }
            }
            LiveEvent::Closed(peer, by, code) => {
                EventKind::Closed { connection: peer.name(), by, code }
            }
            LiveEvent::AnswerDropped(subject) => {
                let (connection, frame) = (subject.peer.name(), subject.name().message());
                EventKind::AnswerDropped { connection, frame }
            }
            LiveEvent::InvocationStarted { subject, route, due, two_way } => {
                EventKind::InvocationStarted {
                    invocation: subject.name(),
                    route,
                    connection: Some(subject.peer.name()),
                    messages: Vec::new(),
                    due,
                    two_way,
                }
            }
            LiveEvent::InvocationEnded(subject, result) => EventKind::InvocationEnded {
                invocation: subject.name(),
                outcome: self.outcome(&subject, &result),
            },
            LiveEvent::InvocationKilled(subject, reason) => EventKind::InvocationKilled {
                invocation: subject.name(),
                reason: self.text(&reason),
            },
            LiveEvent::CallSent(call) => {
                let CallDescription { name, request, request_text, .. } = self.call(&call);
                EventKind::CallSent { call: name, invocation: caller(&call), request, request_text }
            }
            LiveEvent::CallApplied(call, applied) => {
                let call = self.call(&call).name;
                EventKind::CallApplied { call, effect: self.effect(applied) }
            }
            LiveEvent::CallAnswered(call, answer) => {
                EventKind::CallAnswered { call: self.call(&call).name, answer }
            }
            LiveEvent::RowChanged(change) => {
                let RowChange { row, is_written, connections } = *change;
                let row = self.row(&row);
                if is_written {
                    EventKind::RowWritten { row, connections }
                } else {
                    EventKind::RowRemoved { row, connections }
                }
            }
        }
    }

    fn content(&self, content: MessageContent) -> history::Content {
        match content {
            MessageContent::Broadcast { data, text } => {
                let broadcasts = self.app.0.broadcasts();
                let expected = broadcasts.map(|it| it.expected(&data));
                let data = self.text(expected.as_deref().unwrap_or(&data));
                let text = self.text(&text);
                history::Content::Broadcast { data, text }
            }
            MessageContent::Text(text) => history::Content::Text(self.text(&text)),
            MessageContent::Binary(bytes) => history::Content::Binary(bytes),
        }
    }

    fn delivered(&mut self, delivered: Delivery) -> (Arc<str>, Origin) {
        match delivered {
            Delivery::Post(call) => {
                let CallDescription { name, body, .. } = self.call(&call);
                (body, Origin::Post { call: name })
            }
            Delivery::Reply(subject, text) => {
                (self.text(&text), Origin::Reply { invocation: subject.name() })
            }
            Delivery::Error(subject, text) => {
                (self.text(&text), Origin::GatewayError { frame: subject.name().message() })
            }
        }
    }

    fn outcome(&self, subject: &Subject, result: &FunctionResult) -> Outcome {
        let json = match result {
            FunctionResult::Response(json) => json,
            FunctionResult::Verdict(Some(true)) => return Outcome::Allowed,
            FunctionResult::Verdict(Some(false)) | FunctionResult::Denied => {
                return Outcome::Denied;
            }
            FunctionResult::Verdict(None) => {
                return Outcome::Malformed { reason: "no policy".into() };
            }
            FunctionResult::Failed(error) => return Outcome::Failed { error: self.text(error) },
        };
        let ProxyResponse { status, body, .. } = match ProxyResponse::parse(json) {
            Ok(response) => response,
            Err(reason) => return Outcome::Malformed { reason: self.text(&reason) },
        };
        let acknowledgement = match subject.kind {
            SubjectKind::Broadcast(_) => {
                let broadcasts = self.app.0.broadcasts();
                broadcasts.and_then(|it| it.acknowledgement(status, body.as_deref()))
            }
            _ => None,
        };
        let body = body.map(|body| self.text(&body));
        Outcome::Returned { status, body, acknowledgement }
    }

    fn effect(&self, applied: CallEffect) -> Effect {
        match applied {
            CallEffect::Known(effect) => effect,
            CallEffect::Read { keys, more } => {
                let rows = self.rows(&keys);
                Effect::Read { rows, stale: false, more }
            }
        }
    }

    /// Returns the names of rows; with a limit, those of the first rows, and the number of the
    /// others.
    fn rows(&self, keys: &[RowKey]) -> Vec<RowName> {
        let shown = shown(keys, self.texts);
        let mut rows: Vec<RowName> = shown.iter().map(|key| self.row(key)).collect();
        if shown.len() < keys.len() {
            rows.push(format!("{} more", keys.len() - shown.len()).into());
        }
        rows
    }

    /// Returns a call as it stands in the history. Attempts are counted as far as their notes are
    /// kept.
    fn call(&mut self, call: &RecordedCall) -> CallDescription {
        if let Some(description) = self.calls.get(&call.number) {
            return description.clone();
        }
        let body = self.text(&String::from_utf8_lossy(&call.body));
        let (request, stem, request_text) = match &call.target {
            CallTarget::Table { target } => self.table_call(call, target),
            CallTarget::Manage(request) => {
                let ManagementRequest { id, operation } = request;
                let connection = self.connection(id);
                let (request, stem) = connection_request(*operation, connection, body.clone());
                (request, stem, format!("@connections/{id} {body}"))
            }
            CallTarget::Http { method, uri } => {
                let request_text = format!("{method} {uri} {body}");
                match ManagementRequest::parse(&self.stage, method, uri, call.body.len()) {
                    Ok(ManagementRequest { id, operation }) => {
                        let connection = self.connection(&id);
                        let (request, stem) =
                            connection_request(operation, connection, body.clone());
                        (request, stem, request_text)
                    }
                    Err(_) => {
                        let (request, stem) = misdirected_request(method, uri);
                        (request, stem, request_text)
                    }
                }
            }
        };
        let name = self.name_call(call, &stem);
        let request_text = self.text(&request_text);
        let description = CallDescription { name, request, body, request_text };
        self.calls.insert(call.number, description.clone());
        description
    }

    fn table_call(&self, call: &RecordedCall, target: &str) -> (Request, String, String) {
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        let Ok(request) = dynamodb::Request::parse(target, &call.body) else {
            let body = String::from_utf8_lossy(&call.body);
            let (request, stem) = unreadable_request(target, &call.body);
            return (request, stem, format!("{operation} {body}"));
        };
        let request_text = format!("{operation} {}", request.canonical());
        let rows = call.keys.get().map(|keys| self.rows(keys)).unwrap_or_default();
        let (request, stem) = table_request(&request, rows);
        (request, stem, request_text)
    }

    fn name_call(&mut self, call: &RecordedCall, stem: &str) -> CallName {
        if call.invocation.is_none() {
            return format!("{}.{stem}-{}", outside(), call.number).into();
        }
        let stem = format!("{}.{stem}", caller(call));
        let attempt = self.attempts.entry(stem.clone()).or_insert(0);
        *attempt += 1;
        format!("{stem}-{attempt}").into()
    }

    fn connection(&self, id: &str) -> ConnectionName {
        self.names.connections.get(id).cloned().unwrap_or_else(|| id.into())
    }

    fn row(&self, row: &RowKey) -> RowName {
        self.names.rows.get(row).cloned().unwrap_or_else(|| row.to_string().into())
    }

    fn text(&self, text: &str) -> Arc<str> {
        match self.texts {
            TextLimit::Cut(characters) => match text.char_indices().nth(characters) {
                Some((end, _)) => format!("{}\u{2026} ({} bytes)", &text[..end], text.len()).into(),
                None => text.into(),
            },
            TextLimit::Whole => text.into(),
        }
    }
}

impl Names {
    /// Finds the names of all ids and rows in an event.
    fn add(
        &mut self,
        event: &LiveEvent,
        stage: &Stage,
        connections: &Connections,
        texts: TextLimit,
    ) {
        match event {
            LiveEvent::CallSent(call)
            | LiveEvent::CallAnswered(call, _)
            | LiveEvent::FrameReceived(_, Delivery::Post(call)) => {
                self.add_target(call, stage, connections, texts);
            }
            LiveEvent::CallApplied(call, applied) => {
                self.add_target(call, stage, connections, texts);
                if let CallEffect::Read { keys, .. } = applied {
                    self.add_rows(shown(keys, texts), connections);
                }
            }
            LiveEvent::RowChanged(change) => {
                self.add_rows(std::slice::from_ref(&change.row), connections);
            }
            _ => {}
        }
    }

    fn add_target(
        &mut self,
        call: &RecordedCall,
        stage: &Stage,
        connections: &Connections,
        texts: TextLimit,
    ) {
        match &call.target {
            CallTarget::Manage(request) => self.add_connection(&request.id, connections),
            CallTarget::Http { method, uri } => {
                if let Ok(request) = ManagementRequest::parse(stage, method, uri, 0) {
                    self.add_connection(&request.id, connections);
                }
            }
            CallTarget::Table { .. } => {
                let keys = call.keys.get().map(Vec::as_slice).unwrap_or_default();
                self.add_rows(shown(keys, texts), connections);
            }
        }
    }

    fn add_connection(&mut self, id: &str, connections: &Connections) {
        if !self.connections.contains_key(id) {
            self.connections.insert(id.to_owned(), connections.name_of(id));
        }
    }

    fn add_rows(&mut self, rows: &[RowKey], connections: &Connections) {
        for row in rows {
            if !self.rows.contains_key(row) {
                self.rows.insert(row.clone(), connections.name_of_row(row));
            }
        }
    }
}

/// The number of rows that are named for people.
const ROWS_SHOWN: usize = 20;

fn shown(keys: &[RowKey], texts: TextLimit) -> &[RowKey] {
    match texts {
        TextLimit::Whole => keys,
        TextLimit::Cut(_) => &keys[..keys.len().min(ROWS_SHOWN)],
    }
}

/// Returns the name of the caller.
fn caller(call: &RecordedCall) -> InvocationName {
    call.invocation.as_ref().map_or_else(outside, |subject| subject.name())
}

/// No server lives long enough to reach the largest number.
fn short(number: Number) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
