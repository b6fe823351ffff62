//! One thread of an exploration.

use stormglass_spec::Property;

use super::Exploration;
use super::coverage::Sightings;
use super::latency::broadcasts;
use super::reach::Reach;
use super::slowest::now;
use super::summary::{Find, Outcome};
use crate::app::App;
use crate::outcome::{HarnessError, Run};
use crate::search::determinism;

/// One thread of an exploration. It runs seeds in ascending order.
pub(super) struct Worker<'a> {
    exploration: &'a Exploration<'a>,
    app: &'a dyn App,
    properties: &'a [Property],
    sightings: Sightings,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        exploration: &'a Exploration<'a>,
        app: &'a dyn App,
        properties: &'a [Property],
    ) -> Worker<'a> {
        Worker { exploration, app, properties, sightings: Sightings::default() }
    }

    /// Runs a seed, and some seeds twice.
    pub(super) fn run(&mut self, seed: u64) -> Result<Outcome, HarnessError> {
        let Exploration { search, families, .. } = *self.exploration;
        let started = now();
        let (run, metrics) = search.measure(self.app, seed, families, self.properties)?;
        let wall = started.elapsed();
        let is_repeated = determinism::repeat_some(self.app, seed, &run, self.properties)?;
        Ok(Outcome {
            is_repeated,
            families: metrics,
            faults: run.faults,
            reach: Reach::of(&run.history),
            new_pairs: self.sightings.new_in(&run.history),
            calls: run.calls,
            events: count(run.history.events.len()),
            broadcasts: broadcasts(&run.history),
            wall,
            deviations: count(run.case.schedule.deviations.len()),
            virtual_us: run.elapsed.micros(),
            verdicts: run.verdicts.clone(),
            met: run.met.clone(),
            witnesses: run.witnesses.clone(),
            find: find(seed, run),
        })
    }
}

fn find(seed: u64, run: Run) -> Option<Box<Find>> {
    let violation = run.violation.clone()?;
    Some(Box::new(Find { seed, run, violation }))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
