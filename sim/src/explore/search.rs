//! How a seed steers its run.

use std::fmt;

use stormglass_spec::Property;

use crate::app::App;
use crate::run::{HarnessError, Run, run};
use crate::strategy::{Dull, Families, Pct, Random};

/// How a seed steers its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Anywhere, as often as the seed's temper has it.
    Random,
    /// At a few points, drawn from those of a dull run.
    Pct {
        /// How many points at most.
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
        let plan = app.plan(seed);
        match self {
            Search::Random => run(app, &plan, &mut Random::new(seed, families), properties),
            Search::Pct { depth } => {
                let mut dull = Dull::new(families);
                // Without properties the run goes on to its end, and comes to every point.
                run(app, &plan, &mut dull, &[])?;
                run(app, &plan, &mut Pct::new(seed, depth, &dull), properties)
            }
        }
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Search::Random => f.write_str("random"),
            Search::Pct { depth } => write!(f, "pct of depth {depth}"),
        }
    }
}
