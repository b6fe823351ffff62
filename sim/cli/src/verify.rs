//! `cargo sim verify`: the same run must give the same trace, here and in another process.

use std::time::Duration;

use stormglass_sim::search::{determinism, explore};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};

use crate::arguments::VerifyArguments;
use crate::explore::now;
use crate::fresh::{Expected, run_afresh};
use crate::input::find_case;
use crate::output::say;
use crate::progress::Progress;
use crate::summary::Pace;
use crate::{CommandError, Ending};

/// Runs a case, or every one of some seeds, twice here and once in a fresh process.
pub(crate) fn verify(arguments: &VerifyArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    match &arguments.source {
        Some(source) => verify_one(app, source),
        None => verify_seeds(app, arguments.from, arguments.seeds),
    }
}

fn verify_one(app: &dyn App, source: &str) -> Result<Ending, CommandError> {
    let (case, name) = find_case(source, app)?;
    let run = stormglass_sim::replay(app, &case, &app.properties())?;
    determinism::repeat(app, &run, &app.properties(), &name)?;
    let expected = Expected { what: name.clone(), source: case.to_string(), hash: run.trace_hash };
    if let Some(error) = run_afresh(app, &[expected])? {
        return Err(error.into());
    }
    say!(
        "SAME    {name}, run twice here and once in a fresh process with another environment: \
         equal traces    app {}",
        app.name()
    );
    say!("trace    {:016x}", run.trace_hash);
    Ok(Ending::Held)
}

fn verify_seeds(app: &dyn App, from: u64, seeds: u64) -> Result<Ending, CommandError> {
    let started = now();
    let mut progress = Progress::new("seeds", Some(seeds), started);
    let mut verified = Verified::default();
    for index in 0..seeds {
        verified.run_twice(app, from.wrapping_add(index))?;
        progress.show(index + 1, 0);
    }
    progress.finish();
    let wall = started.elapsed();
    if let Some(error) = run_afresh(app, &verified.expected)? {
        return Err(error.into());
    }
    say!(
        "SAME    {seeds} seeds, each run twice here and once in a fresh process with another \
         environment: equal traces    app {}",
        app.name()
    );
    say!("\n{}", verified.pace(wall));
    Ok(Ending::Held)
}

/// Seeds that gave the same trace twice in this process.
#[derive(Default)]
struct Verified {
    expected: Vec<Expected>,
    calls: u64,
    events: u64,
    virtual_us: u128,
}

impl Verified {
    fn run_twice(&mut self, app: &dyn App, seed: u64) -> Result<(), CommandError> {
        let run = explore::run_seed(app, seed, Families::ALL)?;
        let what = format!("seed {seed}");
        determinism::repeat(app, &run, &app.properties(), &what)?;
        self.add(&run);
        let expected = Expected { what, source: run.case.to_string(), hash: run.trace_hash };
        self.expected.push(expected);
        Ok(())
    }

    /// Adds what two runs came to.
    fn add(&mut self, run: &Run) {
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
