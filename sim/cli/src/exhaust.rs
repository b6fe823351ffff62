//! `cargo sim explore --strategy exhaustive`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use stormglass_sim::App;
use stormglass_sim::exhaust::plans::{self, Named};
use stormglass_sim::exhaust::{Exhaustion, Find, Summary, Work};

use crate::arguments::ExploreArguments;
use crate::explore::{now, tell};
use crate::output::say;
use crate::progress::Progress;
use crate::summary::{Pace, broken_as_json};
use crate::{CommandError, Ending, interrupt};

/// How many deviations a schedule may have unless something else is said.
const DEPTH: u32 = 1;

/// Runs every schedule of each plan that has at most so many deviations.
pub(crate) fn exhaust(arguments: &ExploreArguments) -> Result<Ending, CommandError> {
    let interrupted = interrupt::flag();
    let started = now();
    let plans: Vec<&Named> = match arguments.plan {
        Some(named) => vec![named],
        None => plans::ALL.iter().collect(),
    };
    let mut ending = Ending::Held;
    let (mut executions, mut work) = (0, Work::default());
    for named in plans {
        let searched = Searched::new(arguments, named, started, &interrupted)?;
        executions += searched.summary.executions;
        work = work.and(searched.summary.work);
        if arguments.json {
            searched.print_json();
        } else {
            searched.print(arguments, &interrupted)?;
        }
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

    /// Prints for people: the first find of each promise, and what was searched.
    fn print(
        &self,
        arguments: &ExploreArguments,
        interrupted: &AtomicBool,
    ) -> Result<(), CommandError> {
        let source = format!("plan {}", self.named.name);
        for find in self.first_of_each_kind() {
            tell(&find.run, &find.violation, &source, arguments, interrupted)?;
        }
        let finds = self.summary.finds.len();
        let word = if finds > 0 { "BROKEN" } else { "HELD" };
        say!(
            "{word:<7} {:<15} {}: {} execution{}, {} pruned, {finds} violation{}    \
             app {}   {:.1} s",
            self.named.name,
            self.bound(),
            self.summary.executions,
            plural(self.summary.executions),
            self.summary.pruned,
            plural(u64::try_from(finds).unwrap_or(u64::MAX)),
            self.app.name(),
            self.wall.as_secs_f64()
        );
        Ok(())
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
