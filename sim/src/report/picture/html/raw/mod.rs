//! Events as JSON: every field of them, in the order in which the history declares them.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use stormglass_spec::Name;
use stormglass_spec::history::{
    Acknowledgement, Answer, Content, Counts, Effect, Event, EventKind, Origin, Outcome, Request,
    Side,
};

/// A JSON value whose members stay in the order in which they were given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Value(Value),
    Object(Vec<(&'static str, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Value(value) => value.serialize(serializer),
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, member) in members {
                    map.serialize_entry(name, member)?;
                }
                map.end()
            }
        }
    }
}

impl<T: Into<Value>> From<T> for Json {
    fn from(value: T) -> Json {
        Json::Value(value.into())
    }
}

/// All fields of an event. Times are in microseconds.
pub(super) fn raw(event: &Event) -> Json {
    let mut members = vec![
        ("number", event.number.into()),
        ("at_us", event.at.micros().into()),
        ("cause", event.cause.into()),
    ];
    let (what, fields) = what(&event.kind);
    members.push(("what", what.into()));
    members.extend(fields);
    Json::Object(members)
}

/// The name of a variant and its fields.
type Variant = (&'static str, Vec<(&'static str, Json)>);

fn what(what: &EventKind) -> Variant {
    match what {
        EventKind::HandshakeAsked { connection } => ("HandshakeAsked", about(connection)),
        EventKind::HandshakeOpened { connection } => ("HandshakeOpened", about(connection)),
        EventKind::HandshakeRefused { connection, status } => {
            ("HandshakeRefused", vec![name("connection", connection), ("status", (*status).into())])
        }
        EventKind::HandshakeAborted { connection } => ("HandshakeAborted", about(connection)),
        EventKind::FrameSent { connection, frame, content } => (
            "FrameSent",
            vec![
                name("connection", connection),
                name("frame", frame),
                ("content", variant(self::content(content))),
            ],
        ),
        EventKind::FrameReceived { connection, body, origin } => (
            "FrameReceived",
            vec![
                name("connection", connection),
                name("body", body),
                ("origin", variant(self::origin(origin))),
            ],
        ),
        EventKind::CloseSent { connection, code } => {
            ("CloseSent", vec![name("connection", connection), ("code", (*code).into())])
        }
        EventKind::Closed { connection, by, code } => (
            "Closed",
            vec![
                name("connection", connection),
                ("by", side(*by).into()),
                ("code", (*code).into()),
            ],
        ),
        EventKind::Vanished { connection } => ("Vanished", about(connection)),
        EventKind::AnswerDropped { connection, frame } => {
            ("AnswerDropped", vec![name("connection", connection), name("frame", frame)])
        }
        EventKind::ReadingPaused { connection } => ("ReadingPaused", about(connection)),
        EventKind::ReadingResumed { connection } => ("ReadingResumed", about(connection)),
        EventKind::InvocationStarted { invocation, route, connection, due, two_way } => (
            "InvocationStarted",
            vec![
                name("invocation", invocation),
                name("route", route),
                name("connection", connection),
                ("due_us", due.micros().into()),
                ("two_way", (*two_way).into()),
            ],
        ),
        EventKind::InvocationEnded { invocation, outcome } => (
            "InvocationEnded",
            vec![name("invocation", invocation), ("outcome", variant(self::outcome(outcome)))],
        ),
        EventKind::InvocationKilled { invocation, reason } => {
            ("InvocationKilled", vec![name("invocation", invocation), name("reason", reason)])
        }
        EventKind::CallSent { call, invocation, request, wire } => (
            "CallSent",
            vec![
                name("call", call),
                name("invocation", invocation),
                ("request", variant(self::request(request))),
                name("wire", wire),
            ],
        ),
        EventKind::CallApplied { call, effect } => {
            ("CallApplied", vec![name("call", call), ("effect", variant(self::effect(effect)))])
        }
        EventKind::CallAnswered { call, answer } => {
            ("CallAnswered", vec![name("call", call), ("answer", self::answer(answer))])
        }
        EventKind::RowWritten { row } => ("RowWritten", vec![name("row", row)]),
        EventKind::RowRemoved { row } => ("RowRemoved", vec![name("row", row)]),
        EventKind::FaultsStopped => ("FaultsStopped", Vec::new()),
    }
}

fn content(content: &Content) -> Variant {
    match content {
        Content::Broadcast { data, text } => {
            ("Broadcast", vec![name("data", data), name("text", text)])
        }
        Content::Text(text) => ("Text", vec![name("text", text)]),
        Content::Binary(bytes) => ("Binary", vec![("bytes", (*bytes).into())]),
        Content::Ping => ("Ping", Vec::new()),
    }
}

fn origin(origin: &Origin) -> Variant {
    match origin {
        Origin::Post { call } => ("Post", vec![name("call", call)]),
        Origin::Reply { invocation } => ("Reply", vec![name("invocation", invocation)]),
        Origin::GatewayError { frame } => ("GatewayError", vec![name("frame", frame)]),
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "Client",
        Side::Gateway => "Gateway",
    }
}

fn outcome(outcome: &Outcome) -> Variant {
    match outcome {
        Outcome::Returned { status, body, acknowledgement } => (
            "Returned",
            vec![
                ("status", (*status).into()),
                ("body", body.as_deref().into()),
                ("acknowledgement", acknowledgement.as_ref().map_or(null(), acknowledged)),
            ],
        ),
        Outcome::Allowed => ("Allowed", Vec::new()),
        Outcome::Denied => ("Denied", Vec::new()),
        Outcome::Malformed { reason } => ("Malformed", vec![name("reason", reason)]),
        Outcome::Failed { error } => ("Failed", vec![name("error", error)]),
    }
}

fn acknowledged(said: &Acknowledgement) -> Json {
    let Acknowledgement { counts } = said;
    Json::Object(vec![("counts", counts.as_ref().map_or(null(), self::counts))])
}

fn counts(counts: &Counts) -> Json {
    let Counts { delivered, gone, pending, failed, complete } = counts;
    Json::Object(vec![
        ("delivered", (*delivered).into()),
        ("gone", (*gone).into()),
        ("pending", (*pending).into()),
        ("failed", (*failed).into()),
        ("complete", (*complete).into()),
    ])
}

fn request(request: &Request) -> Variant {
    match request {
        Request::Put { row } => ("Put", vec![name("row", row)]),
        Request::Delete { row } => ("Delete", vec![name("row", row)]),
        Request::Update { row } => ("Update", vec![name("row", row)]),
        Request::Get { row, consistent } => {
            ("Get", vec![name("row", row), ("consistent", (*consistent).into())])
        }
        Request::Several { operation, rows } => {
            ("Several", vec![name("operation", operation), ("rows", names(rows))])
        }
        Request::Query { consistent, continued } => ("Query", page(*consistent, *continued)),
        Request::Scan { consistent, continued } => ("Scan", page(*consistent, *continued)),
        Request::Post { connection, body } => {
            ("Post", vec![name("connection", connection), name("body", body)])
        }
        Request::Describe { connection } => ("Describe", about(connection)),
        Request::Close { connection } => ("Close", about(connection)),
        Request::Other { operation } => ("Other", vec![name("operation", operation)]),
    }
}

fn page(consistent: bool, continued: bool) -> Vec<(&'static str, Json)> {
    vec![("consistent", consistent.into()), ("continued", continued.into())]
}

fn effect(effect: &Effect) -> Variant {
    match effect {
        Effect::Done => ("Done", Vec::new()),
        Effect::Read { rows, stale, more } => (
            "Read",
            vec![("rows", names(rows)), ("stale", (*stale).into()), ("more", (*more).into())],
        ),
        Effect::Refused { error } => ("Refused", vec![name("error", error)]),
        Effect::Accepted => ("Accepted", Vec::new()),
        Effect::Gone { pending } => ("Gone", vec![("pending", (*pending).into())]),
    }
}

fn answer(answer: &Answer) -> Json {
    let Answer { status, error } = answer;
    Json::Object(vec![("status", (*status).into()), ("error", error.as_deref().into())])
}

/// A variant inside an event, its name before its fields.
fn variant((kind, fields): Variant) -> Json {
    let mut members = vec![("kind", kind.into())];
    members.extend(fields);
    Json::Object(members)
}

fn about(connection: &Name) -> Vec<(&'static str, Json)> {
    vec![name("connection", connection)]
}

fn name(field: &'static str, text: &str) -> (&'static str, Json) {
    (field, text.into())
}

fn names(names: &[Name]) -> Json {
    let names: Vec<Value> = names.iter().map(|name| name.as_ref().into()).collect();
    names.into()
}

fn null() -> Json {
    Json::Value(Value::Null)
}

#[cfg(test)]
mod tests;
