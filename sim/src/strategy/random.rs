//! Deviates at random. Each seed draws its own set of faults and its own rates (swarm testing).
//!
//! In swarm testing (Groce et al., ISSTA 2012) a seed first draws the kinds of deviation that it
//! uses, and the rates at which they strike. If everything goes wrong at once, one failure hides
//! the effect of another.

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
    /// The set of all families.
    pub const ALL: Families = Families { allowed: [true; Family::ALL.len()] };

    /// Makes a set of some families.
    pub fn of(families: &[Family]) -> Families {
        Families { allowed: Family::ALL.map(|family| families.contains(&family)) }
    }

    /// Returns true if a family is in the set.
    pub fn contains(self, family: Family) -> bool {
        Family::ALL.into_iter().zip(self.allowed).any(|(known, allowed)| known == family && allowed)
    }
}

/// The share of seeds that have an incident, per mille.
const INCIDENTS_PER_MILLE: u64 = 100;

/// The rate of faults in an incident, per mille.
///
/// It is high enough for every attempt of a call to fail, as in an outage of minutes. Independent
/// faults at a low rate hardly ever do that.
const INCIDENT_PER_MILLE: u64 = 500;

/// The rate of faults and delays in a steady strategy, per mille.
const STEADY_PER_MILLE: u64 = 50;

/// Deviates at random, with the faults and the rates that its seed draws.
#[derive(Clone, Debug)]
pub struct Random {
    dice: Dice,
    order_per_mille: u64,
    time_per_mille: u64,
    fault_per_mille: u64,
    faults: BTreeSet<Fault>,
}

impl Random {
    /// Draws the faults and the rates of a seed, within the allowed families.
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

    /// Makes a strategy with every fault of the allowed families, at a constant rate.
    ///
    /// A fault strikes at one in 20 of the places where it could, and one in 20 of the legs is
    /// late. The order of events never deviates. This suits a user who runs one seed only, and
    /// wants to see many kinds of fault.
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
