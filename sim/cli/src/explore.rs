//! `cargo sim explore`.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use stormglass_sim::explore::{Exploration, Find, Summary};
use stormglass_sim::report::Report;
use stormglass_sim::shrink::{Limits, Shrunk, shrink};
use stormglass_spec::properties;

use crate::arguments::{ExploreArguments, RUNS_MAX};
use crate::summary::{Figures, Vacuity};
use crate::{CommandError, Ending, interrupt};

/// How often a run without a terminal says how far it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Runs seed after seed until a promise is broken.
pub(crate) fn explore(arguments: &ExploreArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let interrupted = interrupt::flag();
    let stop = AtomicBool::new(false);
    let exploration = Exploration {
        from: arguments.from,
        seeds: if arguments.time.is_some() { u64::MAX } else { arguments.seeds },
        families: arguments.families(),
        jobs: arguments.jobs,
        keeps_going: arguments.keep_going,
        stop: &stop,
    };
    let started = now();
    let mut progress = Progress::new(arguments, started);
    let summary = exploration.explore(app, |summary| {
        progress.show(summary);
        let is_over = arguments.time.is_some_and(|time| started.elapsed() >= time);
        stop.store(is_over || interrupted.load(Ordering::Relaxed), Ordering::Relaxed);
    })?;
    progress.finish();
    let figures = Figures { app, summary: &summary, wall: started.elapsed() };
    let vacuity = Vacuity::judge(app, &summary, arguments.families());
    if arguments.json {
        figures.print_json(&vacuity);
    } else {
        for find in first_of_each_kind(&summary) {
            tell(find, arguments, &interrupted)?;
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
fn tell(
    find: &Find,
    arguments: &ExploreArguments,
    interrupted: &AtomicBool,
) -> Result<(), CommandError> {
    let app = arguments.app.app;
    let (name, source) = (app.name(), format!("seed {}", find.seed));
    let source = source.as_str();
    let limits = Limits { runs_max: RUNS_MAX, stop: interrupted };
    let shrunk = match arguments.no_shrink {
        true => None,
        false => shrink(app, &find.run.case, &properties::ALL, limits)?,
    };
    let note = shrunk.as_ref().map(Shrunk::note);
    let (run, violation) = match &shrunk {
        Some(shrunk) => (&shrunk.run, &shrunk.violation),
        None => (&find.run, &find.violation),
    };
    println!("{}", Report { run, violation, app: name, source, shrunk: note.as_deref() });
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how long a search took is told to people only")]
fn now() -> Instant {
    Instant::now()
}

/// A bar on a terminal, a line now and then elsewhere; both on standard error.
struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    lines: u32,
}

impl Progress {
    fn new(arguments: &ExploreArguments, started: Instant) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| match arguments.time {
            None => ProgressBar::new(arguments.seeds)
                .with_style(style("{bar:40} {pos}/{len} seeds  {eta} left  {msg}")),
            Some(_) => ProgressBar::new_spinner()
                .with_style(style("{spinner} {pos} seeds  {elapsed}  {msg}")),
        });
        Progress { bar, started, lines: 0 }
    }

    fn show(&mut self, summary: &Summary) {
        if let Some(bar) = &self.bar {
            bar.set_position(summary.seeds);
            if !summary.finds.is_empty() {
                bar.set_message(format!("{} broken", summary.finds.len()));
            }
        } else if self.started.elapsed() >= LINE_EVERY * (self.lines + 1) {
            self.lines += 1;
            let (seeds, finds) = (summary.seeds, summary.finds.len());
            eprintln!("{seeds} seeds, {finds} broken promises so far");
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
