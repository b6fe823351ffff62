//! `cargo sim explore --strategy exhaustive`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use stormglass_sim::App;
use stormglass_sim::search::causes::Cause;
use stormglass_sim::search::exhaust::plans::{self, NamedPlan};
use stormglass_sim::search::exhaust::{Exhaustion, ExhaustionSummary, ScheduleFind, Work};

use super::explore::{needs_reports, report};
use crate::arguments::ExploreArguments;
use crate::ci::github::GitHub;
use crate::ci::junit::{self, Problem, Suite, TestResult};
use crate::ci::suites;
use crate::clock::{millis, now};
use crate::interrupt;
use crate::outcome::{Outcome, SimError};
use crate::output::{say, verdict};
use crate::progress::RunProgress;
use crate::summary::{Pace, find_as_json};

/// The default `--depth`.
const DEPTH: u32 = 1;

/// Runs every schedule of each plan that has at most `--depth` deviations.
pub(super) fn exhaust(
    arguments: &ExploreArguments,
    github: Option<&GitHub>,
) -> Result<Outcome, SimError> {
    let name = arguments.app.app.name();
    let mut suite = Suite::new(format!("{name}, exhaustive"), name);
    junit::write_around(arguments.junit.as_deref(), &mut suite, |suite| {
        search_all(arguments, github, suite)
    })
}

fn search_all(
    arguments: &ExploreArguments,
    github: Option<&GitHub>,
    suite: &mut Suite,
) -> Result<Outcome, SimError> {
    let interrupted = interrupt::flag();
    let started = now();
    let plans: Vec<&NamedPlan> = match arguments.plan {
        Some(named) => vec![named],
        None => plans::ALL.iter().collect(),
    };
    suites::add_plans(suite, &plans);
    let mut outcome = Outcome::Held;
    let (mut executions, mut work) = (0, Work::default());
    for named in plans {
        let search = PlanSearch::run(arguments, named, started, &interrupted)
            .inspect_err(|error| suite.set(named.name, TestResult::error(error)))?;
        executions += search.summary.executions;
        work = work.and(search.summary.work);
        search
            .report(arguments, &interrupted, github, suite)
            .inspect_err(|error| suite.set(suites::SEARCH, TestResult::error(error)))?;
        if !search.summary.finds.is_empty() {
            outcome = Outcome::Broken;
        }
        let goes_on = outcome == Outcome::Held || arguments.keep_going;
        if !goes_on || is_over(arguments, started, &interrupted) {
            break;
        }
    }
    if !arguments.json {
        say!("\n{}", pace(executions, work, started.elapsed()));
    }
    Ok(outcome)
}

fn pace(runs: u64, work: Work, wall: Duration) -> Pace {
    let Work { calls, events, virtual_us } = work;
    Pace { wall, runs, unit: "executions", calls, events, virtual_us }
}

/// Reports whether the time is over, or Ctrl-C was pressed.
fn is_over(arguments: &ExploreArguments, started: Instant, interrupted: &AtomicBool) -> bool {
    let is_late = arguments.time.is_some_and(|time| started.elapsed() >= time);
    is_late || interrupted.load(Ordering::Relaxed)
}

/// The search through the schedules of one plan, with its results.
struct PlanSearch {
    app: &'static dyn App,
    named: &'static NamedPlan,
    depth: u32,
    summary: ExhaustionSummary,
    wall: Duration,
}

impl PlanSearch {
    fn run(
        arguments: &ExploreArguments,
        named: &'static NamedPlan,
        started: Instant,
        interrupted: &AtomicBool,
    ) -> Result<PlanSearch, SimError> {
        let (app, stop) = (arguments.app.app, AtomicBool::new(false));
        let plan = named.plan(app);
        let properties = app.properties();
        let depth = arguments.depth.unwrap_or(DEPTH);
        let exhaustive = Exhaustion {
            plan: &plan,
            max_deviations: usize::try_from(depth).unwrap_or(usize::MAX),
            families: arguments.families(),
            properties: &properties,
            jobs: arguments.jobs,
            prunes: true,
            keeps_going: arguments.keep_going,
            stop: &stop,
        };
        let here = now();
        let mut progress = RunProgress::new("schedules", None, here);
        let summary = exhaustive.search(app, |summary, _| {
            progress.show(summary.executions, summary.finds.len());
            stop.store(is_over(arguments, started, interrupted), Ordering::Relaxed);
        })?;
        progress.finish();
        Ok(PlanSearch { app, named, depth, summary, wall: here.elapsed() })
    }

    /// Reports the smallest find of each cause and the extent of the search, on the terminal, in
    /// the suite and in the workflow.
    fn report(
        &self,
        arguments: &ExploreArguments,
        interrupted: &AtomicBool,
        github: Option<&GitHub>,
        suite: &mut Suite,
    ) -> Result<(), SimError> {
        if arguments.json {
            self.print_json();
        }
        suite.set(self.named.name, self.test_result());
        if needs_reports(arguments, github) {
            self.report_finds(arguments, interrupted, github, suite)?;
        }
        if !arguments.json {
            self.print();
        }
        if let (true, Some(github)) = (self.summary.finds.is_empty(), github) {
            let (plan, app) = (self.named.name, self.app.name());
            github.show_line("HELD", &format!("{plan}, {} (app {app})", self.claim()));
        }
        Ok(())
    }

    fn report_finds(
        &self,
        arguments: &ExploreArguments,
        interrupted: &AtomicBool,
        github: Option<&GitHub>,
        suite: &mut Suite,
    ) -> Result<(), SimError> {
        let source = format!("plan {}", self.named.name);
        let mut all: Option<Problem> = None;
        for Cause { smallest: find, .. } in self.summary.causes() {
            let (failure, again) =
                report(&find.run, &find.violation, &source, arguments, interrupted)?;
            let problem = Problem::reported(&failure);
            let problem = all.map_or(problem.clone(), |all: Problem| all.and(&problem));
            // Set at once, so that the suite has it even if the next find ends in an error.
            suite.set(self.named.name, TestResult::Failed(problem.clone()));
            all = Some(problem);
            if let Some(github) = github {
                github.show(&failure);
            }
            again.into_result()?;
        }
        Ok(())
    }

    /// Prints the extent of the search for people.
    fn print(&self) {
        let word = if self.summary.finds.is_empty() { "HELD" } else { "BROKEN" };
        let (plan, app, wall) = (self.named.name, self.app.name(), self.wall.as_secs_f64());
        let word = verdict(word);
        say!("{word} {plan:<15} {}    app {app}   {wall:.1} s", self.claim());
    }

    /// Returns the result of the plan as a test case, before any find has a report.
    fn test_result(&self) -> TestResult {
        match (self.summary.finds.first(), self.summary.is_complete) {
            (Some(ScheduleFind { run, violation, .. }), _) => {
                TestResult::Failed(Problem::unreported(run, violation, self.app))
            }
            (None, true) => TestResult::Passed,
            (None, false) => TestResult::skipped(format!("it was stopped: {}", self.claim())),
        }
    }

    /// Returns the extent of the search and the number of its finds, in words.
    fn claim(&self) -> String {
        let ExhaustionSummary { executions, pruned, finds, .. } = &self.summary;
        let finds = u64::try_from(finds.len()).unwrap_or(u64::MAX);
        format!(
            "{}: {executions} execution{}, {pruned} pruned, {finds} violation{}",
            self.extent(),
            plural(*executions),
            plural(finds)
        )
    }

    fn extent(&self) -> String {
        let (depth, s) = (self.depth, plural(u64::from(self.depth)));
        let every =
            if self.summary.is_complete { "every schedule" } else { "some of the schedules" };
        format!("{every} with at most {depth} deviation{s}")
    }

    /// Prints one JSON object per line: the finds, then the summary.
    fn print_json(&self) {
        let (app, plan) = (self.app.name(), self.named.name);
        for Cause { smallest: find, finds } in self.summary.causes() {
            let mut object = find_as_json(self.app, &find.run, &find.violation);
            object["plan"] = plan.into();
            object["finds"] = finds.into();
            say!("{object}");
        }
        let object = serde_json::json!({
            "kind": "summary",
            "app": app,
            "plan": plan,
            "max_deviations": self.depth,
            "complete": self.summary.is_complete,
            "executions": self.summary.executions,
            "pruned": self.summary.pruned,
            "points": self.summary.points,
            "finds": self.summary.finds.len(),
            "calls": self.summary.work.calls,
            "events": self.summary.work.events,
            "wall_ms": millis(self.wall),
        });
        say!("{object}");
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
