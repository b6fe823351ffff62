//! `cargo sim explore --strategy exhaustive`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use stormglass_sim::App;
use stormglass_sim::search::exhaust::plans::{self, Named};
use stormglass_sim::search::exhaust::{Exhaustion, Find, Summary, Work};

use crate::arguments::ExploreArguments;
use crate::explore::{now, tell};
use crate::github::GitHub;
use crate::junit::{self, Problem, Suite, Verdict};
use crate::output::{say, verdict};
use crate::progress::Progress;
use crate::suites;
use crate::summary::{Pace, broken_as_json};
use crate::{CommandError, Ending, interrupt};

/// How many deviations a schedule may have unless something else is said.
const DEPTH: u32 = 1;

/// Runs every schedule of each plan that has at most so many deviations.
pub(crate) fn exhaust(
    arguments: &ExploreArguments,
    github: Option<&GitHub>,
) -> Result<Ending, CommandError> {
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
) -> Result<Ending, CommandError> {
    let interrupted = interrupt::flag();
    let started = now();
    let plans: Vec<&Named> = match arguments.plan {
        Some(named) => vec![named],
        None => plans::ALL.iter().collect(),
    };
    suites::add_plans(suite, &plans);
    let mut ending = Ending::Held;
    let (mut executions, mut work) = (0, Work::default());
    for named in plans {
        let searched = Searched::new(arguments, named, started, &interrupted)
            .inspect_err(|error| suite.set(named.name, Verdict::error(error)))?;
        executions += searched.summary.executions;
        work = work.and(searched.summary.work);
        searched
            .print_and_show(arguments, &interrupted, github, suite)
            .inspect_err(|error| suite.set(suites::SEARCH, Verdict::error(error)))?;
        if !searched.summary.finds.is_empty() {
            ending = Ending::Broken;
        }
        let goes_on = ending == Ending::Held || arguments.keep_going;
        if !goes_on || is_over(arguments, started, &interrupted) {
            break;
        }
    }
    if !arguments.json {
        say!("\n{}", pace(executions, work, started.elapsed()));
    }
    Ok(ending)
}

fn pace(runs: u64, work: Work, wall: Duration) -> Pace {
    let Work { calls, events, virtual_us } = work;
    Pace { wall, runs, unit: "executions", calls, events, virtual_us }
}

/// Whether there is an end to it from outside.
fn is_over(arguments: &ExploreArguments, started: Instant, interrupted: &AtomicBool) -> bool {
    let is_late = arguments.time.is_some_and(|time| started.elapsed() >= time);
    is_late || interrupted.load(Ordering::Relaxed)
}

/// A plan, and what the search through its schedules came to.
struct Searched {
    app: &'static dyn App,
    named: &'static Named,
    depth: u32,
    summary: Summary,
    wall: Duration,
}

impl Searched {
    fn new(
        arguments: &ExploreArguments,
        named: &'static Named,
        started: Instant,
        interrupted: &AtomicBool,
    ) -> Result<Searched, CommandError> {
        let (app, plan, stop) = (arguments.app.app, named.plan(), AtomicBool::new(false));
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
        let mut progress = Progress::new("schedules", None, here);
        let summary = exhaustive.search(app, |summary, _| {
            progress.show(summary.executions, summary.finds.len());
            stop.store(is_over(arguments, started, interrupted), Ordering::Relaxed);
        })?;
        progress.finish();
        Ok(Searched { app, named, depth, summary, wall: here.elapsed() })
    }

    /// Prints the first find of each promise and what was searched, and shows it wherever else it
    /// is to be seen.
    fn print_and_show(
        &self,
        arguments: &ExploreArguments,
        interrupted: &AtomicBool,
        github: Option<&GitHub>,
        suite: &mut Suite,
    ) -> Result<(), CommandError> {
        if arguments.json {
            self.print_json();
        }
        suite.set(self.named.name, self.verdict());
        if arguments.tells(github) {
            let source = format!("plan {}", self.named.name);
            let mut all: Option<Problem> = None;
            for find in self.first_of_each_kind() {
                let (told, again) =
                    tell(&find.run, &find.violation, &source, arguments, interrupted)?;
                let problem = told.problem();
                let problem = all.map_or(problem.clone(), |all: Problem| all.and(&problem));
                suite.set(self.named.name, Verdict::Failed(problem.clone()));
                all = Some(problem);
                told.show(github);
                again.into_result()?;
            }
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

    /// Prints for people what was searched.
    fn print(&self) {
        let word = if self.summary.finds.is_empty() { "HELD" } else { "BROKEN" };
        let (plan, app, wall) = (self.named.name, self.app.name(), self.wall.as_secs_f64());
        let word = verdict(word);
        say!("{word} {plan:<15} {}    app {app}   {wall:.1} s", self.claim());
    }

    /// What its test case says until a story of it is told.
    fn verdict(&self) -> Verdict {
        match (self.summary.finds.first(), self.summary.is_complete) {
            (Some(Find { run, violation, .. }), _) => {
                Verdict::Failed(Problem::untold(run, violation, self.app.name()))
            }
            (None, true) => Verdict::Passed,
            (None, false) => Verdict::skipped(format!("it was stopped: {}", self.claim())),
        }
    }

    /// What the search came to.
    fn claim(&self) -> String {
        let Summary { executions, pruned, finds, .. } = &self.summary;
        let finds = u64::try_from(finds.len()).unwrap_or(u64::MAX);
        format!(
            "{}: {executions} execution{}, {pruned} pruned, {finds} violation{}",
            self.bound(),
            plural(*executions),
            plural(finds)
        )
    }

    /// What the search may claim.
    fn bound(&self) -> String {
        let (depth, s) = (self.depth, plural(u64::from(self.depth)));
        let every =
            if self.summary.is_complete { "every schedule" } else { "some of the schedules" };
        format!("{every} with at most {depth} deviation{s}")
    }

    /// The first find of each promise: the rest tells the same story again.
    fn first_of_each_kind(&self) -> Vec<&Find> {
        let mut first: Vec<&Find> = Vec::new();
        for find in &self.summary.finds {
            if !first.iter().any(|known| known.violation.property == find.violation.property) {
                first.push(find);
            }
        }
        first
    }

    /// Prints one JSON object per line: the finds, then what was searched.
    fn print_json(&self) {
        let (app, plan) = (self.app.name(), self.named.name);
        for find in &self.summary.finds {
            let mut object = broken_as_json(self.app, &find.run, &find.violation);
            object["plan"] = plan.into();
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
            "wall_ms": u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
        });
        say!("{object}");
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
