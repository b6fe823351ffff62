//! Faults: everything that can go wrong in a run, apart from order and time.
//!
//! - [`catalogue`]: every fault with its sites, the rows of the project's collected facts about AWS
//!   that make it legal, and its rarity.
//! - [`failures`]: the answers with which services fail.
//! - [`mattered`]: decides from a history whether a fault changed anything.

pub mod catalogue;
mod counts;
pub mod failures;
mod mattered;

use std::fmt;

use stormglass_dynamodb::Request;

pub use counts::{Count, Counts};
pub use mattered::mattered;

/// A fault: one thing that can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A service refuses a request for lack of capacity, with the error type that says so.
    Throttled,
    /// A service refuses a request with a 429 without an error type, which the SDK does not retry.
    ThrottledBare,
    /// A service fails before it has carried out the request.
    Error,
    /// A service fails although it has carried out the request.
    ErrorAfter,
    /// The transport fails before the request arrives.
    RequestLost,
    /// The service carries out the request, but the transport fails before the answer arrives.
    ReplyLost,
    /// The request never arrives, and no answer ever comes.
    Hang,
    /// The service carries out the request, and no answer ever comes.
    HangAfter,
    /// The operating system of a vanished client resets the connection, so the gateway learns of
    /// the loss.
    Reset,
    /// The gateway does not notice that a client left.
    Unnoticed,
    /// An eventually consistent read sees an older state.
    Stale,
    /// The process of a function dies.
    Crash,
    /// The platform invokes a function twice for one event.
    Duplicate,
    /// The platform starts a new sandbox although another is idle.
    Cold,
    /// The gateway never delivers the `$disconnect` event.
    Dropped,
    /// The gateway delivers a `$disconnect` event for a handshake that failed.
    Fires,
    /// The gateway closes a connection for maintenance.
    Maintenance,
    /// The gateway answers with a 410 without its error type.
    Bare,
    /// A part of a batch fails inside of an answer of success.
    Partial,
}

impl Fault {
    /// All faults, in order.
    pub const ALL: [Fault; 19] = [
        Fault::Throttled,
        Fault::ThrottledBare,
        Fault::Error,
        Fault::ErrorAfter,
        Fault::RequestLost,
        Fault::ReplyLost,
        Fault::Hang,
        Fault::HangAfter,
        Fault::Reset,
        Fault::Unnoticed,
        Fault::Stale,
        Fault::Crash,
        Fault::Duplicate,
        Fault::Cold,
        Fault::Dropped,
        Fault::Fires,
        Fault::Maintenance,
        Fault::Bare,
        Fault::Partial,
    ];

    /// Returns the name of the fault in a case's text.
    pub const fn name(self) -> &'static str {
        match self {
            Fault::Throttled => "throttled",
            Fault::ThrottledBare => "throttled-bare",
            Fault::Error => "error",
            Fault::ErrorAfter => "error-after",
            Fault::RequestLost => "request-lost",
            Fault::ReplyLost => "reply-lost",
            Fault::Hang => "hang",
            Fault::HangAfter => "hang-after",
            Fault::Reset => "reset",
            Fault::Unnoticed => "unnoticed",
            Fault::Stale => "stale",
            Fault::Crash => "crash",
            Fault::Duplicate => "duplicate",
            Fault::Cold => "cold",
            Fault::Dropped => "dropped",
            Fault::Fires => "fires",
            Fault::Maintenance => "maintenance",
            Fault::Bare => "bare",
            Fault::Partial => "partial",
        }
    }

    /// Returns the fault with this name, if there is one.
    pub fn named(name: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Returns the family with which the fault is switched on and off.
    pub const fn family(self) -> Family {
        match self {
            Fault::Throttled | Fault::ThrottledBare => Family::Capacity,
            Fault::Error | Fault::ErrorAfter | Fault::Partial => Family::Error,
            Fault::RequestLost
            | Fault::ReplyLost
            | Fault::Hang
            | Fault::HangAfter
            | Fault::Reset
            | Fault::Unnoticed => Family::Network,
            Fault::Stale => Family::Consistency,
            Fault::Crash | Fault::Duplicate | Fault::Cold => Family::Platform,
            Fault::Dropped | Fault::Fires | Fault::Maintenance | Fault::Bare => Family::Gateway,
        }
    }

    /// Returns true if the service carries out the request in spite of the fault.
    pub const fn lets_request_through(self) -> bool {
        !matches!(
            self,
            Fault::Throttled
                | Fault::ThrottledBare
                | Fault::Error
                | Fault::RequestLost
                | Fault::Hang
        )
    }
}

/// A family of deviations, switched on and off as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Events wait for other events.
    Order,
    /// Messages and events are late.
    Time,
    /// Services lack capacity.
    Capacity,
    /// Services fail.
    Error,
    /// Requests, answers and connections get lost.
    Network,
    /// Reads are stale.
    Consistency,
    /// Functions die, start anew, or run twice.
    Platform,
    /// The gateway drops events, or closes connections.
    Gateway,
}

impl Family {
    /// All families, in order.
    pub const ALL: [Family; 8] = [
        Family::Order,
        Family::Time,
        Family::Capacity,
        Family::Error,
        Family::Network,
        Family::Consistency,
        Family::Platform,
        Family::Gateway,
    ];

    /// Returns the name of the family on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Order => "order",
            Family::Time => "time",
            Family::Capacity => "capacity",
            Family::Error => "error",
            Family::Network => "network",
            Family::Consistency => "consistency",
            Family::Platform => "platform",
            Family::Gateway => "gateway",
        }
    }

    /// Returns true for a family of faults: every family except order and time.
    pub const fn is_fault(self) -> bool {
        !matches!(self, Family::Order | Family::Time)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A kind of place at which faults strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// An upgrade request at the gateway: `ana.c1.up`.
    Handshake,
    /// A message at the gateway: `bob.b1.up`.
    Message,
    /// An event on its way to a function: `ana.c1.start`.
    Invocation,
    /// A `$disconnect` event on its way to its function: `ana.d1.start`.
    Disconnect,
    /// The answer of a function, on its way to the gateway: `ana.c1.answer`.
    Answer,
    /// A write to the table: `ana.c1.put-ana1-1`.
    Write,
    /// A strongly consistent read of the table: `bob.b1.scan-1`.
    Read,
    /// An eventually consistent read of the table.
    EventualRead,
    /// A call of `@connections`: `bob.b1.post-ana1-1`.
    Connections,
    /// A call of another service: `bob.b1.send-message-jobs-1`.
    Service,
    /// The entries of a batch in a call of another service:
    /// `bob.b1.send-message-batch-jobs-1.entries`.
    Batch,
    /// A message in a queue, on its way to the pollers: `bob.b1>jobs1.seen`.
    Queue,
    /// A batch of messages on its way to a function: `bob.b1>jobs1.start`.
    Delivery,
    /// The removal of messages that a function has handled: `bob.b1>jobs1.removal`.
    Removal,
    /// An asynchronous event on its way to a function: `bob.b1>notify1.start`.
    Asynchronous,
    /// A function that another function waits for: `bob.b1>notify1.start`.
    Synchronous,
    /// The 410 that answers a call of `@connections`: `bob.b1.post-ana1-1.gone`.
    Gone,
    /// An open connection: `ana1`.
    Connection,
    /// A handshake that failed: `ana.d1`.
    Refusal,
    /// A client that vanishes: `ana.c1.vanishes`.
    Vanishing,
    /// A client that leaves during its handshake: `ana.c1.left`.
    Leaving,
}

impl Site {
    /// All sites, in order.
    pub const ALL: [Site; 21] = [
        Site::Handshake,
        Site::Message,
        Site::Invocation,
        Site::Disconnect,
        Site::Answer,
        Site::Write,
        Site::Read,
        Site::EventualRead,
        Site::Connections,
        Site::Service,
        Site::Batch,
        Site::Queue,
        Site::Delivery,
        Site::Removal,
        Site::Asynchronous,
        Site::Synchronous,
        Site::Gone,
        Site::Connection,
        Site::Refusal,
        Site::Vanishing,
        Site::Leaving,
    ];

    /// Returns the name of the site in a table.
    pub const fn name(self) -> &'static str {
        match self {
            Site::Handshake => "handshake",
            Site::Message => "message",
            Site::Invocation => "invocation",
            Site::Disconnect => "$disconnect",
            Site::Answer => "answer",
            Site::Write => "write",
            Site::Read => "read",
            Site::EventualRead => "eventual read",
            Site::Connections => "@connections",
            Site::Service => "service",
            Site::Batch => "batch of calls",
            Site::Queue => "queue",
            Site::Delivery => "delivery",
            Site::Removal => "removal",
            Site::Asynchronous => "asynchronous event",
            Site::Synchronous => "synchronous event",
            Site::Gone => "410",
            Site::Connection => "connection",
            Site::Refusal => "refusal",
            Site::Vanishing => "vanishing",
            Site::Leaving => "leaving",
        }
    }

    /// Returns the site of a request to a table.
    pub fn of_request(request: &Request) -> Site {
        if request.operation().writes() {
            Site::Write
        } else if request.is_consistent() {
            Site::Read
        } else {
            Site::EventualRead
        }
    }

    /// Returns the faults that can strike at this site.
    pub fn faults(self) -> impl Iterator<Item = Fault> {
        let here = catalogue::ALL.iter().filter(move |entry| entry.site == self);
        here.map(|entry| entry.fault)
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
