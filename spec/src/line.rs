//! An event as people read it: the actor, the action and the result.

use std::fmt;

use crate::history::{
    Content, Counts, Effect, Event, EventKind, Explanation, Origin, Outcome, Request, Side,
};
use crate::name::{ConnectionName, MessageName, RowName};

/// One event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The actor: a client, an invocation or the gateway.
    pub who: String,
    /// The action.
    pub what: String,
    /// The result of the action; may be empty.
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
                Line::new(connection.client(), "opens a socket", format!("{connection}, pending"))
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
                Line::new(connection.client(), describe_content(content), format!("as {frame}"))
            }
            EventKind::FrameReceived { connection, body, origin } => {
                Line::new(connection.client(), format!("gets {body:?}"), describe_origin(origin))
            }
            EventKind::CloseSent { connection, code } => {
                Line::new(connection.client(), "closes its socket", format!("code {code}"))
            }
            EventKind::Closed { connection, by, code } => {
                let who = match by {
                    Side::Client => "the client",
                    Side::Gateway => "the gateway",
                };
                Line::new("gateway", format!("{connection} is closed by {who}"), format!("{code}"))
            }
            EventKind::Vanished { connection } => Line::new(
                connection.client(),
                "vanishes without a close",
                format!("{connection} half-open"),
            ),
            EventKind::AnswerDropped { connection, frame } => Line::new(
                "gateway",
                format!("drops its answer to {frame}"),
                format!("the buffer of {connection} is full"),
            ),
            EventKind::ReadingPaused { connection } => {
                Line::new(connection.client(), "stops reading", connection.as_ref())
            }
            EventKind::ReadingResumed { connection } => {
                Line::new(connection.client(), "reads again", connection.as_ref())
            }
            EventKind::Presented { connection, text, .. } => {
                Line::new(connection.client(), format!("shows {text:?}"), "to its user")
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
                Line::new(call.invocation(), call.operation(), describe_effect(effect))
            }
            EventKind::CallAnswered { call, answer } => {
                let answer = explained(format!("-> {answer}"), &answer.explanation);
                Line::new(call.invocation(), call.operation(), answer)
            }
            EventKind::RowWritten { row, connections } => {
                Line::new("table", describe_row(row, connections), "stored")
            }
            EventKind::RowRemoved { row, connections } => {
                Line::new("table", describe_row(row, connections), "removed")
            }
            EventKind::FaultsStopped => Line::new("world", "no more faults from here on", ""),
            EventKind::MessageStored { message, place, text } => {
                Line::new(place.as_ref(), format!("takes {message}"), text.as_ref())
            }
            EventKind::MessageRemoved { message, place } => {
                Line::new(place.as_ref(), format!("is done with {message}"), "")
            }
            EventKind::MessageDropped { message, place, reason } => {
                Line::new(place.as_ref(), format!("gives {message} up"), reason.as_ref())
            }
        }
    }

    /// The names of the connections, messages, invocations and calls that the event mentions.
    pub fn names(&self) -> Vec<&str> {
        match &self.kind {
            EventKind::HandshakeAsked { connection }
            | EventKind::HandshakeOpened { connection }
            | EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::ReadingPaused { connection }
            | EventKind::ReadingResumed { connection }
            | EventKind::Presented { connection, .. }
            | EventKind::CloseSent { connection, .. }
            | EventKind::Closed { connection, .. }
            | EventKind::Vanished { connection } => vec![connection],
            EventKind::FrameSent { connection, frame, .. }
            | EventKind::AnswerDropped { connection, frame } => vec![connection, frame],
            EventKind::FrameReceived { connection, origin, .. } => match origin {
                Origin::Post { call } => vec![connection, call, call.invocation()],
                Origin::Reply { invocation } => vec![connection, invocation],
                Origin::GatewayError { frame } => vec![connection, frame],
            },
            EventKind::InvocationStarted { invocation, connection, messages, .. } => {
                let about = connection.as_deref().into_iter();
                [invocation.as_str()]
                    .into_iter()
                    .chain(about)
                    .chain(messages.iter().map(MessageName::as_str))
                    .collect()
            }
            EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => vec![invocation],
            EventKind::CallSent { call, invocation, request, .. } => {
                [call.as_str(), invocation].into_iter().chain(request.targets()).collect()
            }
            EventKind::CallApplied { call, .. } | EventKind::CallAnswered { call, .. } => {
                vec![call, call.invocation()]
            }
            EventKind::RowWritten { row, connections }
            | EventKind::RowRemoved { row, connections } => {
                let others = connections.iter().filter(|name| name.as_str() != row.as_str());
                [row.as_str()].into_iter().chain(others.map(ConnectionName::as_str)).collect()
            }
            EventKind::MessageStored { message, .. }
            | EventKind::MessageRemoved { message, .. }
            | EventKind::MessageDropped { message, .. } => vec![message],
            EventKind::FaultsStopped => vec![],
        }
    }
}

/// Writes one line of the trace: everything in the event that two runs of a case must agree on.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line();
        write!(f, "{} {}us", self.number, self.at.micros())?;
        if let Some(cause) = self.cause {
            write!(f, " <-{cause}")?;
        }
        write!(f, " | {} | {} | {}", line.who, line.what, line.result)?;
        match &self.kind {
            EventKind::CallSent { call, request_text, .. } => write!(f, " | {call} {request_text}"),
            EventKind::FrameSent { content: Content::Broadcast { text, .. }, .. } => {
                write!(f, " | {text}")
            }
            _ => Ok(()),
        }
    }
}

/// Escapes line breaks: texts of functions and clients may hold them, but a line may not.
fn one_line(text: String) -> String {
    if text.contains(['\n', '\r']) {
        return text.replace('\r', "\\r").replace('\n', "\\n");
    }
    text
}

fn describe_content(content: &Content) -> String {
    match content {
        Content::Broadcast { data, .. } => format!("broadcasts {data:?}"),
        // A JSON object is plain enough without quotes, and its quotes without escapes.
        Content::Text(text) if text.starts_with('{') && !text.contains(char::is_control) => {
            format!("sends {text}")
        }
        Content::Text(text) => format!("sends {text:?}"),
        Content::Binary(bytes) => format!("sends {bytes} bytes of binary"),
        Content::Ping => "sends a ping".to_owned(),
    }
}

fn describe_origin(origin: &Origin) -> String {
    match origin {
        Origin::Post { call } => format!("from {}", call.invocation()),
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
        Request::Several { operation, rows } => format!("{operation} {}", join(rows)),
        Request::Query { consistent, continued } => {
            format!("Query, {}{}", kind(*consistent), page(*continued))
        }
        Request::Scan { consistent, continued } => {
            format!("Scan, {}{}", kind(*consistent), page(*continued))
        }
        Request::Post { connection, .. } => format!("PostToConnection {connection}"),
        Request::Describe { connection } => format!("GetConnection {connection}"),
        Request::Close { connection } => format!("DeleteConnection {connection}"),
        Request::Oversized { operation, tables, items, items_max } => {
            let tables = tables.join(", ");
            format!("{operation} {tables}: {items} items; DynamoDB takes at most {items_max}")
        }
        Request::Service { service, operation, resource } if resource.is_empty() => {
            format!("{operation} of {service}")
        }
        Request::Service { operation, resource, .. } => format!("{operation} {resource}"),
        Request::Other { operation, tables } if tables.is_empty() => operation.to_string(),
        Request::Other { operation, tables } => format!("{operation} {}", tables.join(", ")),
    }
}

/// The row, which may have the name of the connection that it names.
fn describe_row(row: &RowName, connections: &[ConnectionName]) -> String {
    match connections {
        [connection] if connection.as_str() == row.as_str() => format!("row of {row}"),
        _ => format!("row {row}"),
    }
}

fn join(rows: &[RowName]) -> String {
    rows.iter().map(RowName::as_str).collect::<Vec<_>>().join(", ")
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
            let rows = if rows.is_empty() { "no rows".to_owned() } else { join(rows) };
            let stale = if *stale { "; stale" } else { "" };
            let more = if *more { "; more pages" } else { "" };
            format!("reads {rows}{stale}{more}")
        }
        Effect::Refused { error, explanation } => {
            explained(format!("refused: {error}"), explanation)
        }
        Effect::Accepted => "accepted by the gateway".to_owned(),
        Effect::Gone { pending: true } => "gone: handshake pending".to_owned(),
        Effect::Gone { pending: false } => "gone: closed".to_owned(),
    }
}

/// Adds the words of the service to the name of an error.
fn explained(error: String, explanation: &Explanation) -> String {
    if explanation.is_empty() { error } else { format!("{error}: {explanation}") }
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
        Outcome::Completed { value } if &**value == "null" => "returns".to_owned(),
        Outcome::Completed { value } => format!("returns {value}"),
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
