//! Runs seed after seed until one violates a property.

mod coverage;
mod distribution;
mod label;
mod latency;
mod reach;
mod search;
mod slowest;
mod summary;
mod worker;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::app::App;
use crate::case::Case;
use crate::outcome::{HarnessError, Run};
use crate::search::determinism;
use crate::strategy::Families;
pub use coverage::{Coverage, CoverageStep, pairs};
pub use distribution::{Bucket, Distribution};
pub use latency::{FanOut, FanOutRange, Latencies};
pub use reach::Reach;
pub use search::Search;
pub use slowest::{Slow, Slowest};
use summary::Outcome;
pub use summary::{FaultCounts, Find, Summary};
use worker::Worker;

/// The settings of an exploration.
///
/// ```
/// use std::sync::atomic::AtomicBool;
///
/// use stormglass_sim::search::explore::{Exploration, Search};
/// use stormglass_sim::strategy::Families;
/// use stormglass_sim::{App, HarnessError};
///
/// # #[expect(dead_code)]
/// fn first_broken_seed(app: &dyn App) -> Result<Option<u64>, HarnessError> {
///     let exploration = Exploration {
///         from: 0,
///         seeds: 2_000,
///         search: Search::Random,
///         families: Families::ALL,
///         jobs: 2,
///         keeps_going: false,
///         stop: &AtomicBool::new(false),
///     };
///     let summary = exploration.explore(app, |_| {})?;
///     Ok(summary.finds.first().map(|find| find.seed))
/// }
/// ```
#[derive(Debug)]
pub struct Exploration<'a> {
    /// The first seed.
    pub from: u64,
    /// The number of seeds.
    pub seeds: u64,
    /// The way in which a seed steers its run.
    pub search: Search,
    /// The families of deviations that may occur.
    pub families: Families,
    /// The number of threads that share the seeds. The findings do not depend on it.
    pub jobs: usize,
    /// True if the exploration goes on after a violation.
    pub keeps_going: bool,
    /// A flag that a caller sets to stop early. The exploration then returns its results so far.
    pub stop: &'a AtomicBool,
}

/// Runs the plan and the random schedule of one seed. As in an exploration, a run that violates a
/// property, and one in twenty of the others, runs twice.
///
/// # Errors
///
/// [`HarnessError::Nondeterministic`] if a second run differs. Any other error if the harness
/// itself fails.
pub fn run_seed(app: &dyn App, seed: u64, families: Families) -> Result<Run, HarnessError> {
    let properties = app.properties();
    let run = Search::Random.run(app, seed, families, &properties)?;
    determinism::repeat_some(app, seed, &run, &properties)?;
    Ok(run)
}

/// Returns the case of one seed: its plan, and the deviations that a random run of it meets.
///
/// # Errors
///
/// If the harness itself fails.
pub fn case_of(app: &dyn App, seed: u64) -> Result<Case, HarnessError> {
    // Without properties the run goes on to its end, so the case holds every deviation.
    Search::Random.run(app, seed, Families::ALL, &[]).map(|run| run.case)
}

impl Exploration<'_> {
    /// Explores. Calls `progress` after every seed, in order, with the summary so far. If
    /// `progress` sets the stop flag, the exploration ends after that very seed, with any number of
    /// threads.
    ///
    /// Seeds that violate a property, and one in twenty of the others, run twice.
    ///
    /// # Errors
    ///
    /// If the harness itself fails, or two runs of a seed differ.
    pub fn explore(
        &self,
        app: &dyn App,
        mut progress: impl FnMut(&Summary),
    ) -> Result<Summary, HarnessError> {
        let mut summary = Summary::default();
        let properties = app.properties();
        let next = AtomicU64::new(0);
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(256);
            for _ in 0..self.jobs.max(1) {
                let (sender, next, is_over) = (sender.clone(), &next, &is_over);
                let worker = Worker::new(self, app, &properties);
                scope.spawn(move || self.work(worker, next, is_over, &sender));
            }
            drop(sender);
            let ended = self.take(&receiver, &mut summary, &mut progress);
            is_over.store(true, Ordering::Relaxed);
            // Threads that wait to send would wait for ever.
            drop(receiver);
            ended
        })?;
        Ok(summary)
    }

    /// Takes the results of the threads in the order of the seeds.
    fn take(
        &self,
        receiver: &mpsc::Receiver<(u64, Result<Outcome, HarnessError>)>,
        summary: &mut Summary,
        progress: &mut impl FnMut(&Summary),
    ) -> Result<(), HarnessError> {
        let mut early = BTreeMap::new();
        for (index, outcome) in receiver {
            early.insert(index, outcome);
            while let Some(outcome) = early.remove(&summary.seeds) {
                let seed = self.from.wrapping_add(summary.seeds);
                let found = summary.add(seed, outcome?);
                progress(summary);
                if (found && !self.keeps_going) || self.stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn work(
        &self,
        mut worker: Worker<'_>,
        next: &AtomicU64,
        is_over: &AtomicBool,
        results: &mpsc::SyncSender<(u64, Result<Outcome, HarnessError>)>,
    ) {
        while !is_over.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= self.seeds {
                return;
            }
            let outcome = worker.run(self.from.wrapping_add(index));
            if results.send((index, outcome)).is_err() {
                return;
            }
        }
    }
}
