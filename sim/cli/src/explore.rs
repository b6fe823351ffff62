//! `cargo sim explore`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use stormglass_sim::search::explore::{Exploration, Find, Search, Summary};
use stormglass_sim::search::shrink::{Limits, Shrunk, shrink};
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use crate::arguments::{ExploreArguments, RUNS_MAX};
use crate::confirm::{Confirmed, confirm, confirm_afresh};
use crate::github::GitHub;
use crate::junit::{self, Suite, Verdict};
use crate::output::{print, say};
use crate::progress::Progress;
use crate::store::Store;
use crate::suites;
use crate::summary::{Figures, Vacuity};
use crate::told::{Telling, Told};
use crate::{CommandError, Ending, interrupt};

/// Runs seed after seed until a promise is broken.
pub(crate) fn explore(
    arguments: &ExploreArguments,
    search: Search,
    github: Option<&GitHub>,
) -> Result<Ending, CommandError> {
    let name = arguments.app.app.name();
    let mut suite = Suite::new(format!("{name}, {search}"), name);
    junit::write_around(arguments.junit.as_deref(), &mut suite, |suite| {
        let ending = search_and_tell(arguments, search, github, suite);
        if let Err(error) = &ending {
            suite.set(suites::SEARCH, Verdict::error(error));
        }
        ending
    })
}

fn search_and_tell(
    arguments: &ExploreArguments,
    search: Search,
    github: Option<&GitHub>,
    suite: &mut Suite,
) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let interrupted = interrupt::flag();
    let started = now();
    let summary = run_seeds(arguments, search, started, &interrupted)?;
    let wall = started.elapsed();
    let (families, from) = (arguments.families(), arguments.from);
    let vacuity = Vacuity::judge(app, search, &summary, families);
    let figures =
        Figures { app, search, families, from, summary: &summary, vacuity: &vacuity, wall };
    suites::add_search(suite, &figures);
    let confirmed = confirm_all(app, search, &summary)?;
    let record = figures.record();
    let page = Store::find().and_then(|store| store.keep_exploration(&record));
    if arguments.json {
        let is_confirmed = matches!(confirmed, Confirmed::Reproducible);
        figures.finds_as_json(is_confirmed).iter().for_each(|object| say!("{object}"));
        say!("{}", record.to_value());
    }
    if arguments.tells(github) {
        for find in first_of_each_kind(&summary) {
            let source = source_of(find.seed, search);
            let (told, again) = tell(&find.run, &find.violation, &source, arguments, &interrupted)?;
            suite.set(find.violation.property, Verdict::Failed(told.problem()));
            told.show(github);
            again.into_result()?;
        }
    }
    if !arguments.json {
        print(format_args!("{figures}"));
        tell_page(page.as_deref());
    }
    confirmed.into_result()?;
    if !summary.finds.is_empty() {
        return Ok(Ending::Broken);
    }
    show_figures(&figures, github);
    Ok(if vacuity.is_asleep() { Ending::Failed } else { Ending::Held })
}

/// Shows in the workflow what a search came to that broke nothing.
fn show_figures(figures: &Figures<'_>, github: Option<&GitHub>) {
    let Some(github) = github else { return };
    let Figures { app, search, summary, wall, .. } = figures;
    let text = format!(
        "no promise broken in {} seeds, {} simulated AWS calls, {} events, {:.1} s \
         (app {}, {search})",
        summary.seeds,
        summary.calls,
        summary.events,
        wall.as_secs_f64(),
        app.name()
    );
    if figures.vacuity.is_asleep() {
        github.show_error("ASLEEP", &format!("{text}, but too little met"));
    } else {
        github.show_line("HELD", &text);
    }
}

/// Says where the page is.
pub(crate) fn tell_page(page: Option<&Path>) {
    if let Some(page) = page {
        say!("page     {}", page.display());
    }
}

fn run_seeds(
    arguments: &ExploreArguments,
    search: Search,
    started: Instant,
    interrupted: &AtomicBool,
) -> Result<Summary, CommandError> {
    let stop = AtomicBool::new(false);
    let total = arguments.total();
    let exploration = Exploration {
        search,
        from: arguments.from,
        seeds: total.unwrap_or(u64::MAX),
        families: arguments.families(),
        jobs: arguments.jobs,
        keeps_going: arguments.keep_going,
        stop: &stop,
    };
    let mut progress = Progress::new("seeds", total, started);
    let summary = exploration.explore(arguments.app.app, |summary| {
        progress.show(summary.seeds, summary.finds.len());
        let is_over = arguments.time.is_some_and(|time| started.elapsed() >= time);
        let is_quiet = arguments.until_quiet && summary.coverage.is_quiet();
        let is_interrupted = interrupted.load(Ordering::Relaxed);
        stop.store(is_over || is_quiet || is_interrupted, Ordering::Relaxed);
    })?;
    progress.finish();
    Ok(summary)
}

/// Runs every find in a fresh process; each was run twice here.
fn confirm_all(
    app: &dyn App,
    search: Search,
    summary: &Summary,
) -> Result<Confirmed, CommandError> {
    let runs = summary.finds.iter().map(|find| (&find.run, source_of(find.seed, search)));
    confirm_afresh(app, &runs.collect::<Vec<_>>())
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

/// Tells the story of a find, made short unless it is wanted as it is, and run again. Nothing is
/// printed where standard output is for programs. The second part is what came of running it again.
pub(crate) fn tell(
    run: &Run,
    violation: &Violation,
    source: &str,
    arguments: &ExploreArguments,
    interrupted: &AtomicBool,
) -> Result<(Told, Confirmed), CommandError> {
    let app = arguments.app.app;
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
    let again = confirm(app, run, source)?;
    let (shrunk, confirmed) = (note.as_deref(), Some(again.note()));
    let telling = Telling { shrunk, confirmed, ..Telling::default() };
    let told = Told::new(app, run, violation, source, telling);
    if !arguments.json {
        told.print();
        say!();
    }
    Ok((told, again))
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
