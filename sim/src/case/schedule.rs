//! What fate does: a sparse list of deviations from a dull run.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::text::write_duration;
use crate::faults::{Family, Fault, Site};

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

impl Choice {
    /// What goes wrong, if anything does.
    pub fn fault(self) -> Option<Fault> {
        match self {
            Choice::Fault(fault) => Some(fault),
            Choice::After(_) | Choice::Late(_) => None,
        }
    }

    /// The family that it belongs to.
    pub fn family(self) -> Family {
        match self {
            Choice::After(_) => Family::Order,
            Choice::Late(_) => Family::Time,
            Choice::Fault(fault) => fault.family(),
        }
    }
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

/// The ways in which the world can deviate at one point. The dull way is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Menu {
    /// Whether order and time may deviate.
    pub legs: bool,
    /// What can go wrong: all that can go wrong at such a place.
    pub site: Option<Site>,
}

impl Menu {
    /// A leg of a message's way: it can be late, or wait for others.
    pub const LEG: Menu = Menu { legs: true, site: None };

    /// A leg on which something can go wrong as well.
    pub const fn leg_to(site: Site) -> Menu {
        Menu { legs: true, site: Some(site) }
    }

    /// A place where something can go wrong.
    pub const fn at(site: Site) -> Menu {
        Menu { legs: false, site: Some(site) }
    }

    /// What can go wrong.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.site.into_iter().flat_map(Site::faults)
    }

    /// Whether a deviation is one of these.
    pub fn offers(&self, choice: Choice) -> bool {
        match choice {
            Choice::After(_) | Choice::Late(_) => self.legs,
            Choice::Fault(fault) => self.faults().any(|known| known == fault),
        }
    }
}

/// A sparse list of deviations; at every other point the world goes the dull way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The deviations.
    pub deviations: BTreeMap<Key, Choice>,
}
