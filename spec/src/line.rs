//! An event as people read it: who, what, and with which result.

use std::fmt;

use crate::history::{Content, Counts, Effect, Event, EventKind, Origin, Outcome, Request, Side};

/// One event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The actor: a client, an invocation or the gateway.
    pub who: String,
    /// What it did.
    pub what: String,
    /// What came of it; may be empty.
    pub result: String,
}

impl Line {
    fn new(who: &str, what: impl Into<String>, result: impl Into<String>) -> Line {
        Line { who: who.to_owned(), what: one_line(what.into()), result: one_line(result.into()) }
    }
}

impl Event {
    /// The event in words.
    pub fn line(&self) -> Line {
        match &self.kind {
            EventKind::HandshakeAsked { connection } => {
                Line::new(client_of(connection), "opens a socket", format!("{connection}, pending"))
            }
            EventKind::HandshakeOpened { connection } => {
                Line::new("gateway", format!("sends 101 to {connection}"), "open")
            }
            EventKind::HandshakeRefused { connection, status } => {
                Line::new("gateway", format!("refuses {connection}"), status.to_string())
            }
            EventKind::HandshakeAborted { connection } => {
                Line::new("gateway", format!("finds {connection} gone"), "no 101")
            }
            EventKind::FrameSent { connection, frame, content } => {
                Line::new(client_of(connection), describe_content(content), format!("as {frame}"))
            }
            EventKind::FrameReceived { connection, body, origin } => {
                Line::new(client_of(connection), format!("gets {body:?}"), describe_origin(origin))
            }
            EventKind::CloseSent { connection, code } => {
                Line::new(client_of(connection), "closes its socket", format!("code {code}"))
            }
            EventKind::Closed { connection, by, code } => {
                let who = match by {
                    Side::Client => "the client",
                    Side::Gateway => "the gateway",
                };
                Line::new("gateway", format!("{connection} is closed by {who}"), format!("{code}"))
            }
            EventKind::Vanished { connection } => Line::new(
                client_of(connection),
                "vanishes without a close",
                format!("{connection} half-open"),
            ),
            EventKind::AnswerDropped { connection, frame } => Line::new(
                "gateway",
                format!("drops its answer to {frame}"),
                format!("the buffer of {connection} is full"),
            ),
            EventKind::ReadingPaused { connection } => {
                Line::new(client_of(connection), "stops reading", connection.as_ref())
            }
            EventKind::ReadingResumed { connection } => {
                Line::new(client_of(connection), "reads again", connection.as_ref())
            }
            EventKind::InvocationStarted { invocation, route, .. } => {
                Line::new(invocation, format!("{route} starts"), "")
            }
            EventKind::InvocationEnded { invocation, outcome } => {
                Line::new(invocation, "ends", describe_outcome(outcome))
            }
            EventKind::InvocationKilled { invocation, reason } => {
                Line::new(invocation, "is killed", reason.as_ref())
            }
            EventKind::CallSent { invocation, request, .. } => {
                Line::new(invocation, describe_request(request), "sent")
            }
            EventKind::CallApplied { call, effect } => {
                Line::new(invocation_of(call), short(call), describe_effect(effect))
            }
            EventKind::CallAnswered { call, answer } => {
                Line::new(invocation_of(call), short(call), format!("-> {answer}"))
            }
            EventKind::RowWritten { row } => Line::new("table", format!("row of {row}"), "stored"),
            EventKind::RowRemoved { row } => Line::new("table", format!("row of {row}"), "removed"),
            EventKind::FaultsStopped => Line::new("world", "no more faults from here on", ""),
        }
    }

    /// The names of connections, messages, invocations and calls that the event speaks of.
    pub fn names(&self) -> Vec<&str> {
        match &self.kind {
            EventKind::HandshakeAsked { connection }
            | EventKind::HandshakeOpened { connection }
            | EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::ReadingPaused { connection }
            | EventKind::ReadingResumed { connection }
            | EventKind::CloseSent { connection, .. }
            | EventKind::Closed { connection, .. }
            | EventKind::Vanished { connection } => vec![connection],
            EventKind::FrameSent { connection, frame, .. }
            | EventKind::AnswerDropped { connection, frame } => vec![connection, frame],
            EventKind::FrameReceived { connection, origin, .. } => match origin {
                Origin::Post { call } => vec![connection, call, invocation_of(call)],
                Origin::Reply { invocation } => vec![connection, invocation],
                Origin::GatewayError { frame } => vec![connection, frame],
            },
            EventKind::InvocationStarted { invocation, connection, .. } => {
                vec![invocation, connection]
            }
            EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => vec![invocation],
            EventKind::CallSent { call, invocation, request, .. } => match request {
                Request::Put { row }
                | Request::Delete { row }
                | Request::Update { row }
                | Request::Get { row, .. } => vec![call, invocation, row],
                Request::Several { rows, .. } => {
                    [call, invocation].into_iter().chain(rows).map(AsRef::as_ref).collect()
                }
                Request::Post { connection, .. }
                | Request::Describe { connection }
                | Request::Close { connection } => vec![call, invocation, connection],
                Request::Scan { .. } | Request::Query { .. } | Request::Other { .. } => {
                    vec![call, invocation]
                }
            },
            EventKind::CallApplied { call, .. } | EventKind::CallAnswered { call, .. } => {
                vec![call, invocation_of(call)]
            }
            EventKind::RowWritten { row } | EventKind::RowRemoved { row } => vec![row],
            EventKind::FaultsStopped => vec![],
        }
    }
}

/// One line of the trace: everything in the event that two runs of a case must agree on.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line();
        write!(f, "{} {}us", self.number, self.at.micros())?;
        if let Some(cause) = self.cause {
            write!(f, " <-{cause}")?;
        }
        write!(f, " | {} | {} | {}", line.who, line.what, line.result)?;
        match &self.kind {
            EventKind::CallSent { call, wire, .. } => write!(f, " | {call} {wire}"),
            EventKind::FrameSent { content: Content::Broadcast { text, .. }, .. } => {
                write!(f, " | {text}")
            }
            _ => Ok(()),
        }
    }
}

/// The client of a connection: `ana` for `ana1`.
pub fn client_of(connection: &str) -> &str {
    connection.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The connection that a step, or an invocation about its beginning or end, belongs to: `ana1` for
/// `ana.c1`, `ana.d1` and `ana.c1+2`.
pub fn connection_of(step: &str) -> String {
    let message = message_of(step);
    let client = message.split('.').next().unwrap_or_default();
    let ordinal = message.trim_start_matches(|c: char| !c.is_ascii_digit());
    format!("{client}{ordinal}")
}

/// The message that an invocation is about: `bob.b1` for `bob.b1`, and for `bob.b1+2`, which the
/// gateway started for the same message (FACTS 4.7).
pub fn message_of(invocation: &str) -> &str {
    invocation.split_once('+').map_or(invocation, |(message, _)| message)
}

/// The invocation of a call: `bob.b1` for `bob.b1.post-ana1-1`.
pub fn invocation_of(call: &str) -> &str {
    call.rsplit_once('.').map_or(call, |(invocation, _)| invocation)
}

fn short(call: &str) -> &str {
    call.rsplit_once('.').map_or(call, |(_, operation)| operation)
}

/// What functions and clients say may hold line breaks; a line may not.
fn one_line(text: String) -> String {
    if text.contains(['\n', '\r']) {
        return text.replace('\r', "\\r").replace('\n', "\\n");
    }
    text
}

fn describe_content(content: &Content) -> String {
    match content {
        Content::Broadcast { data, .. } => format!("broadcasts {data:?}"),
        Content::Text(text) => format!("sends {text:?}"),
        Content::Binary(bytes) => format!("sends {bytes} bytes of binary"),
        Content::Ping => "sends a ping".to_owned(),
    }
}

fn describe_origin(origin: &Origin) -> String {
    match origin {
        Origin::Post { call } => format!("from {}", invocation_of(call)),
        Origin::Reply { invocation } => format!("the reply of {invocation}"),
        Origin::GatewayError { frame } => format!("the gateway's error for {frame}"),
    }
}

fn describe_request(request: &Request) -> String {
    match request {
        Request::Put { row } => format!("PutItem {row}"),
        Request::Delete { row } => format!("DeleteItem {row}"),
        Request::Update { row } => format!("UpdateItem {row}"),
        Request::Get { row, consistent } => format!("GetItem {row}, {}", kind(*consistent)),
        Request::Several { operation, rows } => format!("{operation} {}", rows.join(", ")),
        Request::Query { consistent, continued } => {
            format!("Query, {}{}", kind(*consistent), page(*continued))
        }
        Request::Scan { consistent, continued } => {
            format!("Scan, {}{}", kind(*consistent), page(*continued))
        }
        Request::Post { connection, .. } => format!("PostToConnection {connection}"),
        Request::Describe { connection } => format!("GetConnection {connection}"),
        Request::Close { connection } => format!("DeleteConnection {connection}"),
        Request::Other { operation } => operation.to_string(),
    }
}

fn kind(consistent: bool) -> &'static str {
    if consistent { "consistent" } else { "eventual" }
}

fn page(continued: bool) -> &'static str {
    if continued { ", next page" } else { "" }
}

fn describe_effect(effect: &Effect) -> String {
    match effect {
        Effect::Done => "done".to_owned(),
        Effect::Read { rows, stale, more } => {
            let rows = if rows.is_empty() { "no rows".to_owned() } else { rows.join(", ") };
            let stale = if *stale { "; stale" } else { "" };
            let more = if *more { "; more pages" } else { "" };
            format!("reads {rows}{stale}{more}")
        }
        Effect::Refused { error } => format!("refused: {error}"),
        Effect::Accepted => "accepted by the gateway".to_owned(),
        Effect::Gone { pending: true } => "gone: handshake pending".to_owned(),
        Effect::Gone { pending: false } => "gone: closed".to_owned(),
    }
}

fn describe_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Returned { acknowledgement: Some(said), .. } => match &said.counts {
            Some(counts) => format!("acknowledges: {}", describe_counts(counts)),
            None => "acknowledges".to_owned(),
        },
        Outcome::Returned { status, body, .. } => match body {
            Some(body) if !body.is_empty() => format!("returns {status} {body}"),
            _ => format!("returns {status}"),
        },
        Outcome::Allowed => "lets the client in".to_owned(),
        Outcome::Denied => "turns the client away".to_owned(),
        Outcome::Malformed { reason } => format!("malformed response: {reason}"),
        Outcome::Failed { error } => format!("error: {error}"),
    }
}

fn describe_counts(counts: &Counts) -> String {
    let mut parts = vec![format!("{} delivered", counts.delivered)];
    for (count, word) in
        [(counts.gone, "gone"), (counts.pending, "pending"), (counts.failed, "failed")]
    {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.push(if counts.complete { "complete" } else { "incomplete" }.to_owned());
    parts.join(", ")
}
