//! Labels of events, without names and times.

use std::fmt;

use stormglass_spec::history::{
    Answer, Content, Effect, EventKind, Origin, Outcome, Request, Side,
};

use stormglass_spec::hash::Fnv;

/// The label of an event: its kind, its route or operation, and its result.
///
/// An application has some dozens of labels, whatever the names and the number of its clients.
/// Errors differ only as far as callers treat them differently: throttled, gone, refused or lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a> {
    kind: &'static str,
    /// The route or the operation.
    role: &'a str,
    result: &'static str,
}

impl<'a> Label<'a> {
    pub(super) const fn kind(kind: &'static str) -> Label<'a> {
        Label { kind, role: "", result: "" }
    }

    fn by(kind: &'static str, role: &'a str) -> Label<'a> {
        Label { role, ..Label::kind(kind) }
    }

    /// Returns the label of an event; `route` is that of its invocation and `request` that of its
    /// call.
    pub(super) fn of(
        what: &'a EventKind,
        route: &'a str,
        request: Option<&'a Request>,
    ) -> Label<'a> {
        let operation = request.map_or("", operation);
        match what {
            EventKind::HandshakeAsked { .. } => Label::kind("handshake asked"),
            EventKind::HandshakeOpened { .. } => Label::kind("handshake opened"),
            EventKind::HandshakeRefused { .. } => Label::kind("handshake refused"),
            EventKind::HandshakeAborted { .. } => Label::kind("handshake aborted"),
            EventKind::FrameSent { content, .. } => Label::kind(match content {
                Content::Broadcast { .. } => "broadcast sent",
                Content::Text(_) => "text sent",
                Content::Binary(_) => "binary sent",
                Content::Ping => "ping sent",
            }),
            EventKind::FrameReceived { origin, .. } => Label::kind(match origin {
                Origin::Post { .. } => "post received",
                Origin::Reply { .. } => "reply received",
                Origin::GatewayError { .. } => "gateway error received",
            }),
            EventKind::CloseSent { .. } => Label::kind("close sent"),
            EventKind::Closed { by: Side::Client, .. } => Label::kind("closed by the client"),
            EventKind::Closed { by: Side::Gateway, .. } => Label::kind("closed by the gateway"),
            EventKind::Vanished { .. } => Label::kind("vanished"),
            EventKind::AnswerDropped { .. } => Label::kind("answer dropped"),
            EventKind::ReadingPaused { .. } => Label::kind("reading paused"),
            EventKind::ReadingResumed { .. } => Label::kind("reading resumed"),
            EventKind::Presented { .. } => Label::kind("presented"),
            EventKind::InvocationStarted { .. } => Label::by("started", route),
            EventKind::InvocationEnded { outcome, .. } => ended(route, outcome),
            EventKind::InvocationKilled { .. } => Label::by("killed", route),
            EventKind::CallSent { request, .. } => {
                Label { result: page(request), ..Label::by("sent", operation) }
            }
            EventKind::CallApplied { effect, .. } => applied(operation, effect),
            EventKind::CallAnswered { answer, .. } => answered(operation, answer),
            EventKind::RowWritten { .. } => Label::kind("row written"),
            EventKind::RowRemoved { .. } => Label::kind("row removed"),
            EventKind::MessageStored { place, .. } => Label::by("message stored", place),
            EventKind::MessageRemoved { place, .. } => Label::by("message removed", place),
            EventKind::MessageDropped { place, .. } => Label::by("message dropped", place),
            EventKind::FaultsStopped => Label::kind("faults stopped"),
        }
    }

    /// Returns a hash of the label.
    pub(super) fn hash(&self) -> u64 {
        let mut hash = Fnv::default();
        for part in [self.kind, self.role, self.result] {
            hash.write(part.as_bytes());
            hash.write(&[0]);
        }
        hash.finish()
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        for part in [self.role, self.result].into_iter().filter(|part| !part.is_empty()) {
            write!(f, " {part}")?;
        }
        Ok(())
    }
}

fn ended<'a>(route: &'a str, outcome: &Outcome) -> Label<'a> {
    let result = match outcome {
        Outcome::Returned { acknowledgement: Some(said), .. } if said.is_complete() => {
            "acknowledges complete"
        }
        Outcome::Returned { acknowledgement: Some(_), .. } => "acknowledges incomplete",
        Outcome::Returned { status: 200..300, .. } => "returns",
        Outcome::Returned { .. } => "returns an error",
        Outcome::Completed { .. } => "returns",
        Outcome::Allowed => "allows",
        Outcome::Denied => "denies",
        Outcome::Malformed { .. } => "is malformed",
        Outcome::Failed { .. } => "fails",
    };
    Label { result, ..Label::by("ended", route) }
}

fn applied<'a>(operation: &'a str, effect: &Effect) -> Label<'a> {
    let result = match effect {
        Effect::Done => "done",
        Effect::Read { stale: true, .. } => "stale",
        Effect::Read { .. } => "read",
        Effect::Refused { .. } => "refused",
        Effect::Accepted => "accepted",
        Effect::Gone { pending: true } => "pending",
        Effect::Gone { pending: false } => "gone",
    };
    Label { result, ..Label::by("applied", operation) }
}

fn answered<'a>(operation: &'a str, answer: &Answer) -> Label<'a> {
    let result = match answer.status {
        None => "nothing",
        Some(200..300) => "well",
        Some(410) => "gone",
        Some(429) => "throttled",
        Some(500..) => "failed",
        Some(_) => "refused",
    };
    Label { result, ..Label::by("answered", operation) }
}

fn operation(request: &Request) -> &str {
    match request {
        Request::Put { .. } => "PutItem",
        Request::Delete { .. } => "DeleteItem",
        Request::Update { .. } => "UpdateItem",
        Request::Get { .. } => "GetItem",
        Request::Query { .. } => "Query",
        Request::Scan { .. } => "Scan",
        Request::Post { .. } => "PostToConnection",
        Request::Describe { .. } => "GetConnection",
        Request::Close { .. } => "DeleteConnection",
        Request::Several { operation, .. }
        | Request::Oversized { operation, .. }
        | Request::Service { operation, .. }
        | Request::Other { operation, .. } => operation,
    }
}

/// Returns the mark of a request that goes on where an earlier page ended.
fn page(request: &Request) -> &'static str {
    match request {
        Request::Query { continued: true, .. } | Request::Scan { continued: true, .. } => {
            "next page"
        }
        _ => "",
    }
}
