//! `cargo sim replay`: runs one seed or case again, and reports it.

use stormglass_sim::Run;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{self, Steps};

use crate::arguments::ReplayArguments;
use crate::ci::github::GitHub;
use crate::failure::{Failure, FailureOptions};
use crate::input::find_case;
use crate::outcome::{Outcome, SimError};
use crate::output::{note, say, verdict};
use crate::pictures;
use crate::program::command_line;

/// Runs one case again, draws its pictures, and prints its report.
pub(super) fn replay(
    arguments: &ReplayArguments,
    github: Option<&GitHub>,
) -> Result<Outcome, SimError> {
    let app = arguments.app.app;
    let (case, source) = find_case(&arguments.source, app)?;
    let run = stormglass_sim::replay(app, &case, &app.properties())?;
    let command = command_line(app).replay(&run.case);
    let picture = Picture::of(&run, app.name()).replayed_by(&command);
    pictures::draw(&arguments.pictures, &picture)?;
    let has_report = !arguments.pictures.mermaid;
    let Some(violation) = &run.violation else {
        for (key, choice) in run.unmet(&case) {
            note!("note: {key}={choice} never came up: check the spelling, or drop it");
        }
        if has_report {
            print_held(arguments, &run, &source);
        }
        return Ok(Outcome::Held);
    };
    let options = FailureOptions { steps: arguments.steps(), ..FailureOptions::default() };
    let failure = Failure::new(app, &run, violation, &source, options);
    if has_report {
        failure.print();
    }
    if let Some(github) = github {
        github.show(&failure);
    }
    Ok(Outcome::Broken)
}

/// Prints the report of a run that broke nothing.
fn print_held(arguments: &ReplayArguments, run: &Run, source: &str) {
    let app = arguments.app.app;
    match arguments.steps() {
        Steps::Past => {}
        Steps::All => say!("{}", report::story(run)),
        Steps::Drawn => say!("{}", Picture::of(run, app.name()).text()),
    }
    say!(
        "{} every promise    {source}   app {}   {} steps   deviations: {}",
        verdict("HELD"),
        app.name(),
        run.history.events.len(),
        run.case.schedule.deviations.len()
    );
    say!("replay   {}", command_line(app).replay(&run.case));
    say!("trace    {:016x}", run.trace_hash);
}
