//! `cargo sim shrink`.

use std::sync::atomic::Ordering;

use stormglass_sim::report::{Report, replay_line};
use stormglass_sim::shrink::Shrinker;

use crate::arguments::ShrinkArguments;
use crate::confirm::confirm;
use crate::explore::now;
use crate::input::find_case;
use crate::output::{print, say};
use crate::{CommandError, Ending, interrupt};

/// Makes a case that breaks a promise as short as it goes, and tells its story.
pub(crate) fn shrink(arguments: &ShrinkArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let (case, source) = find_case(&arguments.source, app)?;
    let stop = interrupt::flag();
    let properties = app.properties();
    let started = now();
    let Some(mut shrinker) = Shrinker::start(app, &case, &properties)? else {
        say!("HELD    every promise    {source}   app {}: nothing to shrink", app.name());
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
    let (name, source) = (app.name(), source.as_str());
    let (shrunk_by, confirmed) = (Some(note.as_str()), Some(again.note()));
    let report =
        Report { shrunk: shrunk_by, confirmed, ..Report::new(run, violation, name, source) };
    print(format_args!("{report}"));
    for (run, violation) in &shrunk.others {
        say!("\nalso broken on the way: {}", violation.property);
        say!("replay   {}", replay_line(run, name));
    }
    again.into_result()?;
    Ok(Ending::Broken)
}
