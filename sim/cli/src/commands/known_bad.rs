//! `cargo sim known-bad`: hunts every known bug, and prints a table of the effort that it took.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use stormglass_sim::search::explore::{Exploration, Search};
use stormglass_sim::search::shrink::{Limits, ShrunkCase, Size, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError};

use crate::apps::Apps;
use crate::arguments::{KnownBadArguments, PCT_DEPTH, RUNS_MAX, StrategySelection};
use crate::ci::github::GitHub;
use crate::ci::junit::{self, Problem, Suite, TestResult};
use crate::ci::suites;
use crate::clock::{millis, now};
use crate::interrupt;
use crate::known_bad::hunt::{Hunt, HuntFind, HuntStrategy};
use crate::known_bad::{AdaptedApp, Canary, Catalogue, KnownBug};
use crate::outcome::{Outcome, SimError};
use crate::output::{print, say, verdict};
use crate::program::command_line;
use crate::progress::RunProgress;
use crate::record::{HuntRow, ShortCase, StrategyResult};
use crate::store::{Store, print_page};

/// The most deviations in a schedule of an exhaustive hunt.
const EXHAUSTIVE_DEPTH: usize = 1;

/// The number of seeds that the canary runs.
const CANARY_SEEDS: u64 = 500;

/// Hunts the known bugs. A bug that no strategy finds is a failure of the harness.
pub(super) fn known_bad(
    arguments: &KnownBadArguments,
    apps: &Apps,
    github: Option<&GitHub>,
) -> Result<Outcome, SimError> {
    let selection = Selection::new(&arguments.only, apps)?;
    if arguments.list {
        selection.bugs.iter().for_each(|bug| list(bug));
        return Ok(Outcome::Held);
    }
    let names: Vec<&str> = strategies(arguments.strategy).iter().map(|(name, _)| *name).collect();
    let mut suite = Suite::new(format!("known-bad, {}", names.join(" and ")), "known-bad");
    junit::write_around(arguments.junit.as_deref(), &mut suite, |suite| {
        hunt_all(arguments, &selection, github, suite)
    })
}

/// The bugs of a hunt.
struct Selection<'a> {
    bugs: Vec<&'static KnownBug>,
    catalogue: &'a Catalogue,
    apps: &'a Apps,
}

impl<'a> Selection<'a> {
    /// Selects the bugs of these names, or all bugs if there are no names.
    fn new(names: &[String], apps: &'a Apps) -> Result<Selection<'a>, SimError> {
        let Some(catalogue) = apps.known_bugs() else {
            let message = "there is no catalogue of known bugs of these applications";
            return Err(SimError::Usage(message.to_owned()));
        };
        let find = |name: &String| {
            catalogue.find(name).ok_or_else(|| {
                let list = command_line(apps.default_app()).line("known-bad --list");
                SimError::Usage(format!("there is no known bug {name:?}: `{list}` lists them all"))
            })
        };
        let bugs = if names.is_empty() {
            catalogue.bugs.iter().collect()
        } else {
            names.iter().map(find).collect::<Result<_, _>>()?
        };
        Ok(Selection { bugs, catalogue, apps })
    }

    /// Stores the rows for the page of the last exploration. The rows of earlier hunts stay, unless
    /// this hunt was for all bugs and ran to its end.
    fn keep(&self, rows: Vec<HuntRow>) -> Option<PathBuf> {
        if rows.is_empty() {
            return None;
        }
        let partial = rows.len() < self.catalogue.bugs.len();
        Store::find()?.keep_hunt(rows, partial, self.apps)
    }
}

fn hunt_all(
    arguments: &KnownBadArguments,
    selection: &Selection<'_>,
    github: Option<&GitHub>,
    suite: &mut Suite,
) -> Result<Outcome, SimError> {
    let bugs = &selection.bugs[..];
    suites::add_bugs(suite, bugs);
    let stop = interrupt::flag();
    let table = HuntTable { arguments, strategies: strategies(arguments.strategy) };
    if !arguments.json {
        table.print_head();
    }
    let started = now();
    let mut progress = RunProgress::new("known bugs", u64::try_from(bugs.len()).ok(), started);
    let (mut found, mut rows) = (0, Vec::new());
    for bug in bugs {
        let hunted = BugHunt::run(bug, &table, &stop)
            .inspect_err(|error| suite.set(bug.name, TestResult::error(error)))?;
        if stop.load(Ordering::Relaxed) {
            break;
        }
        rows.push(hunted.row());
        found += usize::from(hunted.is_found());
        progress.show(u64::try_from(rows.len()).unwrap_or(u64::MAX), 0);
        table.print_row(&hunted);
        let result = hunted.test_result(arguments);
        show_failure(github, bug.name, &result);
        suite.set(bug.name, result);
    }
    progress.finish();
    let page = selection.keep(rows);
    let canary = CanaryReport::new(&selection.catalogue.canary, arguments.jobs, &stop)
        .inspect_err(|error| suite.set(suites::CANARY, TestResult::error(error)))?;
    // Ctrl-C stops the canary as well, and its result then means nothing.
    if !stop.load(Ordering::Relaxed) {
        show_failure(github, suites::CANARY, &canary.test_result());
        suite.set(suites::CANARY, canary.test_result());
    }
    let hidden = bugs.iter().filter(|bug| bug.hidden_by.is_some()).count();
    let is_found = found + hidden == bugs.len();
    table.print_summary((found, hidden, bugs.len()), &canary, started.elapsed());
    if !arguments.json {
        print_page(page.as_deref());
    }
    if let Some(github) = github {
        let wanted = bugs.len() - hidden;
        let word = if is_found { "FOUND" } else { "MISSED" };
        github.show_line(word, &format!("{found} of {wanted} known bugs"));
    }
    Ok(if is_found && canary.is_exact { Outcome::Held } else { Outcome::Failed })
}

fn show_failure(github: Option<&GitHub>, name: &str, result: &TestResult) {
    if let (Some(github), TestResult::Failed(problem)) = (github, result) {
        github.show_error(name, &problem.message);
    }
}

fn list(bug: &KnownBug) {
    say!("{:<23} {:<20} {}", bug.name, bug.promise.id, bug.mistake);
}

/// Returns the selected strategies, each with its name.
fn strategies(selection: StrategySelection) -> Vec<(&'static str, HuntStrategy)> {
    let random = ("random", HuntStrategy::Seeded(Search::Random));
    let pct = ("pct", HuntStrategy::Seeded(Search::Pct { depth: PCT_DEPTH }));
    let exhaustive = ("exhaustive", HuntStrategy::Exhaustive { max_deviations: EXHAUSTIVE_DEPTH });
    match selection {
        StrategySelection::Random => vec![random],
        StrategySelection::Pct => vec![pct],
        StrategySelection::Exhaustive => vec![exhaustive],
        StrategySelection::All => vec![random, pct, exhaustive],
    }
}

/// The hunt for one bug, with its results.
struct BugHunt<'a> {
    bug: &'a KnownBug,
    /// The attempt of each strategy; empty if the bug is hidden.
    attempts: Vec<Attempt>,
    /// The first find after shrinking, and the time that shrinking took.
    shrunk: Option<(ShrunkCase, Duration)>,
}

/// The attempt of one strategy to find a bug.
struct Attempt {
    strategy: &'static str,
    find: Option<HuntFind>,
    wall: Duration,
}

impl<'a> BugHunt<'a> {
    fn run(
        bug: &'a KnownBug,
        table: &HuntTable<'_>,
        stop: &AtomicBool,
    ) -> Result<BugHunt<'a>, HarnessError> {
        let mut attempts = Vec::new();
        let strategies = if bug.hidden_by.is_some() { &[] } else { &table.strategies[..] };
        for (name, strategy) in strategies {
            let KnownBadArguments { seeds, jobs, .. } = *table.arguments;
            let hunt = Hunt { strategy: *strategy, seeds_max: seeds, jobs, stop };
            let started = now();
            let find = hunt.hunt(bug)?;
            attempts.push(Attempt { strategy: name, find, wall: started.elapsed() });
        }
        let first = attempts.iter().find_map(|attempt| attempt.find.as_ref());
        let shrunk = match first {
            Some(find) => shorten(bug, find, stop)?,
            None => None,
        };
        Ok(BugHunt { bug, attempts, shrunk })
    }

    fn is_found(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.find.is_some())
    }

    fn test_result(&self, arguments: &KnownBadArguments) -> TestResult {
        let KnownBug { promise, mistake, hidden_by, .. } = self.bug;
        if let Some(hides) = hidden_by {
            return TestResult::skipped(format!("hidden by {hides}: no run can reach it"));
        }
        if self.is_found() {
            return TestResult::Passed;
        }
        let tried: Vec<&str> = self.attempts.iter().map(|attempt| attempt.strategy).collect();
        let (tried, seeds) = (tried.join(", "), arguments.seeds);
        let message = format!("not found by {tried}, with --seeds {seeds}: {} holds", promise.id);
        let text = format!("mistake  {mistake}\npromise  {}\n", promise.promise);
        TestResult::Failed(Problem { message, kind: promise.id.to_owned(), text })
    }

    /// Returns the promise that was broken before the one that the bug must break, if any.
    fn broken_first(&self) -> Option<&'static str> {
        self.attempts.iter().find_map(|attempt| attempt.find.as_ref()?.broken_first)
    }

    /// Returns the row for `known-bad.json` and for `--json`.
    fn row(&self) -> HuntRow {
        let hunted = self.attempts.iter().map(|Attempt { strategy, find, wall }| {
            let broken_first = find.as_ref().and_then(|find| find.broken_first);
            StrategyResult {
                strategy: (*strategy).to_owned(),
                runs: find.as_ref().map(|find| find.runs),
                broken_first: broken_first.map(str::to_owned),
                wall_ms: millis(*wall),
            }
        });
        let shrunk = self.shrunk.as_ref().map(|(shrunk, wall)| {
            let Size { steps, deviations, .. } = Size::of(&shrunk.run.case);
            let case = shrunk.run.case.to_string();
            ShortCase { case, steps, deviations, runs: shrunk.runs, wall_ms: millis(*wall) }
        });
        HuntRow {
            kind: "known-bad".to_owned(),
            name: self.bug.name.to_owned(),
            promise: self.bug.promise.id.to_owned(),
            mistake: self.bug.mistake.to_owned(),
            found: self.is_found(),
            hidden_by: self.bug.hidden_by.map(str::to_owned),
            hunted: hunted.collect(),
            shrunk,
        }
    }
}

/// Shrinks a find. The application keeps to the one promise, as another one may break sooner.
fn shorten(
    bug: &KnownBug,
    find: &HuntFind,
    stop: &AtomicBool,
) -> Result<Option<(ShrunkCase, Duration)>, HarnessError> {
    let app = AdaptedApp::held_to(bug.app, vec![bug.promise.clone()]);
    let started = now();
    let limits = Limits { runs_max: RUNS_MAX, stop };
    let shrunk = shrink(&app, &find.run.case, &app.properties(), limits)?;
    Ok(shrunk.map(|shrunk| (shrunk, started.elapsed())))
}

/// The table of bugs on standard output: text, or a JSON object for each row.
struct HuntTable<'a> {
    arguments: &'a KnownBadArguments,
    strategies: Vec<(&'static str, HuntStrategy)>,
}

impl HuntTable<'_> {
    fn print_head(&self) {
        print(format_args!("{:<22} {:<19} {:<19}", "bug", "must break", "broke first"));
        for (name, _) in &self.strategies {
            print(format_args!(" {name:>12}"));
        }
        say!("  shrunk to");
    }

    fn print_row(&self, hunted: &BugHunt<'_>) {
        if self.arguments.json {
            say!("{}", hunted.row().to_value());
            return;
        }
        let KnownBug { name, promise, .. } = hunted.bug;
        if let Some(hides) = hunted.bug.hidden_by {
            say!("{name:<22} {:<19} hidden by {hides}: no run can reach it", promise.id);
            return;
        }
        let first = if hunted.is_found() {
            hunted.broken_first().unwrap_or(promise.id)
        } else {
            "NOT FOUND"
        };
        print(format_args!("{name:<22} {:<19} {first:<19}", promise.id));
        for Attempt { find, wall, .. } in &hunted.attempts {
            match find {
                Some(find) => print(format_args!(" {:>5} {:>6}", find.runs, seconds(*wall))),
                None => print(format_args!(" {:>5} {:>6}", "-", seconds(*wall))),
            }
        }
        match &hunted.shrunk {
            Some((shrunk, wall)) => {
                let Size { steps, deviations, .. } = Size::of(&shrunk.run.case);
                let runs = shrunk.runs;
                say!("  {steps}+{deviations} {runs:>4} {:>5}", seconds(*wall));
            }
            None => say!(),
        }
    }

    fn print_summary(
        &self,
        (found, hidden, all): (usize, usize, usize),
        canary: &CanaryReport,
        wall: Duration,
    ) {
        if self.arguments.json {
            let object = json!({
                "kind": "summary",
                "found": found,
                "hidden": hidden,
                "all": all,
                "canary_seeds": CANARY_SEEDS,
                "canary_expected": canary.expected.len(),
                "canary_exact": canary.is_exact,
                "wall_ms": millis(wall),
            });
            say!("{object}");
            return;
        }
        let word = if found + hidden == all { "FOUND" } else { "MISSED" };
        let all = all - hidden;
        let hidden = if hidden > 0 { format!(", {hidden} hidden") } else { String::new() };
        let word = verdict(word);
        say!("\n{word} {found} of {all}{hidden}    {}    {}", canary.sentence(), seconds(wall));
        say!("        columns: seeds (or executions) and time until found; the short case in");
        say!("        steps+deviations, and the runs and time of shrinking it");
    }
}

/// The result of the canary, an application that must fail on certain seeds.
struct CanaryReport {
    expected: Vec<u64>,
    /// True if the exploration reported the expected seeds and no others.
    is_exact: bool,
}

impl CanaryReport {
    fn new(canary: &Canary, jobs: usize, stop: &AtomicBool) -> Result<CanaryReport, HarnessError> {
        let exploration = Exploration {
            from: 0,
            seeds: CANARY_SEEDS,
            search: Search::Random,
            families: Families::ALL,
            jobs,
            keeps_going: true,
            stop,
        };
        let summary = exploration.explore(canary.app, |_| {})?;
        let found: Vec<u64> = summary.finds.iter().map(|find| find.seed).collect();
        let expected: Vec<u64> =
            (0..CANARY_SEEDS).filter(|seed| (canary.fails_on)(&canary.app.plan(*seed))).collect();
        Ok(CanaryReport { is_exact: found == expected, expected })
    }

    fn test_result(&self) -> TestResult {
        if self.is_exact {
            return TestResult::Passed;
        }
        let text = format!("it must fail on {:?}\n", self.expected);
        TestResult::Failed(Problem { message: self.sentence(), kind: "canary".to_owned(), text })
    }

    fn sentence(&self) -> String {
        let count = self.expected.len();
        if self.is_exact {
            format!("the canary failed on exactly the {count} of {CANARY_SEEDS} seeds that it must")
        } else {
            format!("THE CANARY did not fail on exactly the {count} seeds that it must")
        }
    }
}

fn seconds(wall: Duration) -> String {
    format!("{:.1}s", wall.as_secs_f64())
}
