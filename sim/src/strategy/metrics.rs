//! Counts the deviations of each family that were offered and made.

use super::{Flow, Interest, State, Strategy};
use crate::case::{Choice, Key, Menu};
use crate::faults::{Family, Site};

/// The number of times that deviations of one family were offered and made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metric {
    /// The number of points of choice that offered a deviation of the family.
    pub offered: u64,
    /// The number of deviations of the family that were made.
    pub made: u64,
}

/// The metrics of all families of deviations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FamilyMetrics([Metric; Family::ALL.len()]);

impl FamilyMetrics {
    /// Adds the metrics of another run.
    pub fn add(&mut self, other: &FamilyMetrics) {
        for (sum, metric) in self.0.iter_mut().zip(&other.0) {
            sum.offered += metric.offered;
            sum.made += metric.made;
        }
    }

    /// Returns every family with its metric.
    pub fn iter(&self) -> impl Iterator<Item = (Family, Metric)> {
        Family::ALL.into_iter().zip(self.0)
    }
}

/// Decides as another strategy does, and counts deviations by family.
#[derive(Clone, Debug)]
pub struct Metrics<S> {
    inner: S,
    legs: u64,
    sites: [u64; Site::ALL.len()],
    made: [u64; Family::ALL.len()],
}

impl<S: Strategy> Metrics<S> {
    /// Wraps a strategy, with all counts at zero.
    pub fn new(inner: S) -> Metrics<S> {
        Metrics { inner, legs: 0, sites: [0; Site::ALL.len()], made: [0; Family::ALL.len()] }
    }

    /// Returns the counts so far, by family.
    pub fn families(&self) -> FamilyMetrics {
        FamilyMetrics(Family::ALL.map(|family| Metric {
            offered: self.offered(family),
            made: self.made[family as usize],
        }))
    }

    fn offered(&self, family: Family) -> u64 {
        if !family.is_fault() {
            return self.legs;
        }
        let sites = Site::ALL.into_iter().zip(self.sites);
        let of_family = sites.filter(|(site, _)| site.faults().any(|it| it.family() == family));
        of_family.map(|(_, times)| times).sum()
    }
}

impl<S: Strategy> Strategy for Metrics<S> {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        self.legs += u64::from(menu.legs);
        if let Some(site) = menu.site {
            self.sites[site as usize] += 1;
        }
        let choice = self.inner.choose(key, menu)?;
        self.made[choice.family() as usize] += 1;
        Some(choice)
    }

    fn interest(&self) -> Interest {
        self.inner.interest()
    }

    fn arrive(&mut self, state: State) -> Flow {
        self.inner.arrive(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Schedule;
    use crate::faults::Fault;
    use crate::strategy::Replay;

    #[test]
    fn a_point_offers_each_of_its_families_once_and_makes_one_of_them_at_most() {
        let write = Menu::leg_to(Site::Write);
        let chosen = [
            (Key::new("ana.c1.put-ana1-1"), Choice::Fault(Fault::Throttled)),
            (Key::new("ana.c1.down"), Choice::After(2)),
        ];
        let schedule = Schedule { deviations: chosen.into_iter().collect() };
        let mut metrics = Metrics::new(Replay::new(schedule));
        for (key, menu) in [
            ("ana.c1.put-ana1-1", write),
            ("ana.c1.put-ana1-2", write),
            ("ana.c1.down", Menu::LEG),
            ("ana.c1.vanishes", Menu::at(Site::Vanishing)),
        ] {
            metrics.choose(&Key::new(key), &menu);
        }
        let counted: Vec<(&str, u64, u64)> = metrics
            .families()
            .iter()
            .map(|(family, metric)| (family.name(), metric.offered, metric.made))
            .collect();
        let expected = [
            ("order", 3, 1),
            ("time", 3, 0),
            ("capacity", 2, 1),
            ("error", 2, 0),
            ("network", 3, 0),
            ("consistency", 0, 0),
            ("platform", 2, 0),
            ("gateway", 0, 0),
        ];
        assert_eq!(counted, expected);
    }

    #[test]
    fn families_and_sites_are_counted_in_the_order_they_are_listed() {
        for (place, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!(family as usize, place);
        }
        for (place, site) in Site::ALL.into_iter().enumerate() {
            assert_eq!(site as usize, place);
        }
    }
}
