//! `cargo sim explore`, by a strategy that takes seeds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use stormglass_sim::report::numbers::thousands;
use stormglass_sim::search::causes::Cause;
use stormglass_sim::search::explore::{Exploration, Search, Summary};
use stormglass_sim::search::shrink::{Limits, ShrunkCase, shrink};
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use crate::arguments::{ExploreArguments, RUNS_MAX};
use crate::ci::github::GitHub;
use crate::ci::junit::{self, Problem, Suite, TestResult};
use crate::ci::suites;
use crate::clock::now;
use crate::confirm::{Confirmation, confirm, confirm_afresh};
use crate::failure::{Failure, FailureOptions};
use crate::interrupt;
use crate::outcome::{Outcome, SimError};
use crate::output::{print, say};
use crate::progress::RunProgress;
use crate::store::{Store, print_page};
use crate::summary::{Figures, Vacuity};

/// Runs seeds until a promise is broken.
pub(super) fn explore(
    arguments: &ExploreArguments,
    search: Search,
    github: Option<&GitHub>,
) -> Result<Outcome, SimError> {
    let name = arguments.app.app.name();
    let mut suite = Suite::new(format!("{name}, {search}"), name);
    junit::write_around(arguments.junit.as_deref(), &mut suite, |suite| {
        let outcome = search_and_report(arguments, search, github, suite);
        if let Err(error) = &outcome {
            suite.set(suites::SEARCH, TestResult::error(error));
        }
        outcome
    })
}

fn search_and_report(
    arguments: &ExploreArguments,
    search: Search,
    github: Option<&GitHub>,
    suite: &mut Suite,
) -> Result<Outcome, SimError> {
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
    // The summary says whether its finds are reproducible, so they run again before it is printed.
    let confirmation = confirm_all(app, search, &summary)?;
    let record = figures.record();
    let page = Store::find().and_then(|store| store.keep_exploration(&record, &app.properties()));
    if arguments.json {
        let is_confirmed = matches!(confirmation, Confirmation::Reproducible);
        figures.finds_as_json(is_confirmed).iter().for_each(|object| say!("{object}"));
        say!("{}", record.to_value());
    }
    if needs_reports(arguments, github) {
        let mut reported: BTreeMap<&str, Problem> = BTreeMap::new();
        for Cause { smallest: find, finds } in summary.causes() {
            let source = source_of_cause(find.seed, search, finds);
            let (failure, again) =
                report(&find.run, &find.violation, &source, arguments, &interrupted)?;
            let problem = Problem::reported(&failure);
            let problem = match reported.remove(find.violation.property) {
                Some(others) => others.and(&problem),
                None => problem,
            };
            suite.set(find.violation.property, TestResult::Failed(problem.clone()));
            reported.insert(find.violation.property, problem);
            if let Some(github) = github {
                github.show(&failure);
            }
            again.into_result()?;
        }
    }
    if !arguments.json {
        print(format_args!("{figures}"));
        print_page(page.as_deref());
    }
    confirmation.into_result()?;
    if !summary.finds.is_empty() {
        return Ok(Outcome::Broken);
    }
    show_figures(&figures, github);
    Ok(if vacuity.is_asleep() { Outcome::Failed } else { Outcome::Held })
}

/// Shows the figures of a search that broke nothing in the workflow.
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

fn run_seeds(
    arguments: &ExploreArguments,
    search: Search,
    started: Instant,
    interrupted: &AtomicBool,
) -> Result<Summary, SimError> {
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
    let mut progress = RunProgress::new("seeds", total, started);
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

/// Runs every find in a fresh process; the exploration ran each twice here.
fn confirm_all(app: &dyn App, search: Search, summary: &Summary) -> Result<Confirmation, SimError> {
    let runs = summary.finds.iter().map(|find| (&find.run, source_of(find.seed, search)));
    confirm_afresh(app, &runs.collect::<Vec<_>>())
}

/// Reports whether the terminal, a JUnit file or a workflow shows reports of finds.
pub(super) fn needs_reports(arguments: &ExploreArguments, github: Option<&GitHub>) -> bool {
    !arguments.json || arguments.junit.is_some() || github.is_some()
}

/// Shrinks a find unless `--no-shrink` is given, runs it again, and makes its report. Prints the
/// report unless standard output is JSON.
pub(super) fn report(
    run: &Run,
    violation: &Violation,
    source: &str,
    arguments: &ExploreArguments,
    interrupted: &AtomicBool,
) -> Result<(Failure, Confirmation), SimError> {
    let app = arguments.app.app;
    let limits = Limits { runs_max: RUNS_MAX, stop: interrupted };
    let shrunk =
        if arguments.no_shrink { None } else { shrink(app, &run.case, &app.properties(), limits)? };
    let note = shrunk.as_ref().map(ShrunkCase::note);
    let (run, violation) = match &shrunk {
        Some(shrunk) => (&shrunk.run, &shrunk.violation),
        None => (run, violation),
    };
    let again = confirm(app, run, source)?;
    let (shrunk, confirmed) = (note.as_deref(), Some(again.note()));
    let options = FailureOptions { shrunk, confirmed, ..FailureOptions::default() };
    let failure = Failure::new(app, run, violation, source, options);
    if !arguments.json {
        failure.print();
        say!();
    }
    Ok((failure, again))
}

/// Returns the origin of the report of a cause in words.
fn source_of_cause(seed: u64, search: Search, finds: u64) -> String {
    let source = source_of(seed, search);
    if finds == 1 { source } else { format!("{source}, the shortest of {}", thousands(finds)) }
}

/// Returns the origin of a find in words. A seed without a strategy means its random run.
fn source_of(seed: u64, search: Search) -> String {
    match search {
        Search::Random => format!("seed {seed}"),
        Search::Pct { .. } => format!("seed {seed}, {search}"),
    }
}
