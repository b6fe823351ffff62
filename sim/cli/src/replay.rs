//! `cargo sim replay`.

use stormglass_sim::picture::Picture;
use stormglass_sim::report::{self, Report};

use crate::arguments::ReplayArguments;
use crate::input::find_case;
use crate::output::{note, print, say};
use crate::{CommandError, Ending, pictures};

/// Runs one case again, and tells its story.
pub(crate) fn replay(arguments: &ReplayArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let (case, source) = find_case(&arguments.source, app)?;
    let run = stormglass_sim::replay(app, &case, &app.properties())?;
    let unmet = run.unmet(&case);
    pictures::draw(&arguments.pictures, &Picture::of(&run, app.name()))?;
    let Some(violation) = &run.violation else {
        for (key, choice) in unmet {
            note!("note: {key}={choice} never came up: check the spelling, or drop it");
        }
        say!(
            "HELD    every promise    {source}   app {}   {} steps   deviations: {}",
            app.name(),
            run.history.events.len(),
            run.case.schedule.deviations.len()
        );
        say!("replay   {}", report::replay_line(&run, app.name()));
        say!("trace    {:016x}", run.trace_hash);
        return Ok(Ending::Held);
    };
    print(format_args!("{}", Report::new(&run, violation, app.name(), &source)));
    Ok(Ending::Broken)
}
