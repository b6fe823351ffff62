//! Runs every schedule of one plan that has at most so many deviations.
//!
//! The search starts with the dull run and notes its points of choice. A child of a schedule adds
//! one deviation, at a point that comes after the last one where its parent deviates, so that each
//! set of deviations is run exactly once. Nothing is lost by that: up to its last deviation a
//! schedule runs as it does without it, so it is a child of the rest of itself.
//!
//! A run is pruned where it comes to a state that another run has been in with as many deviations
//! left: it ends there, and has no children from there on. That is sound, because a [`State`] holds
//! all that can still make a difference: equal states have equal futures. It is not all that could
//! be left out: states with other times in them are other states.
//!
//! [`State`]: crate::strategy::State
//!
//! - [`plans`]: small plans, each with one race in it.
//! - `execution`: one run that notes its points of choice, and the children that it has.

mod execution;
pub mod plans;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use stormglass_spec::{Property, Violation};

use crate::app::App;
use crate::case::{Plan, Schedule};
use crate::outcome::{HarnessError, Run};
use crate::strategy::{Families, KnownStates};
use execution::{Candidate, Execution, Parent};

/// A search through every schedule with at most so many deviations.
#[derive(Debug)]
pub struct Exhaustion<'a> {
    /// What the outside world does.
    pub plan: &'a Plan,
    /// The most deviations that a schedule has.
    pub max_deviations: usize,
    /// Which deviations may occur.
    pub families: Families,
    /// What must hold.
    pub properties: &'a [Property],
    /// How many threads share the runs. What is found does not depend on it.
    pub jobs: usize,
    /// Whether what is known from other runs is left out. What is found does not depend on it, and
    /// nothing is left out if one of the properties cannot be sketched (see
    /// [`Monitor::sketch`](stormglass_spec::Monitor::sketch)).
    pub prunes: bool,
    /// Goes on after a broken promise.
    pub keeps_going: bool,
    /// Set from outside to stop early with what there is so far.
    pub stop: &'a AtomicBool,
}

/// What a search came to.
#[derive(Clone, Debug, Default)]
pub struct ExhaustionSummary {
    /// How many schedules were run.
    pub executions: u64,
    /// How many of them ended where the rest was known from another one.
    pub pruned: u64,
    /// How many points of choice their runs came to, all together.
    pub points: u64,
    /// The work that was done. A thread may run on for a while where another one has just come to
    /// know the rest, so it can differ from time to time, as the time on the wall does.
    pub work: Work,
    /// The broken promises, in the order in which their schedules were run.
    pub finds: Vec<ScheduleFind>,
    /// Whether every schedule was run or pruned. Those that differ from one that was run only after
    /// it broke a promise, or only at points that it never comes to, are the same run.
    pub is_complete: bool,
}

/// What runs came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// How many requests the handlers' SDK clients sent.
    pub calls: u64,
    /// How many events the histories hold.
    pub events: u64,
    /// The virtual time that passed, in microseconds.
    pub virtual_us: u128,
}

impl Work {
    /// What a run came to.
    fn of(run: &Run) -> Work {
        Work {
            calls: run.calls,
            events: u64::try_from(run.history.events.len()).unwrap_or(u64::MAX),
            virtual_us: u128::from(run.elapsed.micros()),
        }
    }

    /// Both together.
    pub fn and(self, other: Work) -> Work {
        Work {
            calls: self.calls + other.calls,
            events: self.events + other.events,
            virtual_us: self.virtual_us + other.virtual_us,
        }
    }
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct ScheduleFind {
    /// The run that broke it, with the case that replays it.
    pub run: Run,
    /// What was broken.
    pub violation: Violation,
}

impl Exhaustion<'_> {
    /// Searches; `progress` hears of every schedule, in order, and of what there is so far.
    ///
    /// All children of a schedule are run before any child of theirs: with two deviations or fewer
    /// the first broken promise is one with the fewest.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn search(
        &self,
        app: &dyn App,
        mut progress: impl FnMut(&ExhaustionSummary, &Schedule),
    ) -> Result<ExhaustionSummary, HarnessError> {
        let mut summary = ExhaustionSummary::default();
        let known = KnownStates::default();
        let mut batch = vec![Candidate::default()];
        let mut parents = Vec::new();
        while let Some(found) = self.run_batch(app, &batch, &known, &mut summary, &mut progress)? {
            parents.extend(found.into_iter().rev());
            let Some(parent) = parents.pop() else {
                summary.is_complete = true;
                break;
            };
            batch = parent.children(self.families);
        }
        Ok(summary)
    }

    /// Runs some schedules; gives those that may have children, or nothing if the search is over.
    fn run_batch(
        &self,
        app: &dyn App,
        batch: &[Candidate],
        known: &KnownStates,
        summary: &mut ExhaustionSummary,
        progress: &mut impl FnMut(&ExhaustionSummary, &Schedule),
    ) -> Result<Option<Vec<Parent>>, HarnessError> {
        let next = AtomicUsize::new(0);
        let mut parents = Vec::new();
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(256);
            for _ in 0..self.jobs.clamp(1, batch.len().max(1)) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || self.work(app, batch, known, next, &sender));
            }
            drop(sender);
            let mut early = BTreeMap::new();
            let mut taken = 0;
            // Leaving this loop drops the receiver, and the threads end when they cannot send.
            for (index, outcome) in receiver {
                early.insert(index, outcome);
                // Schedules are taken in order, whichever thread was faster.
                while let Some(outcome) = early.remove(&taken) {
                    let (schedule, mut execution) = (&batch[taken].schedule, outcome?);
                    taken += 1;
                    if self.prunes && execution.prune(self.left(schedule), known) {
                        summary.pruned += 1;
                    }
                    let broken = summary.add(&execution);
                    progress(summary, schedule);
                    if (broken && !self.keeps_going) || self.stop.load(Ordering::Relaxed) {
                        return Ok(None);
                    }
                    if schedule.deviations.len() < self.max_deviations {
                        parents.push(execution.into_parent(schedule.clone()));
                    }
                }
            }
            Ok(Some(parents))
        })
    }

    /// How many more deviations a schedule may have.
    fn left(&self, schedule: &Schedule) -> usize {
        self.max_deviations.saturating_sub(schedule.deviations.len())
    }

    fn work(
        &self,
        app: &dyn App,
        batch: &[Candidate],
        known: &KnownStates,
        next: &AtomicUsize,
        results: &mpsc::SyncSender<(usize, Result<Execution, HarnessError>)>,
    ) {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(candidate) = batch.get(index) else { return };
            let (left, known) = (self.left(&candidate.schedule), self.prunes.then_some(known));
            let outcome = candidate.execute(app, self.plan, self.properties, left, known);
            if results.send((index, outcome)).is_err() {
                return;
            }
        }
    }
}

impl ExhaustionSummary {
    /// Adds what a schedule gave; tells whether it broke a promise.
    fn add(&mut self, execution: &Execution) -> bool {
        self.executions += 1;
        self.work = self.work.and(execution.work);
        self.points += u64::try_from(execution.points_met()).unwrap_or(u64::MAX);
        self.finds.extend(execution.find.clone());
        execution.find.is_some()
    }
}
