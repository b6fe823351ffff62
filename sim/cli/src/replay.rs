//! `cargo sim replay`.

use stormglass_sim::Run;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{self, Steps};

use crate::arguments::ReplayArguments;
use crate::github::GitHub;
use crate::input::find_case;
use crate::output::{note, say, verdict};
use crate::told::{Telling, Told};
use crate::{CommandError, Ending, pictures};

/// Runs one case again, and tells its story.
pub(crate) fn replay(
    arguments: &ReplayArguments,
    github: Option<&GitHub>,
) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let (case, source) = find_case(&arguments.source, app)?;
    let run = stormglass_sim::replay(app, &case, &app.properties())?;
    let command = report::replay_line(&run, app.name());
    let picture = Picture::of(&run, app.name()).replayed_by(&command);
    pictures::draw(&arguments.pictures, &picture)?;
    let is_story = !arguments.pictures.mermaid;
    let Some(violation) = &run.violation else {
        for (key, choice) in run.unmet(&case) {
            note!("note: {key}={choice} never came up: check the spelling, or drop it");
        }
        if is_story {
            tell_held(arguments, &run, &source);
        }
        return Ok(Ending::Held);
    };
    let telling = Telling { steps: arguments.steps(), ..Telling::default() };
    let told = Told::new(app, &run, violation, &source, telling);
    if is_story {
        told.print();
    }
    told.show(github);
    Ok(Ending::Broken)
}

/// Tells the story of a run that broke nothing.
fn tell_held(arguments: &ReplayArguments, run: &Run, source: &str) {
    let app = arguments.app.app.name();
    match arguments.steps() {
        Steps::Past => {}
        Steps::All => say!("{}", report::story(run)),
        Steps::Drawn => say!("{}", Picture::of(run, app).text()),
    }
    say!(
        "{} every promise    {source}   app {app}   {} steps   deviations: {}",
        verdict("HELD"),
        run.history.events.len(),
        run.case.schedule.deviations.len()
    );
    say!("replay   {}", report::replay_line(run, app));
    say!("trace    {:016x}", run.trace_hash);
}
