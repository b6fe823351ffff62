//! What a deviation is like, once a point of choice has been picked for one.

use std::time::Duration;

use crate::case::{Choice, Key, Menu};
use crate::faults::{Fault, Site};
use stormglass_spec::hash;

/// How late a leg can be: within a race, around a retry, past an attempt's timeout, and past the
/// gateway's 29 s.
pub(crate) const DELAYS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(200),
    Duration::from_millis(1_500),
    Duration::from_secs(6),
    Duration::from_secs(35),
];

/// How late a function can start and still have a little of the gateway's 29 s left (FACTS 3.1).
const NEARLY_TOO_LATE: Duration = Duration::from_secs(27);

/// How often a function that starts late starts nearly too late.
const NEARLY_PER_MILLE: u64 = 250;

/// The draws of a seed: each belongs to a key and a purpose, and to no other draw.
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

    /// 1 event half of the time, 2 or 3 a quarter of the time, and so on, up to 63.
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

    /// One of these faults, if there is any.
    pub(super) fn fault(self, key: &Key, among: &[Fault]) -> Option<Choice> {
        pick(self.draw(key, "which"), among).map(Choice::Fault)
    }
}

/// One of these, if there is any.
pub(super) fn pick<T: Copy>(draw: u64, from: &[T]) -> Option<T> {
    let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
    from.get(usize::try_from(hash::below(draw, count)).ok()?).copied()
}
