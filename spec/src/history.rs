//! The history of a run: the only input of the specification.
//!
//! Every maker of a history (a simulation, a local server, a probe of a live stage) gives names by
//! the same rules: see [`name`](crate::name).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::Time;
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, RowName};

/// The invocation that a history gives for calls from outside: another program used the services.
pub const OUTSIDE: &str = "outside";

/// Everything that happened in a run, in order, or the last part of it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The events, numbered from 1, or from a later number if the earlier events are not kept.
    pub events: Vec<Event>,
}

impl History {
    /// The event with this number, if there is one.
    pub fn event(&self, number: u32) -> Option<&Event> {
        let place = number.checked_sub(self.events.first()?.number)?;
        self.events.get(usize::try_from(place).ok()?)
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Event {
    /// The place of the event in the history, from 1.
    pub number: u32,
    /// The time of the event.
    #[cfg_attr(feature = "serde", serde(rename = "at_us"))]
    pub at: Time,
    /// The number of the event that led to this one, where it is known.
    pub cause: Option<u32>,
    /// The kind of the event, with its details.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub kind: EventKind,
}

/// The kind of an event, with its details.
///
/// A new kind comes last: the hash of a trace counts the kinds in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind"))]
pub enum EventKind {
    /// A client asked for a WebSocket; the gateway starts the `$connect` route.
    HandshakeAsked {
        /// The connection that the client asks for.
        connection: ConnectionName,
    },
    /// The gateway sent the 101: the connection is open.
    HandshakeOpened {
        /// The connection.
        connection: ConnectionName,
    },
    /// The gateway refused the upgrade.
    HandshakeRefused {
        /// The connection that the gateway refused.
        connection: ConnectionName,
        /// The HTTP status that the client got.
        status: u16,
    },
    /// The handshake succeeded, but its client had left: there is no connection (FACTS 1.19).
    HandshakeAborted {
        /// The connection that never opened.
        connection: ConnectionName,
    },
    /// A client sent a message.
    FrameSent {
        /// The sender's connection.
        connection: ConnectionName,
        /// The name of the message.
        frame: MessageName,
        /// The content of the message.
        content: Content,
    },
    /// A client got a message.
    FrameReceived {
        /// The receiver's connection.
        connection: ConnectionName,
        /// The text of the message.
        body: Arc<str>,
        /// The reason why the gateway sent the message.
        origin: Origin,
    },
    /// A client sent a close frame and reads no more.
    CloseSent {
        /// The connection.
        connection: ConnectionName,
        /// The close code; 1005 stands for none.
        code: u16,
    },
    /// The gateway regards the connection as closed from here on.
    Closed {
        /// The connection.
        connection: ConnectionName,
        /// The side that closed the connection.
        by: Side,
        /// The close code.
        code: u16,
    },
    /// A client was gone without a close frame: the gateway does not know (FACTS 1.15).
    Vanished {
        /// The connection.
        connection: ConnectionName,
    },
    /// The gateway had a reply or an error message for a client, but the client does not read and
    /// its buffer was full: the message is lost (FACTS 3.5).
    AnswerDropped {
        /// The connection.
        connection: ConnectionName,
        /// The message that the lost message would have answered.
        frame: MessageName,
    },
    /// A client stopped reading; its socket stays open.
    ReadingPaused {
        /// The connection.
        connection: ConnectionName,
    },
    /// A client reads again.
    ReadingResumed {
        /// The connection.
        connection: ConnectionName,
    },
    /// A function began to work on an event.
    InvocationStarted {
        /// The invocation.
        invocation: InvocationName,
        /// The route key that was selected; the name of the function if no route led to it.
        route: Arc<str>,
        /// The connection that the event is about, if the gateway sent it.
        connection: Option<ConnectionName>,
        /// The messages that the event brings, if another service than the gateway sent it: those
        /// of a queue, the records of a stream, one asynchronous invocation.
        messages: Vec<MessageName>,
        /// The time by which the invocation must end: the time of Lambda's kill, or 29 s after the
        /// gateway got the message, handshake or close that the event reports (FACTS 3.1),
        /// whichever is earlier.
        #[cfg_attr(feature = "serde", serde(rename = "due_us"))]
        due: Time,
        /// True if the response of the function goes back to the client (FACTS 2.9).
        two_way: bool,
    },
    /// A function ended by itself.
    InvocationEnded {
        /// The invocation.
        invocation: InvocationName,
        /// The outcome that the function gave.
        outcome: Outcome,
    },
    /// The platform stopped a function.
    InvocationKilled {
        /// The invocation.
        invocation: InvocationName,
        /// The reason, in the words of the platform's log.
        reason: Arc<str>,
    },
    /// A function sent a request to a service.
    CallSent {
        /// The call: one attempt on the wire.
        call: CallName,
        /// The invocation that made the call.
        invocation: InvocationName,
        /// The request that the call carries.
        request: Request,
        /// The request in canonical form: method, path, operation, body with sorted keys.
        request_text: Arc<str>,
    },
    /// A service carried out a request, or decided not to.
    CallApplied {
        /// The call.
        call: CallName,
        /// The effect on the service.
        effect: Effect,
    },
    /// The answer of a service reached the caller.
    CallAnswered {
        /// The call.
        call: CallName,
        /// The answer.
        answer: Answer,
    },
    /// A row was stored or replaced.
    RowWritten {
        /// The row.
        row: RowName,
        /// The connections that the row names now, sorted.
        connections: Vec<ConnectionName>,
    },
    /// A row was removed.
    RowRemoved {
        /// The row.
        row: RowName,
        /// The connections that the row named, sorted.
        connections: Vec<ConnectionName>,
    },
    /// The end of all faults: from here on every promise must come true.
    FaultsStopped,
    /// The program of a client gave a text to its user, perhaps after it had waited for others.
    Presented {
        /// The step that started the program.
        program: MessageName,
        /// The connection, or the last one if there is none at the moment.
        connection: ConnectionName,
        /// The text.
        text: Arc<str>,
    },
    /// A service took a message that a function is to handle.
    MessageStored {
        /// The message.
        message: MessageName,
        /// The place where the message waits: a queue, a stream, or the function itself.
        place: Arc<str>,
        /// The message on the wire.
        text: Arc<str>,
    },
    /// A function has handled a message, and the service removed it.
    MessageRemoved {
        /// The message.
        message: MessageName,
        /// The place where the message waited.
        place: Arc<str>,
    },
    /// A service gave a message up: no function will handle it any more.
    MessageDropped {
        /// The message.
        message: MessageName,
        /// The place where the message waited.
        place: Arc<str>,
        /// The reason, in the words of the service.
        reason: Arc<str>,
    },
}

/// The content of a message from a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Content {
    /// A request to send `data` to all clients.
    Broadcast {
        /// The data that every client must get, byte for byte.
        data: Arc<str>,
        /// The message on the wire.
        text: Arc<str>,
    },
    /// Any other text.
    Text(Arc<str>),
    /// A binary message of this many bytes.
    Binary(usize),
    /// A ping, which only the gateway handles.
    Ping,
}

/// The reason why the gateway sent a message to a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Origin {
    /// A function posted it.
    Post {
        /// The call.
        call: CallName,
    },
    /// The response of a two-way route.
    Reply {
        /// The invocation that gave the response.
        invocation: InvocationName,
    },
    /// An error message of the gateway (FACTS 2.4, 2.5, 2.6).
    GatewayError {
        /// The client's message that the gateway could not serve.
        frame: MessageName,
    },
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Side {
    /// The client.
    Client,
    /// API Gateway.
    Gateway,
}

/// The outcome of an invocation that ended by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Outcome {
    /// The function returned a valid proxy response (FACTS 1.5).
    Returned {
        /// The `statusCode` of the response.
        status: u16,
        /// The body of the response, if any.
        body: Option<Arc<str>>,
        /// The acknowledgement of a broadcast, read from the application's own wire format.
        acknowledgement: Option<Acknowledgement>,
    },
    /// A function that serves no route returned.
    Completed {
        /// The value that the function returned, as JSON.
        value: Arc<str>,
    },
    /// An authorizer let a client in.
    Allowed,
    /// An authorizer turned a client away.
    Denied,
    /// The function returned a value that is no proxy response.
    Malformed {
        /// The reason why the value is no proxy response.
        reason: Arc<str>,
    },
    /// The function failed with an error, or panicked.
    Failed {
        /// The error as Lambda reports it.
        error: Arc<str>,
    },
}

/// A function's statement that it carried a broadcast out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Acknowledgement {
    /// The counts, where the application gives them.
    pub counts: Option<Counts>,
}

impl Acknowledgement {
    /// True if the function claims that all recipients were reached. An acknowledgement without
    /// counts makes this claim.
    pub fn is_complete(&self) -> bool {
        self.counts.as_ref().is_none_or(|counts| counts.complete)
    }

    /// The number of recipients that the function reports as failed.
    pub fn failed(&self) -> u64 {
        self.counts.as_ref().map_or(0, |counts| counts.failed)
    }
}

/// The numbers in an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Counts {
    /// Recipients whose last attempt got 200.
    pub delivered: u64,
    /// Recipients that were gone for good.
    pub gone: u64,
    /// Recipients whose handshake may still be pending.
    pub pending: u64,
    /// All other recipients: the function does not know of a delivery.
    pub failed: u64,
    /// True if the scan finished and nothing failed.
    pub complete: bool,
}

/// The request that a call carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Request {
    /// Store a row.
    Put {
        /// The row.
        row: RowName,
    },
    /// Remove a row.
    Delete {
        /// The row.
        row: RowName,
    },
    /// Change a row, or store one where there is none.
    Update {
        /// The row.
        row: RowName,
    },
    /// Read a row.
    Get {
        /// The row.
        row: RowName,
        /// True if the read is strongly consistent.
        consistent: bool,
    },
    /// Read or write several rows with one request.
    Several {
        /// The operation's name.
        operation: Arc<str>,
        /// The rows.
        rows: Vec<RowName>,
    },
    /// Read a page of one partition.
    Query {
        /// True if the read is strongly consistent.
        consistent: bool,
        /// True if the read goes on where an earlier page ended.
        continued: bool,
    },
    /// Read a page of the table.
    Scan {
        /// True if the read is strongly consistent.
        consistent: bool,
        /// True if the read goes on where an earlier page ended.
        continued: bool,
    },
    /// Send a message to a connection.
    Post {
        /// The recipient.
        connection: ConnectionName,
        /// The message.
        body: Arc<str>,
    },
    /// Look a connection up.
    Describe {
        /// The connection.
        connection: ConnectionName,
    },
    /// Close a connection.
    Close {
        /// The connection.
        connection: ConnectionName,
    },
    /// Read or write more items with one request than its operation takes; the service refuses it.
    Oversized {
        /// The operation's name.
        operation: Arc<str>,
        /// The tables that the request names, as the function wrote them.
        tables: Vec<Arc<str>>,
        /// The number of items in the request.
        items: usize,
        /// The largest number of items that the operation takes.
        items_max: usize,
    },
    /// A request to another service than the table and the gateway: to a queue, to Lambda, to a
    /// service that the application brings.
    Service {
        /// The name of the service, as in `sqs`.
        service: Arc<str>,
        /// The operation's name.
        operation: Arc<str>,
        /// The queue, the function or any other part of the service that the request names; empty
        /// if it names none.
        resource: Arc<str>,
    },
    /// Any other request: one about no row, or one that its service could not read.
    Other {
        /// The operation's name, or the method and the address of a request to no known service.
        operation: Arc<str>,
        /// The tables that the request names, as the function wrote them.
        tables: Vec<Arc<str>>,
    },
}

impl Request {
    /// The names of the request's targets: rows, or a connection.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        let connection = match self {
            Request::Post { connection, .. }
            | Request::Describe { connection }
            | Request::Close { connection } => Some(connection),
            _ => None,
        };
        let rows = self.rows().iter().map(RowName::as_str);
        rows.chain(connection.map(ConnectionName::as_str))
    }

    /// The rows that the request names.
    pub fn rows(&self) -> &[RowName] {
        match self {
            Request::Put { row }
            | Request::Delete { row }
            | Request::Update { row }
            | Request::Get { row, .. } => std::slice::from_ref(row),
            Request::Several { rows, .. } => rows,
            Request::Scan { .. }
            | Request::Query { .. }
            | Request::Post { .. }
            | Request::Describe { .. }
            | Request::Close { .. }
            | Request::Oversized { .. }
            | Request::Service { .. }
            | Request::Other { .. } => &[],
        }
    }
}

/// The effect of a request at its service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Effect {
    /// The service did as asked.
    Done,
    /// The service read rows.
    Read {
        /// The rows, in the order of the answer.
        rows: Vec<RowName>,
        /// True if the reader saw an older state than the newest.
        stale: bool,
        /// True if there may be a further page.
        more: bool,
    },
    /// The service refused the request; nothing changed.
    Refused {
        /// The error's name, or the HTTP status if the error has no name.
        error: Arc<str>,
        /// The words of the service.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Explanation::is_empty"))]
        explanation: Explanation,
    },
    /// The gateway accepted a message for a connection.
    Accepted,
    /// The gateway found no such open connection.
    Gone {
        /// True if the connection's handshake is still running (FACTS 1.7).
        pending: bool,
    },
}

impl Effect {
    /// Returns the effect of a refusal without words.
    pub fn refused(error: impl Into<Arc<str>>) -> Effect {
        Effect::Refused { error: error.into(), explanation: Explanation::default() }
    }
}

/// The answer that a caller gets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Answer {
    /// The HTTP status; `None` if the transport failed and no answer came.
    pub status: Option<u16>,
    /// The error's name, if the service gave one.
    pub error: Option<Arc<str>>,
    /// The words of the service about an error.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Explanation::is_empty"))]
    pub explanation: Explanation,
}

impl Answer {
    /// True if the caller cannot know that the service carried the request out.
    pub fn is_ambiguous(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, &self.error) {
            (Some(status), Some(error)) => write!(f, "{status} {error}"),
            (Some(status), None) => write!(f, "{status}"),
            (None, Some(error)) => write!(f, "no answer: {error}"),
            (None, None) => f.write_str("no answer"),
        }
    }
}

/// The words with which a service explains an error; empty if it gives none.
///
/// They are for people. Two runs of a case have the same words, but the words do not count for the
/// hash of a trace, which compares what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Explanation(Option<Arc<str>>);

impl Explanation {
    /// The words.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// True if the service gave no words.
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

impl From<Option<String>> for Explanation {
    fn from(words: Option<String>) -> Explanation {
        Explanation(words.map(Into::into))
    }
}

impl Hash for Explanation {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
