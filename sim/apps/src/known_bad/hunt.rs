//! How long a search takes to find what is wrong with an application that is known to be bad.

use std::sync::atomic::AtomicBool;

use stormglass_sim::search::exhaust::{Exhaustion, plans};
use stormglass_sim::search::explore::{Exploration, Search};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError, Run};
use stormglass_spec::Violation;

use super::KnownBad;
use crate::AdaptedApp;

/// Who decides where the world goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Seed after seed.
    Seeded(Search),
    /// Every schedule of each small plan that has a name.
    Exhaustive {
        /// The most deviations that a schedule has.
        max_deviations: usize,
    },
}

/// A search for the one promise that an application is known to break.
#[derive(Clone, Copy, Debug)]
pub struct Hunt<'a> {
    /// Who decides where the world goes.
    pub strategy: Strategy,
    /// The most seeds that it may take. Exhaustive searches have an end of their own.
    pub seeds_max: u64,
    /// How many threads share the work. What is found does not depend on it.
    pub jobs: usize,
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
}

/// What a hunt found.
#[derive(Clone, Debug)]
pub struct Quarry {
    /// How many seeds or executions it took until the promise was broken.
    pub runs: u64,
    /// The run that broke it.
    pub run: Run,
    /// What was broken.
    pub violation: Violation,
    /// What had been broken first, where that was another promise. The application was then held
    /// to this one alone, as a run stops at the first promise that it breaks.
    pub broken_first: Option<&'static str>,
}

impl Hunt<'_> {
    /// Searches until the promise is broken; `None` if it never is.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn hunt(&self, bad: &KnownBad) -> Result<Option<Quarry>, HarnessError> {
        let mut broken_first = None;
        if !bad.is_one_of_many {
            let Some(found) = self.search(bad.app, bad)? else { return Ok(None) };
            if found.violation.property == bad.promise.id {
                return Ok(Some(found));
            }
            broken_first = Some(found.violation.property);
        }
        let alone = AdaptedApp::held_to(bad.app, vec![bad.promise]);
        Ok(self.search(&alone, bad)?.map(|found| Quarry { broken_first, ..found }))
    }

    /// Searches until anything is broken that `app` is held to.
    fn search(&self, app: &dyn App, bad: &KnownBad) -> Result<Option<Quarry>, HarnessError> {
        match self.strategy {
            Strategy::Seeded(search) => self.explore(app, bad, search),
            Strategy::Exhaustive { max_deviations } => self.exhaust(app, bad, max_deviations),
        }
    }

    fn explore(
        &self,
        app: &dyn App,
        bad: &KnownBad,
        search: Search,
    ) -> Result<Option<Quarry>, HarnessError> {
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
            if (bad.is_cause)(&run, &violation) {
                return Ok(Some(Quarry { runs, run, violation, broken_first: None }));
            }
        }
        Ok(None)
    }

    fn exhaust(
        &self,
        app: &dyn App,
        bad: &KnownBad,
        max_deviations: usize,
    ) -> Result<Option<Quarry>, HarnessError> {
        let properties = app.properties();
        let mut runs = 0;
        for named in &plans::ALL {
            let plan = named.plan();
            let exhaustive = Exhaustion {
                plan: &plan,
                max_deviations,
                families: Families::ALL,
                properties: &properties,
                jobs: self.jobs,
                prunes: true,
                keeps_going: bad.is_one_of_many,
                stop: self.stop,
            };
            let summary = exhaustive.search(app, |_, _| {})?;
            runs += summary.executions;
            let mut finds = summary.finds.into_iter();
            if let Some(find) = finds.find(|find| (bad.is_cause)(&find.run, &find.violation)) {
                let (run, violation) = (find.run, find.violation);
                return Ok(Some(Quarry { runs, run, violation, broken_first: None }));
            }
        }
        Ok(None)
    }
}
