//! `cargo sim explore`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use stormglass_sim::Run;
use stormglass_sim::explore::{Exploration, Find, Search, Summary};
use stormglass_sim::report::Report;
use stormglass_sim::shrink::{Limits, Shrunk, shrink};
use stormglass_spec::Violation;

use crate::arguments::{ExploreArguments, RUNS_MAX};
use crate::progress::Progress;
use crate::summary::{Figures, Vacuity};
use crate::{CommandError, Ending, interrupt};

/// Runs seed after seed until a promise is broken.
pub(crate) fn explore(
    arguments: &ExploreArguments,
    search: Search,
) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let interrupted = interrupt::flag();
    let stop = AtomicBool::new(false);
    let exploration = Exploration {
        search,
        from: arguments.from,
        seeds: if arguments.time.is_some() { u64::MAX } else { arguments.seeds },
        families: arguments.families(),
        jobs: arguments.jobs,
        keeps_going: arguments.keep_going,
        stop: &stop,
    };
    let started = now();
    let total = arguments.time.is_none().then_some(arguments.seeds);
    let mut progress = Progress::new("seeds", total, started);
    let summary = exploration.explore(app, |summary| {
        progress.show(summary.seeds, summary.finds.len());
        let is_over = arguments.time.is_some_and(|time| started.elapsed() >= time);
        stop.store(is_over || interrupted.load(Ordering::Relaxed), Ordering::Relaxed);
    })?;
    progress.finish();
    let figures = Figures { app, search, summary: &summary, wall: started.elapsed() };
    let vacuity = Vacuity::judge(app, search, &summary, arguments.families());
    if arguments.json {
        figures.print_json(&vacuity);
    } else {
        for find in first_of_each_kind(&summary) {
            let source = source_of(find.seed, search);
            tell(&find.run, &find.violation, &source, arguments, &interrupted)?;
        }
        figures.print(&vacuity);
    }
    if !summary.finds.is_empty() {
        return Ok(Ending::Broken);
    }
    Ok(if vacuity.is_asleep() { Ending::Failed } else { Ending::Held })
}

/// The first find of each promise: the rest tells the same story again.
fn first_of_each_kind(summary: &Summary) -> Vec<&Find> {
    let mut first: Vec<&Find> = Vec::new();
    for find in &summary.finds {
        if !first.iter().any(|known| known.violation.property == find.violation.property) {
            first.push(find);
        }
    }
    first
}

/// Tells the story of a find, made short unless it is wanted as it is.
pub(crate) fn tell(
    run: &Run,
    violation: &Violation,
    source: &str,
    arguments: &ExploreArguments,
    interrupted: &AtomicBool,
) -> Result<(), CommandError> {
    let (app, name) = (arguments.app.app, arguments.app.app.name());
    let limits = Limits { runs_max: RUNS_MAX, stop: interrupted };
    let shrunk = match arguments.no_shrink {
        true => None,
        false => shrink(app, &run.case, &app.properties(), limits)?,
    };
    let note = shrunk.as_ref().map(Shrunk::note);
    let (run, violation) = match &shrunk {
        Some(shrunk) => (&shrunk.run, &shrunk.violation),
        None => (run, violation),
    };
    println!("{}", Report { run, violation, app: name, source, shrunk: note.as_deref() });
    Ok(())
}

/// A seed alone names its random run.
fn source_of(seed: u64, search: Search) -> String {
    match search {
        Search::Random => format!("seed {seed}"),
        Search::Pct { .. } => format!("seed {seed}, {search}"),
    }
}

/// The time on the wall.
#[expect(clippy::disallowed_methods, reason = "how long a search took is told to people only")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
