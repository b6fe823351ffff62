//! `cargo sim shrink`: shortens a case that breaks a promise.

use std::sync::atomic::Ordering;

use stormglass_sim::search::shrink::Shrinker;

use crate::arguments::ShrinkArguments;
use crate::ci::github::GitHub;
use crate::clock::now;
use crate::confirm::confirm;
use crate::failure::{Failure, FailureOptions};
use crate::input::find_case;
use crate::interrupt;
use crate::outcome::{Outcome, SimError};
use crate::output::{say, verdict};
use crate::program::command_line;

/// Shortens a case that breaks a promise as far as the limits allow, and prints its report.
pub(super) fn shrink(
    arguments: &ShrinkArguments,
    github: Option<&GitHub>,
) -> Result<Outcome, SimError> {
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
        return Ok(Outcome::Held);
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
    let options = FailureOptions {
        shrunk: Some(&note),
        confirmed: Some(again.note()),
        ..FailureOptions::default()
    };
    let failure = Failure::new(app, run, violation, &source, options);
    failure.print();
    if let Some(github) = github {
        github.show(&failure);
    }
    for (run, violation) in &shrunk.others {
        say!("\nalso broken on the way: {}", violation.property);
        say!("replay   {}", command_line(app).replay(&run.case));
    }
    again.into_result()?;
    Ok(Outcome::Broken)
}
