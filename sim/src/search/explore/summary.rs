//! The result of an exploration.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use stormglass_spec::{Need, Violation};

use super::coverage::Coverage;
use super::distribution::Distribution;
use super::latency::{Broadcast, Latencies};
use super::reach::Reach;
use super::slowest::{Slow, Slowest};
use crate::faults::catalogue::{self, Entry};
use crate::faults::{Count, Counts};
use crate::outcome::Run;
use crate::search::causes::{Cause, causes};
use crate::strategy::FamilyMetrics;

/// The result of an exploration.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The number of seeds that were run.
    pub seeds: u64,
    /// The number of seeds that were run twice, with equal traces: every one that violated a
    /// property, and one in twenty of the others.
    pub repeated: u64,
    /// The number of times that each property was put to the test.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// The needs that some history met. A promise with another need does not apply.
    pub met: BTreeSet<Need>,
    /// The number of times that each witness was seen.
    pub witnesses: BTreeMap<&'static str, u64>,
    /// The counts of deviations offered and made, by family.
    pub families: FamilyMetrics,
    /// The counts of faults offered, met, and mattered, in the order of the catalogue.
    pub faults: FaultCounts,
    /// The parts of the application that were reached.
    pub reach: Reach,
    /// The pairs of events that were met.
    pub coverage: Coverage,
    /// The number of requests that the handlers' SDK clients sent.
    pub calls: u64,
    /// The number of events in all histories.
    pub events: u64,
    /// The distribution of the number of events in a history.
    pub events_per_run: Distribution,
    /// The latencies of broadcasts.
    pub latencies: Latencies,
    /// The seeds that took the longest.
    pub slowest: Slowest,
    /// The number of deviations that were met.
    pub deviations: u64,
    /// The virtual time that passed, in microseconds.
    pub virtual_us: u128,
    /// The violations, in the order of their seeds.
    pub finds: Vec<Find>,
}

/// The counts of all faults over many runs.
#[derive(Clone, Copy, Debug)]
pub struct FaultCounts(pub Counts);

impl Default for FaultCounts {
    fn default() -> FaultCounts {
        FaultCounts([Count::default(); catalogue::ALL.len()])
    }
}

impl FaultCounts {
    /// Returns every fault with its count.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Entry, Count)> {
        catalogue::ALL.iter().zip(self.0)
    }

    fn add(&mut self, counts: &Counts) {
        for (sum, count) in self.0.iter_mut().zip(counts) {
            sum.offered += count.offered;
            sum.met += count.met;
            sum.mattered += count.mattered;
        }
    }
}

/// A run that violates a property.
#[derive(Clone, Debug)]
pub struct Find {
    /// The seed.
    pub seed: u64,
    /// The run, with the case that replays it.
    pub run: Run,
    /// The violation that ended the run.
    pub violation: Violation,
}

/// The part of a run that a summary takes.
///
/// The run itself, with all of its history, stays in its thread unless it violates a property.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) is_repeated: bool,
    pub(super) verdicts: Vec<(&'static str, u64)>,
    pub(super) met: BTreeSet<Need>,
    pub(super) witnesses: Vec<(&'static str, u64)>,
    pub(super) families: FamilyMetrics,
    pub(super) faults: Counts,
    pub(super) reach: Reach,
    pub(super) new_pairs: Vec<u64>,
    pub(super) calls: u64,
    pub(super) events: u64,
    pub(super) broadcasts: Vec<Broadcast>,
    pub(super) wall: Duration,
    pub(super) deviations: u64,
    pub(super) virtual_us: u64,
    pub(super) find: Option<Box<Find>>,
}

impl Summary {
    /// Returns the causes of the violations, in the order of the first seed of each.
    pub fn causes(&self) -> Vec<Cause<'_, Find>> {
        causes(&self.finds, |find| (&find.run, &find.violation))
    }

    /// Adds the result of a seed. Returns true if it violates a property.
    pub(super) fn add(&mut self, seed: u64, outcome: Outcome) -> bool {
        self.seeds += 1;
        self.repeated += u64::from(outcome.is_repeated);
        for (id, times) in outcome.verdicts {
            *self.verdicts.entry(id).or_default() += times;
        }
        self.met.extend(outcome.met);
        for (id, times) in outcome.witnesses {
            *self.witnesses.entry(id).or_default() += times;
        }
        self.families.add(&outcome.families);
        self.faults.add(&outcome.faults);
        self.reach.add(outcome.reach);
        self.coverage.add(seed, &outcome.new_pairs);
        self.calls += outcome.calls;
        self.events += outcome.events;
        self.events_per_run.add(outcome.events);
        outcome.broadcasts.into_iter().for_each(|broadcast| self.latencies.add(broadcast));
        self.slowest.add(Slow { seed, wall: outcome.wall, events: outcome.events });
        self.deviations += outcome.deviations;
        self.virtual_us += u128::from(outcome.virtual_us);
        let found = outcome.find.is_some();
        self.finds.extend(outcome.find.map(|find| *find));
        found
    }
}
