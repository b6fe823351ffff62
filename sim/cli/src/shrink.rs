//! `cargo sim shrink`.

use std::sync::atomic::Ordering;

use stormglass_sim::report::replay_line;
use stormglass_sim::search::shrink::Shrinker;

use crate::arguments::ShrinkArguments;
use crate::confirm::confirm;
use crate::explore::now;
use crate::github::GitHub;
use crate::input::find_case;
use crate::output::{say, verdict};
use crate::told::{Telling, Told};
use crate::{CommandError, Ending, interrupt};

/// Makes a case that breaks a promise as short as it goes, and tells its story.
pub(crate) fn shrink(
    arguments: &ShrinkArguments,
    github: Option<&GitHub>,
) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let (case, source) = find_case(&arguments.source, app)?;
    let stop = interrupt::flag();
    let properties = app.properties();
    let started = now();
    let Some(mut shrinker) = Shrinker::start(app, &case, &properties)? else {
        say!(
            "{} every promise    {source}   app {}: nothing to shrink",
            verdict("HELD"),
            app.name()
        );
        return Ok(Ending::Held);
    };
    let is_over = |runs| {
        let is_late = arguments.time.is_some_and(|time| started.elapsed() >= time);
        is_late || runs >= arguments.runs || stop.load(Ordering::Relaxed)
    };
    while !is_over(shrinker.so_far().runs) && shrinker.step()? {}
    let shrunk = shrinker.into_shrunk();
    let (run, violation) = (&shrunk.run, &shrunk.violation);
    let again = confirm(app, run, &source)?;
    let note = shrunk.note();
    let name = app.name();
    let telling =
        Telling { shrunk: Some(&note), confirmed: Some(again.note()), ..Telling::default() };
    let told = Told::new(app, run, violation, &source, telling);
    told.print();
    told.show(github);
    for (run, violation) in &shrunk.others {
        say!("\nalso broken on the way: {}", violation.property);
        say!("replay   {}", replay_line(run, name));
    }
    again.into_result()?;
    Ok(Ending::Broken)
}
