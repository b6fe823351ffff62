//! Deviates at a few points of choice of a run, and nowhere else.
//!
//! Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010) draws a few steps of a run,
//! and changes priorities there. Most bugs need few such steps, and the chance to find a bug that
//! needs `d` of them is known beforehand. The simulator has no priorities, and a run is dull except
//! for its deviations. So this strategy draws points of choice, and deviates there by an order, a
//! delay or a fault. All sets of the same number of points of a dull run are equally likely.
//!
//! The original counts steps. Here each point has a rank, which is a hash of the seed and the
//! point's key, and the strategy draws the lowest ranks. If a client's step is left out of the
//! plan, the other points keep their ranks and their deviations. But for each drawn point that goes
//! with the step, the point that is next in rank is drawn instead.

use super::dice::{Dice, pick};
use super::{Families, Point, Strategy};
use crate::case::{Choice, Key, Menu};
use crate::faults::{Family, Fault};

/// Deviates at a few points of choice, drawn from all points of a dull run.
///
/// A point that exists only because of a deviation (a second attempt, for example) is drawn if its
/// rank is as low as the ranks of the drawn points. It then takes the place of the last of them.
#[derive(Clone, Copy, Debug)]
pub struct Pct {
    dice: Dice,
    families: Families,
    /// The highest rank that is drawn.
    rank_max: u64,
    /// The number of deviations that are left to make.
    left: u32,
}

impl Pct {
    /// Draws at most `depth` of the points at which one of `families` can deviate.
    ///
    /// `dull` holds all points that a dull run of the same plan came to.
    pub fn new(seed: u64, depth: u32, families: Families, dull: &[Point]) -> Pct {
        let dice = Dice::new(seed);
        let open = dull.iter().filter(|point| !ways(families, &point.menu).is_empty());
        let mut ranks: Vec<u64> = open.map(|point| rank(dice, &point.key)).collect();
        ranks.sort_unstable();
        let last = usize::try_from(depth).unwrap_or(usize::MAX).saturating_sub(1);
        // If there are fewer points than that, the strategy draws all of them.
        let rank_max = ranks.get(last).copied().unwrap_or(u64::MAX);
        Pct { dice, families, rank_max, left: depth }
    }

    fn deviate(&self, key: &Key, menu: &Menu) -> Option<Choice> {
        match pick(self.dice.draw(key, "way"), &ways(self.families, menu))? {
            DeviationKind::Order => Some(self.dice.order(key)),
            DeviationKind::Time => self.dice.time(key, menu),
            DeviationKind::Fault => self.dice.fault(key, &faults(self.families, menu)),
        }
    }
}

impl Strategy for Pct {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        if self.left == 0 || rank(self.dice, key) > self.rank_max {
            return None;
        }
        let choice = self.deviate(key, menu)?;
        self.left -= 1;
        Some(choice)
    }
}

#[derive(Clone, Copy, Debug)]
enum DeviationKind {
    Order,
    Time,
    Fault,
}

fn rank(dice: Dice, key: &Key) -> u64 {
    dice.draw(key, "rank")
}

/// Returns the ways in which `families` can deviate at a point.
fn ways(families: Families, menu: &Menu) -> Vec<DeviationKind> {
    let mut ways = Vec::new();
    if menu.legs && families.contains(Family::Order) {
        ways.push(DeviationKind::Order);
    }
    if menu.legs && families.contains(Family::Time) {
        ways.push(DeviationKind::Time);
    }
    if !faults(families, menu).is_empty() {
        ways.push(DeviationKind::Fault);
    }
    ways
}

fn faults(families: Families, menu: &Menu) -> Vec<Fault> {
    menu.faults().filter(|fault| families.contains(fault.family())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::strategy::{Recording, Replay};

    fn keys(client: &str, count: usize) -> Vec<Key> {
        (1..=count).map(|ordinal| Key::new(format!("{client}.b{ordinal}.up"))).collect()
    }

    fn dull(keys: &[Key]) -> Vec<Point> {
        let mut dull = Recording::new(Replay::dull());
        assert!(keys.iter().all(|key| dull.choose(key, &Menu::LEG).is_none()));
        dull.into_points()
    }

    /// Returns the deviations drawn in a run that comes to the points `keys`, dull or not.
    fn drawn(seed: u64, depth: u32, keys: &[Key]) -> BTreeMap<Key, Choice> {
        let mut pct = Pct::new(seed, depth, Families::ALL, &dull(keys));
        let choices = keys.iter().map(|key| (key.clone(), pct.choose(key, &Menu::LEG)));
        choices.filter_map(|(key, choice)| Some((key, choice?))).collect()
    }

    #[test]
    fn exactly_so_many_points_are_drawn_if_there_are_so_many() {
        for seed in 0..200 {
            for depth in 0..5 {
                for count in [0, 1, 3, 50] {
                    let found = drawn(seed, depth, &keys("ana", count)).len();
                    assert_eq!(found, count.min(usize::try_from(depth).expect("a small number")));
                }
            }
        }
    }

    #[test]
    fn every_point_is_drawn_about_as_often_as_any_other() {
        let keys = keys("ana", 20);
        let mut times: BTreeMap<Key, u32> = BTreeMap::new();
        for seed in 0..10_000 {
            for key in drawn(seed, 2, &keys).into_keys() {
                *times.entry(key).or_default() += 1;
            }
        }
        assert_eq!(times.len(), keys.len());
        assert!(times.values().all(|times| (850..1_150).contains(times)), "{times:?}");
    }

    #[test]
    fn what_is_left_out_takes_its_own_deviations_away_and_lets_others_move_up() {
        let ana = keys("ana", 20);
        let both = [&ana[..], &keys("bob", 20)].concat();
        let mut moved_up = 0;
        for seed in 0..200 {
            let (with, without) = (drawn(seed, 3, &both), drawn(seed, 3, &ana));
            let mut stayed = with.clone();
            stayed.retain(|key, _| ana.contains(key));
            assert!(stayed.iter().all(|(key, choice)| without.get(key) == Some(choice)), "{seed}");
            if stayed.len() == 3 {
                assert_eq!(without, with, "nothing that was drawn had gone");
            }
            moved_up += without.len() - stayed.len();
        }
        assert!(moved_up > 0);
    }

    #[test]
    fn a_point_that_comes_up_late_can_take_the_place_of_the_last() {
        let dull = dull(&keys("ana", 20));
        let taken = (0..200).filter(|seed| {
            let mut pct = Pct::new(*seed, 1, Families::ALL, &dull);
            pct.choose(&Key::new("ana.b1.post-ana1-2"), &Menu::LEG).is_some()
        });
        let taken = taken.count();
        assert!((2..25).contains(&taken), "{taken} of 200 for a chance of about 1 in 21");
    }
}
