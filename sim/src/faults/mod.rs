//! Everything that can go wrong in a run, apart from order and time.
//!
//! - [`catalogue`]: every fault with the place where it strikes, the row of the project's collected
//!   facts about AWS that makes it legal, and how rare it is.
//! - [`failures`]: how services fail.
//! - [`mattered`]: whether a fault that was met changed anything.

pub mod catalogue;
mod counts;
pub mod failures;
mod mattered;

use std::fmt;

use stormglass_dynamodb::Request;

pub use counts::{Count, Counts};
pub use mattered::mattered;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A service refuses for lack of capacity, with the error type that says so.
    Throttled,
    /// A 429 without an error type, which the SDK does not retry.
    ThrottledBare,
    /// A service fails before anything was done.
    Error,
    /// A service fails although the request was carried out.
    ErrorAfter,
    /// The transport fails before the request arrives.
    RequestLost,
    /// The request is carried out, but the transport fails before the answer arrives.
    ReplyLost,
    /// The request never arrives, and no answer ever comes.
    Hang,
    /// The request is carried out, and no answer ever comes.
    HangAfter,
    /// The system of a client that vanished resets the connection, so that the gateway knows.
    Reset,
    /// The gateway does not notice that a client left.
    Unnoticed,
    /// An eventually consistent read sees an older state.
    Stale,
    /// The process of a function dies.
    Crash,
    /// A function is invoked twice for one event.
    Duplicate,
    /// The platform starts a new sandbox although another is idle.
    Cold,
    /// The gateway never delivers the `$disconnect` event.
    Dropped,
    /// The gateway delivers a `$disconnect` event for a handshake that failed.
    Fires,
    /// The gateway closes a connection for maintenance.
    Maintenance,
    /// A 410 comes without its error type.
    Bare,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 18] = [
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
    ];

    /// Its name in a case's text.
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
        }
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// The family that it is switched on and off with.
    pub const fn family(self) -> Family {
        match self {
            Fault::Throttled | Fault::ThrottledBare => Family::Capacity,
            Fault::Error | Fault::ErrorAfter => Family::Error,
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

    /// Whether a request is carried out all the same.
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
    /// Events wait for others.
    Order,
    /// Legs are late.
    Time,
    /// Services lack capacity.
    Capacity,
    /// Services fail.
    Error,
    /// Requests, answers and connections get lost.
    Network,
    /// Reads are behind.
    Consistency,
    /// Functions die, start anew, or run twice.
    Platform,
    /// The gateway drops events, or closes connections.
    Gateway,
}

impl Family {
    /// Every family.
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

    /// Its name on the command line.
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

    /// Whether something goes wrong, and not only later or in another order.
    pub const fn is_fault(self) -> bool {
        !matches!(self, Family::Order | Family::Time)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a fault strikes.
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
    /// What a function gave back, on its way to the gateway: `ana.c1.answer`.
    Answer,
    /// A write to the table: `ana.c1.put-ana1-1`.
    Write,
    /// A strongly consistent read of the table: `bob.b1.scan-1`.
    Read,
    /// An eventually consistent read of the table.
    EventualRead,
    /// A call of `@connections`: `bob.b1.post-ana1-1`.
    Connections,
    /// The 410 of such a call: `bob.b1.post-ana1-1.gone`.
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
    /// Every place.
    pub const ALL: [Site; 14] = [
        Site::Handshake,
        Site::Message,
        Site::Invocation,
        Site::Disconnect,
        Site::Answer,
        Site::Write,
        Site::Read,
        Site::EventualRead,
        Site::Connections,
        Site::Gone,
        Site::Connection,
        Site::Refusal,
        Site::Vanishing,
        Site::Leaving,
    ];

    /// Its name in a table.
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
            Site::Gone => "410",
            Site::Connection => "connection",
            Site::Refusal => "refusal",
            Site::Vanishing => "vanishing",
            Site::Leaving => "leaving",
        }
    }

    /// Where a request to a table is carried out.
    pub fn of_request(request: &Request) -> Site {
        if request.operation().writes() {
            Site::Write
        } else if request.is_consistent() {
            Site::Read
        } else {
            Site::EventualRead
        }
    }

    /// What can go wrong here.
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
