//! The ways in which a seed steers its run.

use std::fmt;

use stormglass_spec::Property;

use crate::app::App;
use crate::case::Plan;
use crate::outcome::{HarnessError, Run};
use crate::run::run;
use crate::strategy::{Families, FamilyMetrics, Metrics, Pct, Random, Recording, Replay, Strategy};

/// The way in which a seed steers its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Deviates at any point, at the rates that the seed draws.
    Random,
    /// Deviates at a few points, drawn from those of a dull run.
    Pct {
        /// The largest number of points.
        depth: u32,
    },
}

impl Search {
    /// Runs the plan of a seed and holds the run to `properties`.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn run(
        self,
        app: &dyn App,
        seed: u64,
        families: Families,
        properties: &[Property],
    ) -> Result<Run, HarnessError> {
        self.measure(app, seed, families, properties).map(|(run, _)| run)
    }

    /// Runs the plan of a seed like [`Search::run`], and counts the deviations offered and made.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn measure(
        self,
        app: &dyn App,
        seed: u64,
        families: Families,
        properties: &[Property],
    ) -> Result<(Run, FamilyMetrics), HarnessError> {
        let plan = app.plan(seed);
        match self {
            Search::Random => {
                let random = Metrics::new(Random::new(seed, families));
                run_measured(app, &plan, random, properties)
            }
            Search::Pct { depth } => {
                let mut dull = Recording::new(Replay::dull());
                // Without properties the run goes on to its end, and comes to every point.
                run(app, &plan, &mut dull, &[])?;
                let pct = Pct::new(seed, depth, families, &dull.into_points());
                run_measured(app, &plan, Metrics::new(pct), properties)
            }
        }
    }
}

fn run_measured(
    app: &dyn App,
    plan: &Plan,
    mut strategy: Metrics<impl Strategy>,
    properties: &[Property],
) -> Result<(Run, FamilyMetrics), HarnessError> {
    let run = run(app, plan, &mut strategy, properties)?;
    Ok((run, strategy.families()))
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Search::Random => f.write_str("random"),
            Search::Pct { depth } => write!(f, "pct of depth {depth}"),
        }
    }
}
