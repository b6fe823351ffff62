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
use stormglass_spec::hash;

/// The number of seeds in a thousand that are run twice although they violate nothing.
const REPEATED_PER_MILLE: u64 = 50;

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
        let is_repeated = run.violation.is_some() || is_drawn(seed);
        if is_repeated {
            let what = match &run.violation {
                Some(violation) => format!("seed {seed}, which breaks {},", violation.property),
                None => format!("seed {seed}"),
            };
            determinism::repeat(self.app, &run, self.properties, &what)?;
        }
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

/// Returns true if a seed is drawn to be run twice. The thread makes no difference.
fn is_drawn(seed: u64) -> bool {
    hash::chance(hash::keyed(seed, "repeated"), REPEATED_PER_MILLE)
}

fn find(seed: u64, run: Run) -> Option<Box<Find>> {
    let violation = run.violation.clone()?;
    Some(Box::new(Find { seed, run, violation }))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_in_twenty_is_run_twice() {
        let drawn = (0..10_000).filter(|seed| is_drawn(*seed)).count();
        assert!((450..550).contains(&drawn), "{drawn}");
    }
}
