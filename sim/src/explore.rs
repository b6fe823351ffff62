//! Runs seed after seed until a promise is broken.

mod search;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use stormglass_spec::{Property, Violation};

use crate::app::App;
use crate::case::Case;
use crate::faults::catalogue::{self, Entry};
use crate::faults::{Count, Counts};
use crate::run::{HarnessError, Run};
use crate::strategy::Families;
pub use search::Search;

/// What to explore, and how.
#[derive(Debug)]
pub struct Exploration<'a> {
    /// The first seed.
    pub from: u64,
    /// How many seeds.
    pub seeds: u64,
    /// How a seed steers its run.
    pub search: Search,
    /// Which deviations may occur.
    pub families: Families,
    /// How many threads share the seeds. What is found does not depend on it.
    pub jobs: usize,
    /// Goes on after a broken promise.
    pub keeps_going: bool,
    /// Set from outside to stop early with what there is so far.
    pub stop: &'a AtomicBool,
}

/// What an exploration found.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many seeds were run.
    pub seeds: u64,
    /// How many times each promise was put to the test.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// How many times each witness was seen.
    pub witnesses: BTreeMap<&'static str, u64>,
    /// How often each fault was offered, met, and mattered, in the order of the catalogue.
    pub faults: FaultCounts,
    /// How many requests the handlers' SDK clients sent.
    pub calls: u64,
    /// How many events the histories hold.
    pub events: u64,
    /// How many deviations were met.
    pub deviations: u64,
    /// The virtual time that passed, in microseconds.
    pub virtual_us: u128,
    /// The broken promises, in the order of their seeds.
    pub finds: Vec<Find>,
}

/// The counts of all faults over many runs.
#[derive(Clone, Copy, Debug)]
pub struct FaultCounts(pub Counts);

impl Default for FaultCounts {
    fn default() -> FaultCounts {
        FaultCounts([Count::default(); catalogue::ALL.len()])
    }
}

impl FaultCounts {
    /// Every fault with its count.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Entry, Count)> {
        catalogue::ALL.iter().zip(self.0)
    }

    fn add(&mut self, counts: &Counts) {
        for (sum, count) in self.0.iter_mut().zip(counts) {
            sum.offered += count.offered;
            sum.met += count.met;
            sum.mattered += count.mattered;
        }
    }
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Find {
    /// The seed.
    pub seed: u64,
    /// The run that broke it, with the case that replays it.
    pub run: Run,
    /// What was broken.
    pub violation: Violation,
}

/// Runs the plan and the random schedule of one seed.
///
/// # Errors
///
/// If the harness itself fails.
pub fn run_seed(app: &dyn App, seed: u64, families: Families) -> Result<Run, HarnessError> {
    Search::Random.run(app, seed, families, &app.properties())
}

/// The case of one seed: its plan, and the deviations that a random run of it meets.
///
/// # Errors
///
/// If the harness itself fails.
pub fn case_of(app: &dyn App, seed: u64) -> Result<Case, HarnessError> {
    // Without properties the run goes on to its end, so the case holds every deviation.
    Search::Random.run(app, seed, Families::ALL, &[]).map(|run| run.case)
}

impl Exploration<'_> {
    /// Explores; `progress` hears of every seed, in order, and of what there is so far.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn explore(
        &self,
        app: &dyn App,
        mut progress: impl FnMut(&Summary),
    ) -> Result<Summary, HarnessError> {
        let mut summary = Summary::default();
        let properties = app.properties();
        let next = AtomicU64::new(0);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(256);
            for _ in 0..self.jobs.max(1) {
                let (sender, next, stop) = (sender.clone(), &next, &stop);
                let properties = &properties;
                scope.spawn(move || self.work(app, properties, next, stop, &sender));
            }
            drop(sender);
            let mut early = BTreeMap::new();
            for (index, outcome) in receiver {
                early.insert(index, outcome);
                // Seeds are taken in order, whichever thread was faster.
                while let Some(outcome) = early.remove(&summary.seeds) {
                    let found = summary.take_in(outcome.inspect_err(|_| halt(&stop))?);
                    progress(&summary);
                    if found && !self.keeps_going {
                        halt(&stop);
                        return Ok(());
                    }
                }
                if self.stop.load(Ordering::Relaxed) {
                    halt(&stop);
                    return Ok(());
                }
            }
            Ok(())
        })?;
        Ok(summary)
    }

    fn work(
        &self,
        app: &dyn App,
        properties: &[Property],
        next: &AtomicU64,
        stop: &AtomicBool,
        results: &mpsc::SyncSender<(u64, Result<Summary, HarnessError>)>,
    ) {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= self.seeds {
                return;
            }
            let seed = self.from.wrapping_add(index);
            // A run stays with the thread that made it, unless it is a find: what one thread
            // allocates and another frees costs both of them.
            let outcome = self.search.run(app, seed, self.families, properties);
            let outcome = outcome.map(|run| Summary::of(seed, run));
            if results.send((index, outcome)).is_err() {
                return;
            }
        }
    }
}

fn halt(stop: &AtomicBool) {
    stop.store(true, Ordering::Relaxed);
}

impl Summary {
    /// What one seed gave.
    fn of(seed: u64, run: Run) -> Summary {
        let mut faults = FaultCounts::default();
        faults.add(&run.faults);
        Summary {
            seeds: 1,
            verdicts: run.verdicts.iter().copied().collect(),
            witnesses: run.witnesses.iter().copied().collect(),
            faults,
            calls: run.calls,
            events: u64::try_from(run.history.events.len()).unwrap_or(u64::MAX),
            deviations: u64::try_from(run.case.schedule.deviations.len()).unwrap_or(u64::MAX),
            virtual_us: u128::from(run.elapsed.micros()),
            finds: match run.violation.clone() {
                Some(violation) => vec![Find { seed, run, violation }],
                None => Vec::new(),
            },
        }
    }

    /// Adds what others gave; tells whether they broke a promise.
    fn take_in(&mut self, others: Summary) -> bool {
        let Summary { seeds, verdicts, witnesses, faults, .. } = others;
        self.seeds += seeds;
        self.calls += others.calls;
        self.events += others.events;
        self.deviations += others.deviations;
        self.virtual_us += others.virtual_us;
        for (id, times) in verdicts {
            *self.verdicts.entry(id).or_default() += times;
        }
        for (id, times) in witnesses {
            *self.witnesses.entry(id).or_default() += times;
        }
        self.faults.add(&faults.0);
        let has_finds = !others.finds.is_empty();
        self.finds.extend(others.finds);
        has_finds
    }
}
