//! What fate does: a sparse list of deviations from a dull run.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::text::write_duration;

/// A point at which the world could go more than one way.
///
/// It names the actor, the operation and its ordinal for that actor: `ana.c1.answer` is the answer
/// of the `$connect` function to ana's first connection. It never holds a global counter, so that
/// deleting something else leaves it as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The key with this text.
    pub fn new(text: impl Into<String>) -> Key {
        Key(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the world deviates from the dull way at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Order: this event waits for the next so many, though not for longer than two seconds.
    After(u16),
    /// Time: this leg takes longer by so much.
    Late(Duration),
    /// Something goes wrong.
    Fault(Fault),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::After(events) => write!(f, "after{events}"),
            Choice::Late(delay) => {
                f.write_str("late")?;
                write_duration(f, *delay)
            }
            Choice::Fault(fault) => f.write_str(fault.name()),
        }
    }
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The service refuses for lack of capacity: DynamoDB's `ThrottlingException` or a 429 with
    /// `LimitExceededException` (FACTS 6.2, 3.5).
    Throttled,
    /// A 429 without an error type, which the SDK does not retry (FACTS 3.6).
    ThrottledBare,
    /// A 500 before anything was done (FACTS 6.13).
    Error,
    /// A 500 although the request was carried out (FACTS 6.13).
    ErrorAfter,
    /// The transport fails before the request arrives.
    RequestLost,
    /// The request is carried out, but the transport fails before the answer arrives.
    ReplyLost,
    /// The request never arrives, and no answer ever comes (FACTS 3.6).
    Hang,
    /// The request is carried out, and no answer ever comes (FACTS 3.6).
    HangAfter,
    /// An eventually consistent read sees an older state (FACTS 6.4).
    Stale,
    /// The gateway never delivers the `$disconnect` event (FACTS 1.11).
    Dropped,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 10] = [
        Fault::Throttled,
        Fault::ThrottledBare,
        Fault::Error,
        Fault::ErrorAfter,
        Fault::RequestLost,
        Fault::ReplyLost,
        Fault::Hang,
        Fault::HangAfter,
        Fault::Stale,
        Fault::Dropped,
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
            Fault::Stale => "stale",
            Fault::Dropped => "dropped",
        }
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Whether the request is carried out all the same.
    pub fn lets_request_through(self) -> bool {
        !matches!(
            self,
            Fault::Throttled
                | Fault::ThrottledBare
                | Fault::Error
                | Fault::RequestLost
                | Fault::Hang
                | Fault::Dropped
        )
    }
}

/// The ways in which the world can deviate at one point. The dull way is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Menu {
    /// Whether order and time may deviate.
    pub legs: bool,
    /// What can go wrong.
    pub faults: &'static [Fault],
}

impl Menu {
    /// A leg of a message's way: it can be late, or wait for others.
    pub const LEG: Menu = Menu { legs: true, faults: &[] };

    /// Whether a deviation is one of these.
    pub fn offers(&self, choice: Choice) -> bool {
        match choice {
            Choice::After(_) | Choice::Late(_) => self.legs,
            Choice::Fault(fault) => self.faults.contains(&fault),
        }
    }
}

/// A sparse list of deviations; at every other point the world goes the dull way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The deviations.
    pub deviations: BTreeMap<Key, Choice>,
}
