//! The schedule of a case: a sparse list of deviations from a dull run.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::text::write_duration;
use crate::faults::{Family, Fault, Site};

/// The name of a point of choice, at which the world could go more than one way.
///
/// A key names the actor, the operation, and the ordinal of the operation for that actor:
/// `ana.c1.answer` is the answer of the `$connect` function to ana's first connection. A key never
/// holds a global counter, so it stays the same when other parts of the case are deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Makes the key with this text.
    pub fn new(text: impl Into<String>) -> Key {
        Key(text.into())
    }

    /// Returns the text of the key.
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

/// A deviation from the dull way at one point of choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Order: the event waits for this number of later events, but for at most two seconds.
    After(u16),
    /// Time: the leg takes this much longer.
    Late(Duration),
    /// Fault: a fault strikes here.
    Fault(Fault),
}

impl Choice {
    /// Returns the fault that strikes, if the choice is a fault.
    pub fn fault(self) -> Option<Fault> {
        match self {
            Choice::Fault(fault) => Some(fault),
            Choice::After(_) | Choice::Late(_) => None,
        }
    }

    /// Returns the family of the deviation.
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

/// The deviations that one point of choice offers, besides the dull way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Menu {
    /// True if order and time may deviate.
    pub legs: bool,
    /// The site whose faults can strike here, if there is one.
    pub site: Option<Site>,
}

impl Menu {
    /// The menu of a leg of a message's way: the leg can be late, or wait for other events.
    pub const LEG: Menu = Menu { legs: true, site: None };

    /// Makes the menu of a leg on which the faults of `site` can strike as well.
    pub const fn leg_to(site: Site) -> Menu {
        Menu { legs: true, site: Some(site) }
    }

    /// Makes the menu of a place where only the faults of `site` can strike.
    pub const fn at(site: Site) -> Menu {
        Menu { legs: false, site: Some(site) }
    }

    /// Returns the faults that can strike here.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.site.into_iter().flat_map(Site::faults)
    }

    /// Returns true if a deviation is on the menu.
    pub fn offers(&self, choice: Choice) -> bool {
        match choice {
            Choice::After(_) | Choice::Late(_) => self.legs,
            Choice::Fault(fault) => self.faults().any(|known| known == fault),
        }
    }
}

/// A sparse list of deviations. At every other point of choice the world goes the dull way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The deviations, by point of choice.
    pub deviations: BTreeMap<Key, Choice>,
}
