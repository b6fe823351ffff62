//! Deviates at random, each seed with a temper of its own.
//!
//! Swarm testing (Groce et al., ISSTA 2012): a seed first draws which deviations it knows at all
//! and how often it deviates. Worlds in which everything goes wrong at once hide what one fault
//! alone would show.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Strategy;
use crate::case::{Choice, Key, Menu};
use crate::faults::{Family, Fault};
use crate::hash::{self, Draws};

/// How late a leg can be: within a race, around a retry, past an attempt's timeout, and past the
/// gateway's 29 s.
pub(crate) const DELAYS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(200),
    Duration::from_millis(1_500),
    Duration::from_secs(6),
    Duration::from_secs(35),
];

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

/// Deviates at random.
#[derive(Clone, Debug)]
pub struct Random {
    seed: u64,
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
        let fault_per_mille = rate(true);
        let known = Family::ALL.map(|family| draws.chance(600) && families.contains(family));
        let is_known = |fault: Fault| {
            Family::ALL.into_iter().zip(known).any(|(family, on)| on && family == fault.family())
        };
        let faults = Fault::ALL.into_iter().filter(|fault| draws.chance(600) && is_known(*fault));
        let faults = faults.collect();
        Random { seed, order_per_mille, time_per_mille, fault_per_mille, faults }
    }

    fn draw(&self, key: &Key, purpose: &str) -> u64 {
        hash::keyed_for(self.seed, key.as_str(), purpose)
    }

    fn fault(&self, key: &Key, menu: &Menu) -> Option<Choice> {
        menu.site?;
        if !hash::chance(self.draw(key, "fault"), self.fault_per_mille) {
            return None;
        }
        let known: Vec<Fault> = menu.faults().filter(|fault| self.faults.contains(fault)).collect();
        pick(self.draw(key, "which"), &known).map(Choice::Fault)
    }

    fn leg(&self, key: &Key) -> Option<Choice> {
        if hash::chance(self.draw(key, "order"), self.order_per_mille) {
            return Some(Choice::After(self.events_to_wait(key)));
        }
        if hash::chance(self.draw(key, "time"), self.time_per_mille) {
            return pick(self.draw(key, "delay"), &DELAYS).map(Choice::Late);
        }
        None
    }

    /// 1 event half of the time, 2 or 3 a quarter of the time, and so on, up to 63.
    fn events_to_wait(&self, key: &Key) -> u16 {
        let doublings = self.draw(key, "events").trailing_ones().min(5);
        let base = 1 << doublings;
        let extra = hash::below(self.draw(key, "more events"), base);
        u16::try_from(base + extra).unwrap_or(1)
    }
}

fn pick<T: Copy>(draw: u64, from: &[T]) -> Option<T> {
    let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
    from.get(usize::try_from(hash::below(draw, count)).ok()?).copied()
}

impl Strategy for Random {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        self.fault(key, menu).or_else(|| if menu.legs { self.leg(key) } else { None })
    }
}
