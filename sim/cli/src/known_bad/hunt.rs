//! The hunt for a known bug, and the effort that it takes.

use std::sync::atomic::AtomicBool;

use stormglass_sim::search::exhaust::{Exhaustion, plans};
use stormglass_sim::search::explore::{Exploration, Search};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError, Run};
use stormglass_spec::Violation;

use super::{AdaptedApp, KnownBug};

/// The strategy of a hunt, which picks its schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HuntStrategy {
    /// Seeds, one after another.
    Seeded(Search),
    /// Every schedule of each named plan.
    Exhaustive {
        /// The most deviations that a schedule has.
        max_deviations: usize,
    },
}

/// A hunt for the promise that a known bug breaks.
#[derive(Clone, Copy, Debug)]
pub struct Hunt<'a> {
    /// The strategy that picks the schedules.
    pub strategy: HuntStrategy,
    /// The most seeds to run. An exhaustive hunt ends by itself.
    pub seeds_max: u64,
    /// The number of threads. The find does not depend on it.
    pub jobs: usize,
    /// A flag that stops the hunt early when it is set.
    pub stop: &'a AtomicBool,
}

/// The find of a hunt.
#[derive(Clone, Debug)]
pub struct HuntFind {
    /// The number of seeds or executions until the promise was broken.
    pub runs: u64,
    /// The run that broke it.
    pub run: Run,
    /// The violation of the promise.
    pub violation: Violation,
    /// The promise that was broken first, if it was another one. The hunt then went on with the
    /// promise of the bug alone, as a run stops at the first promise that it breaks.
    pub broken_first: Option<&'static str>,
}

impl Hunt<'_> {
    /// Searches until the promise is broken. Returns `None` if it never is.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn hunt(&self, bug: &KnownBug) -> Result<Option<HuntFind>, HarnessError> {
        let mut broken_first = None;
        if !bug.is_one_of_many {
            let Some(found) = self.search(bug.app, bug)? else { return Ok(None) };
            if found.violation.property == bug.promise.id {
                return Ok(Some(found));
            }
            broken_first = Some(found.violation.property);
        }
        let alone = AdaptedApp::held_to(bug.app, vec![bug.promise.clone()]);
        Ok(self.search(&alone, bug)?.map(|found| HuntFind { broken_first, ..found }))
    }

    /// Searches until a promise of `app` is broken.
    fn search(&self, app: &dyn App, bug: &KnownBug) -> Result<Option<HuntFind>, HarnessError> {
        match self.strategy {
            HuntStrategy::Seeded(search) => self.explore(app, bug, search),
            HuntStrategy::Exhaustive { max_deviations } => self.exhaust(app, bug, max_deviations),
        }
    }

    fn explore(
        &self,
        app: &dyn App,
        bug: &KnownBug,
        search: Search,
    ) -> Result<Option<HuntFind>, HarnessError> {
        let mut runs = 0;
        while runs < self.seeds_max {
            let exploration = Exploration {
                from: runs,
                seeds: self.seeds_max - runs,
                search,
                families: Families::ALL,
                jobs: self.jobs,
                keeps_going: false,
                stop: self.stop,
            };
            let summary = exploration.explore(app, |_| {})?;
            runs += summary.seeds;
            let Some(find) = summary.finds.into_iter().next() else { return Ok(None) };
            let (run, violation) = (find.run, find.violation);
            if (bug.is_cause)(&run, &violation) {
                return Ok(Some(HuntFind { runs, run, violation, broken_first: None }));
            }
        }
        Ok(None)
    }

    fn exhaust(
        &self,
        app: &dyn App,
        bug: &KnownBug,
        max_deviations: usize,
    ) -> Result<Option<HuntFind>, HarnessError> {
        let properties = app.properties();
        let mut runs = 0;
        for named in &plans::ALL {
            let plan = named.plan(app);
            let exhaustive = Exhaustion {
                plan: &plan,
                max_deviations,
                families: Families::ALL,
                properties: &properties,
                jobs: self.jobs,
                prunes: true,
                keeps_going: bug.is_one_of_many,
                stop: self.stop,
            };
            let summary = exhaustive.search(app, |_, _| {})?;
            runs += summary.executions;
            let mut finds = summary.finds.into_iter();
            if let Some(find) = finds.find(|find| (bug.is_cause)(&find.run, &find.violation)) {
                let (run, violation) = (find.run, find.violation);
                return Ok(Some(HuntFind { runs, run, violation, broken_first: None }));
            }
        }
        Ok(None)
    }
}
