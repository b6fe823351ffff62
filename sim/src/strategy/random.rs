//! Deviates at random, each seed with a temper of its own.
//!
//! Swarm testing (Groce et al., ISSTA 2012): a seed first draws which deviations it knows at all
//! and how often it deviates. Worlds in which everything goes wrong at once hide what one fault
//! alone would show.

use std::collections::BTreeSet;

use super::Strategy;
use super::dice::Dice;
use crate::case::{Choice, Key, Menu};
use crate::faults::{Family, Fault};
use stormglass_spec::hash::{self, Draws};

/// The families of deviations that a search may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Families {
    allowed: [bool; Family::ALL.len()],
}

impl Families {
    /// All of them.
    pub const ALL: Families = Families { allowed: [true; Family::ALL.len()] };

    /// These.
    pub fn of(families: &[Family]) -> Families {
        Families { allowed: Family::ALL.map(|family| families.contains(&family)) }
    }

    /// Whether this one is among them.
    pub fn contains(self, family: Family) -> bool {
        Family::ALL.into_iter().zip(self.allowed).any(|(known, allowed)| known == family && allowed)
    }
}

/// How often a seed has an incident.
const INCIDENTS_PER_MILLE: u64 = 100;

/// How often something fails in an incident: often enough for every attempt of a call to fail, as
/// they do when something is broken for minutes. Faults that are independent hardly ever do that.
const INCIDENT_PER_MILLE: u64 = 500;

/// How often something goes wrong where it does so steadily.
const STEADY_PER_MILLE: u64 = 50;

/// Deviates at random.
#[derive(Clone, Debug)]
pub struct Random {
    dice: Dice,
    order_per_mille: u64,
    time_per_mille: u64,
    fault_per_mille: u64,
    faults: BTreeSet<Fault>,
}

impl Random {
    /// The temper of this seed, within the families allowed.
    pub fn new(seed: u64, families: Families) -> Random {
        let mut draws = Draws::new(seed, "swarm");
        let mut rate = |allowed: bool| {
            let rate = [0, 20, 60, 150][usize::try_from(draws.below(4)).unwrap_or(0)];
            if allowed { rate } else { 0 }
        };
        let order_per_mille = rate(families.contains(Family::Order));
        let time_per_mille = rate(families.contains(Family::Time));
        let mut fault_per_mille = rate(true);
        let known = Family::ALL.map(|family| draws.chance(600) && families.contains(family));
        let is_known = |fault: Fault| {
            Family::ALL.into_iter().zip(known).any(|(family, on)| on && family == fault.family())
        };
        let faults = Fault::ALL.into_iter().filter(|fault| draws.chance(600) && is_known(*fault));
        let faults = faults.collect();
        if Draws::new(seed, "incident").chance(INCIDENTS_PER_MILLE) {
            fault_per_mille = INCIDENT_PER_MILLE;
        }
        let dice = Dice::new(seed);
        Random { dice, order_per_mille, time_per_mille, fault_per_mille, faults }
    }

    /// Knows every fault of the families allowed, and has one of them strike at one in 20 of the
    /// places where it could, or something come late. Nothing changes places.
    ///
    /// For somebody who runs one seed only, and wants to see what there is.
    pub fn steady(seed: u64, families: Families) -> Random {
        let rate = |allowed: bool| if allowed { STEADY_PER_MILLE } else { 0 };
        let faults = Fault::ALL.into_iter().filter(|fault| families.contains(fault.family()));
        Random {
            dice: Dice::new(seed),
            order_per_mille: 0,
            time_per_mille: rate(families.contains(Family::Time)),
            fault_per_mille: rate(true),
            faults: faults.collect(),
        }
    }

    fn fault(&self, key: &Key, menu: &Menu) -> Option<Choice> {
        menu.site?;
        if !hash::chance(self.dice.draw(key, "fault"), self.fault_per_mille) {
            return None;
        }
        let known: Vec<Fault> = menu.faults().filter(|fault| self.faults.contains(fault)).collect();
        self.dice.fault(key, &known)
    }

    fn leg(&self, key: &Key, menu: &Menu) -> Option<Choice> {
        if hash::chance(self.dice.draw(key, "order"), self.order_per_mille) {
            return Some(self.dice.order(key));
        }
        if hash::chance(self.dice.draw(key, "time"), self.time_per_mille) {
            return self.dice.time(key, menu);
        }
        None
    }
}

impl Strategy for Random {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        self.fault(key, menu).or_else(|| if menu.legs { self.leg(key, menu) } else { None })
    }
}
