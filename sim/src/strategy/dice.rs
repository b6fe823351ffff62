//! Draws the deviation at a point of choice that a strategy has picked for one.

use std::time::Duration;

use crate::case::{Choice, Key, Menu};
use crate::faults::{Fault, Site};
use stormglass_spec::hash;

/// The delays that a leg can have: within a race, around a retry, past an attempt's timeout, and
/// past the gateway's 29 s.
pub(crate) const DELAYS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(200),
    Duration::from_millis(1_500),
    Duration::from_secs(6),
    Duration::from_secs(35),
];

/// The delay of a function that starts with little of the gateway's 29 s left (FACTS 3.1).
const NEARLY_TOO_LATE: Duration = Duration::from_secs(27);

/// The share of late function starts that come nearly too late, per mille.
const NEARLY_PER_MILLE: u64 = 250;

/// The draws of a seed: each depends only on the seed, a key and a purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice {
    seed: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice { seed }
    }

    pub(super) fn draw(self, key: &Key, purpose: &str) -> u64 {
        hash::keyed_for(self.seed, key.as_str(), purpose)
    }

    /// Draws an order: wait for 1 event with a chance of a half, for 2 or 3 with a chance of a
    /// quarter, and so on, up to 63.
    pub(super) fn order(self, key: &Key) -> Choice {
        let doublings = self.draw(key, "events").trailing_ones().min(5);
        let base = 1 << doublings;
        let extra = hash::below(self.draw(key, "more events"), base);
        Choice::After(u16::try_from(base + extra).unwrap_or(1))
    }

    pub(super) fn time(self, key: &Key, menu: &Menu) -> Option<Choice> {
        let is_start = matches!(menu.site, Some(Site::Invocation | Site::Disconnect));
        if is_start && hash::chance(self.draw(key, "nearly too late"), NEARLY_PER_MILLE) {
            return Some(Choice::Late(NEARLY_TOO_LATE));
        }
        pick(self.draw(key, "delay"), &DELAYS).map(Choice::Late)
    }

    /// Draws one of the faults in `among`, if there is any.
    pub(super) fn fault(self, key: &Key, among: &[Fault]) -> Option<Choice> {
        pick(self.draw(key, "which"), among).map(Choice::Fault)
    }
}

/// Picks one item of `from` by `draw`, if there is any.
pub(super) fn pick<T: Copy>(draw: u64, from: &[T]) -> Option<T> {
    let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
    from.get(usize::try_from(hash::below(draw, count)).ok()?).copied()
}
