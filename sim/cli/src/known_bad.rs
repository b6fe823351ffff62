//! `cargo sim known-bad`: the table of what must be found, and of what it takes to find it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use stormglass::record;
use stormglass_apps::known_bad::hunt::{Hunt, Quarry, Strategy};
use stormglass_apps::{AdaptedApp, CANARY, KnownBad, canary};
use stormglass_sim::search::explore::{Exploration, Search};
use stormglass_sim::search::shrink::{Limits, Shrunk, Size, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError};

use crate::arguments::{HuntName, KnownBadArguments, PCT_DEPTH, RUNS_MAX};
use crate::explore::{now, tell_page};
use crate::github::GitHub;
use crate::junit::{self, Problem, Suite, Verdict};
use crate::output::{print, say, verdict};
use crate::progress::Progress;
use crate::store::Store;
use crate::suites;
use crate::{CommandError, Ending, interrupt};

/// How many deviations an exhaustive hunt may use.
const EXHAUSTIVE_DEPTH: usize = 1;

/// How many seeds the canary sings for.
const CANARY_SEEDS: u64 = 500;

/// Hunts what is known to be bad. What no strategy finds is a failure of the harness.
pub(crate) fn known_bad(
    arguments: &KnownBadArguments,
    github: Option<&GitHub>,
) -> Result<Ending, CommandError> {
    let all: Vec<&KnownBad> = match arguments.only.is_empty() {
        true => KnownBad::all().iter().collect(),
        false => arguments.only.clone(),
    };
    if arguments.list {
        all.iter().for_each(|bad| list(bad));
        return Ok(Ending::Held);
    }
    let names: Vec<&str> = strategies(arguments.strategy).iter().map(|(name, _)| *name).collect();
    let mut suite = Suite::new(format!("known-bad, {}", names.join(" and ")), "known-bad");
    junit::write_around(arguments.junit.as_deref(), &mut suite, |suite| {
        hunt_all(arguments, &all, github, suite)
    })
}

fn hunt_all(
    arguments: &KnownBadArguments,
    all: &[&'static KnownBad],
    github: Option<&GitHub>,
    suite: &mut Suite,
) -> Result<Ending, CommandError> {
    suites::add_known_bad(suite, all);
    let stop = interrupt::flag();
    let table = Table { arguments, strategies: strategies(arguments.strategy) };
    if !arguments.json {
        table.print_head();
    }
    let started = now();
    let mut progress = Progress::new("known to be bad", u64::try_from(all.len()).ok(), started);
    let (mut found, mut rows) = (0, Vec::new());
    for bad in all {
        let row = Row::new(bad, &table, &stop)
            .inspect_err(|error| suite.set(bad.name, Verdict::error(error)))?;
        if stop.load(Ordering::Relaxed) {
            break;
        }
        rows.push(row.record());
        found += usize::from(row.is_found());
        progress.show(u64::try_from(rows.len()).unwrap_or(u64::MAX), 0);
        table.print_row(&row);
        let verdict = row.verdict(arguments);
        show_failure(github, bad.name, &verdict);
        suite.set(bad.name, verdict);
    }
    progress.finish();
    let page = keep(rows);
    let canary = CanaryReport::new(arguments.jobs, &stop)
        .inspect_err(|error| suite.set(suites::CANARY, Verdict::error(error)))?;
    // A hunt that is cut off cuts the canary off as well, which says nothing of it.
    if !stop.load(Ordering::Relaxed) {
        show_failure(github, suites::CANARY, &canary.verdict());
        suite.set(suites::CANARY, canary.verdict());
    }
    let hidden = all.iter().filter(|bad| bad.hidden_by.is_some()).count();
    let is_found = found + hidden == all.len();
    table.print_summary((found, hidden, all.len()), &canary, started.elapsed());
    if !arguments.json {
        tell_page(page.as_deref());
    }
    if let Some(github) = github {
        let wanted = all.len() - hidden;
        let word = if is_found { "FOUND" } else { "MISSED" };
        github.show_line(word, &format!("{found} of {wanted} known to be bad"));
    }
    Ok(if is_found && canary.is_exact { Ending::Held } else { Ending::Failed })
}

fn show_failure(github: Option<&GitHub>, name: &str, verdict: &Verdict) {
    if let (Some(github), Verdict::Failed(problem)) = (github, verdict) {
        github.show_error(name, &problem.message);
    }
}

/// Stores what was hunted for the page of the last exploration. A hunt for some of them, or one
/// that was cut short, says nothing of the others.
fn keep(rows: Vec<record::Row>) -> Option<PathBuf> {
    if rows.is_empty() {
        return None;
    }
    let some = rows.len() < KnownBad::all().len();
    Store::find()?.keep_known_bad(rows, some)
}

fn list(bad: &KnownBad) {
    say!("{:<23} {:<20} {}", bad.name, bad.promise.id, bad.mistake);
}

/// The strategies that one word stands for, each with its name.
fn strategies(name: HuntName) -> Vec<(&'static str, Strategy)> {
    let random = ("random", Strategy::Seeded(Search::Random));
    let pct = ("pct", Strategy::Seeded(Search::Pct { depth: PCT_DEPTH }));
    let exhaustive = ("exhaustive", Strategy::Exhaustive { max_deviations: EXHAUSTIVE_DEPTH });
    match name {
        HuntName::Random => vec![random],
        HuntName::Pct => vec![pct],
        HuntName::Exhaustive => vec![exhaustive],
        HuntName::All => vec![random, pct, exhaustive],
    }
}

/// What came of hunting one of them.
struct Row<'a> {
    bad: &'a KnownBad,
    hunted: Vec<Hunted>,
    shrunk: Option<(Shrunk, Duration)>,
}

/// What came of one strategy.
struct Hunted {
    strategy: &'static str,
    quarry: Option<Quarry>,
    wall: Duration,
}

impl<'a> Row<'a> {
    fn new(
        bad: &'a KnownBad,
        table: &Table<'_>,
        stop: &AtomicBool,
    ) -> Result<Row<'a>, HarnessError> {
        let mut hunted = Vec::new();
        let strategies = if bad.hidden_by.is_some() { &[] } else { &table.strategies[..] };
        for (name, strategy) in strategies {
            let KnownBadArguments { seeds, jobs, .. } = *table.arguments;
            let hunt = Hunt { strategy: *strategy, seeds_max: seeds, jobs, stop };
            let started = now();
            let quarry = hunt.hunt(bad)?;
            hunted.push(Hunted { strategy: name, quarry, wall: started.elapsed() });
        }
        let first = hunted.iter().find_map(|hunted| hunted.quarry.as_ref());
        let shrunk = match first {
            Some(quarry) => shorten(bad, quarry, stop)?,
            None => None,
        };
        Ok(Row { bad, hunted, shrunk })
    }

    fn is_found(&self) -> bool {
        self.hunted.iter().any(|hunted| hunted.quarry.is_some())
    }

    fn verdict(&self, arguments: &KnownBadArguments) -> Verdict {
        let KnownBad { promise, mistake, hidden_by, .. } = self.bad;
        if let Some(hides) = hidden_by {
            return Verdict::skipped(format!("hidden by {hides}: no run can come there"));
        }
        if self.is_found() {
            return Verdict::Passed;
        }
        let tried: Vec<&str> = self.hunted.iter().map(|hunted| hunted.strategy).collect();
        let (tried, seeds) = (tried.join(", "), arguments.seeds);
        let message = format!("not found by {tried}, with --seeds {seeds}: {} holds", promise.id);
        let text = format!("mistake  {mistake}\npromise  {}\n", promise.promise);
        Verdict::Failed(Problem { message, kind: promise.id.to_owned(), text })
    }

    /// What was broken before the promise that must be broken, if anything was.
    fn broken_first(&self) -> Option<&'static str> {
        self.hunted.iter().find_map(|hunted| hunted.quarry.as_ref()?.broken_first)
    }
}

/// Makes what was found short.
fn shorten(
    bad: &KnownBad,
    quarry: &Quarry,
    stop: &AtomicBool,
) -> Result<Option<(Shrunk, Duration)>, HarnessError> {
    let app = AdaptedApp::held_to(bad.app, vec![bad.promise]);
    let started = now();
    let limits = Limits { runs_max: RUNS_MAX, stop };
    let shrunk = shrink(&app, &quarry.run.case, &app.properties(), limits)?;
    Ok(shrunk.map(|shrunk| (shrunk, started.elapsed())))
}

/// How the rows are printed.
struct Table<'a> {
    arguments: &'a KnownBadArguments,
    strategies: Vec<(&'static str, Strategy)>,
}

impl Table<'_> {
    fn print_head(&self) {
        print(format_args!("{:<22} {:<19} {:<19}", "what is wrong", "must break", "broke first"));
        for (name, _) in &self.strategies {
            print(format_args!(" {name:>12}"));
        }
        say!("  shrunk to");
    }

    fn print_row(&self, row: &Row<'_>) {
        if self.arguments.json {
            say!("{}", row.record().to_value());
            return;
        }
        let KnownBad { name, promise, .. } = row.bad;
        if let Some(hides) = row.bad.hidden_by {
            say!("{name:<22} {:<19} hidden by {hides}: no run can come there", promise.id);
            return;
        }
        let first = match row.is_found() {
            true => row.broken_first().unwrap_or(promise.id),
            false => "NOT FOUND",
        };
        print(format_args!("{name:<22} {:<19} {first:<19}", promise.id));
        for Hunted { quarry, wall, .. } in &row.hunted {
            match quarry {
                Some(quarry) => {
                    print(format_args!(" {:>5} {:>6}", quarry.runs, seconds(*wall)));
                }
                None => print(format_args!(" {:>5} {:>6}", "-", seconds(*wall))),
            }
        }
        match &row.shrunk {
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
        say!("        columns: seeds (or executions) and time until found; steps+deviations,");
        say!("        runs and time of making it short");
    }
}

/// Whether an exploration reports what is known beforehand.
struct CanaryReport {
    expected: Vec<u64>,
    is_exact: bool,
}

impl CanaryReport {
    fn new(jobs: usize, stop: &AtomicBool) -> Result<CanaryReport, HarnessError> {
        let exploration = Exploration {
            from: 0,
            seeds: CANARY_SEEDS,
            search: Search::Random,
            families: Families::ALL,
            jobs,
            keeps_going: true,
            stop,
        };
        let summary = exploration.explore(&CANARY, |_| {})?;
        let found: Vec<u64> = summary.finds.iter().map(|find| find.seed).collect();
        let expected: Vec<u64> = (0..CANARY_SEEDS).filter(|seed| canary::fails_on(*seed)).collect();
        Ok(CanaryReport { is_exact: found == expected, expected })
    }

    fn verdict(&self) -> Verdict {
        if self.is_exact {
            return Verdict::Passed;
        }
        let text = format!("it must fail on {:?}\n", self.expected);
        Verdict::Failed(Problem { message: self.sentence(), kind: "canary".to_owned(), text })
    }

    fn sentence(&self) -> String {
        let count = self.expected.len();
        match self.is_exact {
            true => {
                format!("the canary failed on the {count} of {CANARY_SEEDS} seeds that it must")
            }
            false => format!("THE CANARY did not fail on the {count} seeds that it must"),
        }
    }
}

fn seconds(wall: Duration) -> String {
    format!("{:.1}s", wall.as_secs_f64())
}

fn millis(wall: Duration) -> u64 {
    u64::try_from(wall.as_millis()).unwrap_or(u64::MAX)
}

impl Row<'_> {
    /// As it is kept, and printed as JSON.
    fn record(&self) -> record::Row {
        let hunted = self.hunted.iter().map(|Hunted { strategy, quarry, wall }| {
            let broken_first = quarry.as_ref().and_then(|quarry| quarry.broken_first);
            record::Hunted {
                strategy: (*strategy).to_owned(),
                runs: quarry.as_ref().map(|quarry| quarry.runs),
                broken_first: broken_first.map(str::to_owned),
                wall_ms: millis(*wall),
            }
        });
        let shrunk = self.shrunk.as_ref().map(|(shrunk, wall)| {
            let Size { steps, deviations, .. } = Size::of(&shrunk.run.case);
            let case = shrunk.run.case.to_string();
            record::Shrunk { case, steps, deviations, runs: shrunk.runs, wall_ms: millis(*wall) }
        });
        record::Row {
            kind: "known-bad".to_owned(),
            name: self.bad.name.to_owned(),
            promise: self.bad.promise.id.to_owned(),
            mistake: self.bad.mistake.to_owned(),
            found: self.is_found(),
            hidden_by: self.bad.hidden_by.map(str::to_owned),
            hunted: hunted.collect(),
            shrunk,
        }
    }
}
