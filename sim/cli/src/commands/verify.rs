//! `cargo sim verify`: checks that a run always has the same trace, here and in another process.

use std::time::Duration;

use stormglass_sim::search::{determinism, explore};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};

use crate::arguments::VerifyArguments;
use crate::clock::now;
use crate::fresh::{ExpectedTrace, run_afresh};
use crate::input::find_case;
use crate::outcome::{Outcome, SimError};
use crate::output::say;
use crate::progress::RunProgress;
use crate::summary::Pace;

/// Runs a case, or each seed of a range, twice here and once in a fresh process.
pub(super) fn verify(arguments: &VerifyArguments) -> Result<Outcome, SimError> {
    let app = arguments.app.app;
    match &arguments.source {
        Some(source) => verify_one(app, source),
        None => verify_seeds(app, arguments.from, arguments.seeds),
    }
}

fn verify_one(app: &dyn App, source: &str) -> Result<Outcome, SimError> {
    let (case, name) = find_case(source, app)?;
    let run = stormglass_sim::replay(app, &case, &app.properties())?;
    determinism::repeat(app, &run, &app.properties(), &name)?;
    let source = case.to_string();
    let expected = ExpectedTrace { name: name.clone(), source, hash: run.trace_hash };
    if let Some(error) = run_afresh(app, &[expected])? {
        return Err(error.into());
    }
    say!(
        "SAME    {name}, run twice here and once in a fresh process with another environment: \
         equal traces    app {}",
        app.name()
    );
    say!("trace    {:016x}", run.trace_hash);
    Ok(Outcome::Held)
}

fn verify_seeds(app: &dyn App, from: u64, seeds: u64) -> Result<Outcome, SimError> {
    let started = now();
    let mut progress = RunProgress::new("seeds", Some(seeds), started);
    let mut totals = Totals::default();
    for index in 0..seeds {
        totals.run_twice(app, from.wrapping_add(index))?;
        progress.show(index + 1, 0);
    }
    progress.finish();
    let wall = started.elapsed();
    if let Some(error) = run_afresh(app, &totals.expected)? {
        return Err(error.into());
    }
    say!(
        "SAME    {seeds} seeds, each run twice here and once in a fresh process with another \
         environment: equal traces    app {}",
        app.name()
    );
    say!("\n{}", totals.pace(wall));
    Ok(Outcome::Held)
}

/// The sums over all seeds, each of which had the same trace twice in this process.
#[derive(Default)]
struct Totals {
    expected: Vec<ExpectedTrace>,
    calls: u64,
    events: u64,
    virtual_us: u128,
}

impl Totals {
    fn run_twice(&mut self, app: &dyn App, seed: u64) -> Result<(), SimError> {
        let run = explore::run_seed(app, seed, Families::ALL)?;
        let name = format!("seed {seed}");
        determinism::repeat(app, &run, &app.properties(), &name)?;
        self.add_twice(&run);
        let expected = ExpectedTrace { name, source: run.case.to_string(), hash: run.trace_hash };
        self.expected.push(expected);
        Ok(())
    }

    fn add_twice(&mut self, run: &Run) {
        self.calls += 2 * run.calls;
        self.events += 2 * u64::try_from(run.history.events.len()).unwrap_or(u64::MAX);
        self.virtual_us += 2 * u128::from(run.elapsed.micros());
    }

    fn pace(&self, wall: Duration) -> Pace {
        Pace {
            wall,
            runs: 2 * u64::try_from(self.expected.len()).unwrap_or(u64::MAX),
            unit: "runs",
            calls: self.calls,
            events: self.events,
            virtual_us: self.virtual_us,
        }
    }
}
