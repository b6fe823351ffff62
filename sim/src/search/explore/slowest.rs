//! The seeds that took the most wall time.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

/// The number of seeds that are kept.
const KEPT: usize = 5;

/// The seeds that took the most wall time, the slowest first.
///
/// This is for people who want to know where the time goes. It differs from one exploration to the
/// next, and nothing else does.
#[derive(Clone, Debug, Default)]
pub struct Slowest(Vec<Slow>);

/// A seed with its wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    /// The seed.
    pub seed: u64,
    /// The wall time of its run.
    pub wall: Duration,
    /// The number of events in its history.
    pub events: u64,
}

impl Slowest {
    /// Returns the seeds, the slowest first.
    pub fn iter(&self) -> impl Iterator<Item = &Slow> {
        self.0.iter()
    }

    /// Adds a seed if it was slow enough.
    pub(super) fn add(&mut self, slow: Slow) {
        let order = |slow: &Slow| Reverse(slow.wall);
        let place = self.0.partition_point(|known| order(known) <= order(&slow));
        if place < KEPT {
            self.0.insert(place, slow);
            self.0.truncate(KEPT);
        }
    }
}

/// Returns the wall time.
#[expect(clippy::disallowed_methods, reason = "how long a seed took is told to people only")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_slowest_seeds_are_kept_and_the_earlier_of_two_equals_comes_first() {
        let mut slowest = Slowest::default();
        for (seed, wall_ms) in [3, 9, 1, 7, 9, 2, 8, 8].into_iter().enumerate() {
            let seed = u64::try_from(seed).expect("a small number");
            slowest.add(Slow { seed, wall: Duration::from_millis(wall_ms), events: 10 * seed });
        }
        let kept: Vec<(u64, u64)> = slowest.iter().map(|slow| (slow.seed, slow.events)).collect();
        assert_eq!(kept, [(1, 10), (4, 40), (6, 60), (7, 70), (3, 30)]);
    }
}
