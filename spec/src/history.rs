//! The history of a run: all that a specification may look at.
//!
//! Every maker of a history (a simulation, a local server, a probe of a live stage) names things
//! in the same way: see [`name`](crate::name).

use std::fmt;
use std::sync::Arc;

use crate::Time;
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, RowName};

/// Whose calls are those that no invocation made: somebody used the services from elsewhere.
pub const OUTSIDE: &str = "outside";

/// Everything that happened in a run, in order, or the last of it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The events, numbered from 1; from a later number on if those before are not kept.
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
    /// Its place in the history, from 1.
    pub number: u32,
    /// When it happened.
    #[cfg_attr(feature = "serde", serde(rename = "at_us"))]
    pub at: Time,
    /// The number of the event that led to it, where that is known.
    pub cause: Option<u32>,
    /// What happened.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind"))]
pub enum EventKind {
    /// A client asked for a WebSocket; the gateway starts the `$connect` route.
    HandshakeAsked {
        /// The connection that is to be.
        connection: ConnectionName,
    },
    /// The gateway sent the 101: the connection is open.
    HandshakeOpened {
        /// The connection.
        connection: ConnectionName,
    },
    /// The gateway refused the upgrade.
    HandshakeRefused {
        /// The connection that was not to be.
        connection: ConnectionName,
        /// The HTTP status that the client got.
        status: u16,
    },
    /// The handshake came to a good end, but its client had left: there is no connection
    /// (FACTS 1.19).
    HandshakeAborted {
        /// The connection that was not to be.
        connection: ConnectionName,
    },
    /// A client sent a message.
    FrameSent {
        /// The sender's connection.
        connection: ConnectionName,
        /// The message's own name.
        frame: MessageName,
        /// What it holds.
        content: Content,
    },
    /// A client got a message.
    FrameReceived {
        /// The receiver's connection.
        connection: ConnectionName,
        /// The text of the message.
        body: Arc<str>,
        /// What made the gateway send it.
        origin: Origin,
    },
    /// A client sent a close frame and reads no more.
    CloseSent {
        /// The connection.
        connection: ConnectionName,
        /// Its close code; 1005 stands for none.
        code: u16,
    },
    /// The gateway regards the connection as closed from here on.
    Closed {
        /// The connection.
        connection: ConnectionName,
        /// Who closed it.
        by: Side,
        /// The close code.
        code: u16,
    },
    /// A client was gone without a word: the gateway does not know (FACTS 1.15).
    Vanished {
        /// The connection.
        connection: ConnectionName,
    },
    /// The gateway had a reply or an error message for a client, but the client does not read and
    /// its buffer was full: the message is lost (FACTS 3.5).
    AnswerDropped {
        /// The connection.
        connection: ConnectionName,
        /// The message that it would have answered.
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
        /// The route key that was selected.
        route: Arc<str>,
        /// The connection that the event is about.
        connection: ConnectionName,
        /// When its time is over: when Lambda kills it, or 29 s after the gateway got what the
        /// event reports (FACTS 3.1), whichever is sooner.
        #[cfg_attr(feature = "serde", serde(rename = "due_us"))]
        due: Time,
        /// Whether its response goes back to the client (FACTS 2.9).
        two_way: bool,
    },
    /// A function came to its end by itself.
    InvocationEnded {
        /// The invocation.
        invocation: InvocationName,
        /// What it gave back.
        outcome: Outcome,
    },
    /// The platform stopped a function.
    InvocationKilled {
        /// The invocation.
        invocation: InvocationName,
        /// Why, as the platform's log has it.
        reason: Arc<str>,
    },
    /// A function sent a request to a service.
    CallSent {
        /// The call: one attempt on the wire.
        call: CallName,
        /// Whose call it is.
        invocation: InvocationName,
        /// What it asks for.
        request: Request,
        /// The request in canonical form: method, path, operation, body with sorted keys.
        wire: Arc<str>,
    },
    /// A service carried out a request, or decided not to.
    CallApplied {
        /// The call.
        call: CallName,
        /// What it did.
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
        /// The connection that the row is about, or the row's key if it is about none.
        row: RowName,
    },
    /// A row was removed.
    RowRemoved {
        /// The connection that the row is about, or the row's key if it is about none.
        row: RowName,
    },
    /// From here on nothing goes wrong any more; what was promised must now come true.
    FaultsStopped,
}

/// What a message from a client holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Content {
    /// A request to send `data` to everybody.
    Broadcast {
        /// What every client must get, byte for byte.
        data: Arc<str>,
        /// The message on the wire.
        text: Arc<str>,
    },
    /// Any other text.
    Text(Arc<str>),
    /// A binary message of this many bytes.
    Binary(usize),
    /// A ping, which is no message to anybody but the gateway.
    Ping,
}

/// Why the gateway sent a message to a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Origin {
    /// A function posted it.
    Post {
        /// The call.
        call: CallName,
    },
    /// A two-way route answered with it.
    Reply {
        /// The invocation whose response it is.
        invocation: InvocationName,
    },
    /// The gateway's own error message (FACTS 2.4, 2.5, 2.6).
    GatewayError {
        /// The message that could not be served.
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

/// How a function ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Outcome {
    /// It returned a valid proxy response (FACTS 1.5).
    Returned {
        /// Its `statusCode`.
        status: u16,
        /// Its body, if any.
        body: Option<Arc<str>>,
        /// What it says of a broadcast, as the application's own wire format has it.
        acknowledgement: Option<Acknowledgement>,
    },
    /// An authorizer let a client in.
    Allowed,
    /// An authorizer turned a client away.
    Denied,
    /// It returned something that is no proxy response.
    Malformed {
        /// What is wrong with it.
        reason: Arc<str>,
    },
    /// It failed with an error, or panicked.
    Failed {
        /// The error as Lambda reports it.
        error: Arc<str>,
    },
}

/// A function's word that a broadcast was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Acknowledgement {
    /// How it went, where the application says so.
    pub counts: Option<Counts>,
}

impl Acknowledgement {
    /// Whether it claims that everybody was reached; an acknowledgement without counts does.
    pub fn is_complete(&self) -> bool {
        self.counts.as_ref().is_none_or(|counts| counts.complete)
    }

    /// How many recipients it admits to have failed.
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
    /// All other recipients: not known to be delivered.
    pub failed: u64,
    /// Whether the scan finished and nothing failed.
    pub complete: bool,
}

/// What a call asks for.
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
        /// Whether the read is strongly consistent.
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
        /// Whether the read is strongly consistent.
        consistent: bool,
        /// Whether it goes on where an earlier page ended.
        continued: bool,
    },
    /// Read a page of the table.
    Scan {
        /// Whether the read is strongly consistent.
        consistent: bool,
        /// Whether it goes on where an earlier page ended.
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
    /// Something else.
    Other {
        /// The operation's name.
        operation: Arc<str>,
    },
}

impl Request {
    /// The names of the rows or of the connection that the request is about.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        let (rows, connection): (&[RowName], Option<&ConnectionName>) = match self {
            Request::Put { row }
            | Request::Delete { row }
            | Request::Update { row }
            | Request::Get { row, .. } => (std::slice::from_ref(row), None),
            Request::Several { rows, .. } => (rows, None),
            Request::Post { connection, .. }
            | Request::Describe { connection }
            | Request::Close { connection } => (&[], Some(connection)),
            Request::Scan { .. } | Request::Query { .. } | Request::Other { .. } => (&[], None),
        };
        rows.iter().map(RowName::as_str).chain(connection.map(ConnectionName::as_str))
    }
}

/// What a service did with a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Effect {
    /// It did as asked.
    Done,
    /// It read rows.
    Read {
        /// The rows, in the order of the answer.
        rows: Vec<RowName>,
        /// Whether the reader saw an older state than the newest.
        stale: bool,
        /// Whether there may be a further page.
        more: bool,
    },
    /// It refused: nothing changed.
    Refused {
        /// The error's name, or the HTTP status where it has none.
        error: Arc<str>,
    },
    /// The gateway accepted a message for a connection.
    Accepted,
    /// The gateway found no such open connection.
    Gone {
        /// Whether the connection's handshake is still running (FACTS 1.7).
        pending: bool,
    },
}

/// What a caller learns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Answer {
    /// The HTTP status; `None` where the transport failed and no answer came.
    pub status: Option<u16>,
    /// The error's name, if the service gave one.
    pub error: Option<Arc<str>>,
}

impl Answer {
    /// Whether the caller cannot know if the request was carried out.
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
