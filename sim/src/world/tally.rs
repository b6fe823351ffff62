//! Counts the faults of one run.

use stormglass_spec::History;

use crate::case::{Key, Menu};
use crate::faults::catalogue::{ALL, place};
use crate::faults::{Count, Counts, Fault, Site, mattered};

/// Counts the faults of one run.
#[derive(Debug)]
pub(crate) struct Tally {
    counts: Counts,
    met: Vec<(Site, Fault, Key)>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { counts: [Count::default(); ALL.len()], met: Vec::new() }
    }
}

impl Tally {
    /// Counts the faults that a menu offers.
    pub(crate) fn offer(&mut self, menu: &Menu) {
        let Some(site) = menu.site else { return };
        for (entry, count) in ALL.iter().zip(&mut self.counts) {
            count.offered += u64::from(entry.site == site);
        }
    }

    /// Counts a fault that the strategy chose.
    pub(crate) fn meet(&mut self, site: Site, fault: Fault, key: &Key) {
        if let Some(place) = place(site, fault) {
            self.counts[place].met += 1;
            self.met.push((site, fault, key.clone()));
        }
    }

    /// Returns the counts for a run with this history.
    pub(crate) fn finish(mut self, history: &History) -> Counts {
        for (site, fault, key) in &self.met {
            if let Some(place) = place(*site, *fault) {
                let matters = mattered(history, *site, *fault, key.as_str());
                self.counts[place].mattered += u64::from(matters);
            }
        }
        self.counts
    }
}
