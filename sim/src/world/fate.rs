//! The answer of a strategy at one point of choice.

use std::time::Duration;

use crate::case::{Choice, Key};
use crate::faults::Fault;

/// The way that the world goes at one point of choice: both halves must be carried out.
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// The leg of a way: the sender departs with it.
    pub(super) leg: Leg,
    /// The fault, if any.
    pub(super) fault: Option<Fault>,
}

/// The deviation of one leg of a way in order and in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leg {
    /// The number of other events that it waits for once its time has come.
    pub(super) hold: u16,
    /// The time that it takes on top of its latency.
    pub(super) delay: Duration,
    /// The deviation, where the first event of the arrival shows it.
    pub(super) shown_on_arrival: Option<Key>,
}

impl Fate {
    /// Translates a choice into a fate.
    pub(super) fn new(choice: Choice) -> Fate {
        let (leg, fault) = match choice {
            Choice::After(hold) => (Leg { hold, ..Leg::default() }, None),
            Choice::Late(delay) => (Leg { delay, ..Leg::default() }, None),
            Choice::Fault(fault) => (Leg::default(), Some(fault)),
        };
        Fate { leg, fault }
    }

    /// The fault at a place where nothing is sent.
    ///
    /// # Panics
    ///
    /// If order or time deviates: the menu of such a place does not offer it.
    pub(super) fn into_fault(self) -> Option<Fault> {
        let Fate { leg, fault } = self;
        assert_eq!(leg, Leg::default(), "nothing is sent that could be late");
        fault
    }

    /// The leg of a way that offers no faults.
    ///
    /// # Panics
    ///
    /// If the fate has a fault: the menu of such a way does not offer any.
    pub(super) fn into_leg(self) -> Leg {
        let Fate { leg, fault } = self;
        assert_eq!(fault, None, "nothing can go wrong on this way");
        leg
    }
}
