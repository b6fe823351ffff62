//! Runs every schedule of one plan with a bounded number of deviations.
//!
//! The search starts with the dull run and notes its points of choice. A child of a schedule adds
//! one deviation, at a point after the last deviation of its parent, so the search runs each set of
//! deviations exactly once. This misses nothing: up to its last deviation, a schedule runs like the
//! schedule without that deviation, which is its parent.
//!
//! The search prunes a run that comes to a state in which another run has been with as many
//! deviations left: the run ends there, and has no children from there on. That is sound, because a
//! [`State`] holds everything that can still make a difference: equal states have equal futures.
//! More could be pruned: states that differ only in their times count as different.
//!
//! [`State`]: crate::strategy::State
//!
//! - [`plans`]: small plans, each with one race.
//! - `execution`: one run that notes its points of choice, and its children.

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
use crate::search::causes::{Cause, causes};
use crate::strategy::{Families, KnownStates};
use execution::{Candidate, Execution, Parent};

/// A search through every schedule with at most `max_deviations` deviations.
#[derive(Debug)]
pub struct Exhaustion<'a> {
    /// The deployment, and the actions of its clients.
    pub plan: &'a Plan,
    /// The largest number of deviations in a schedule.
    pub max_deviations: usize,
    /// The families of deviations that may occur.
    pub families: Families,
    /// The properties that every run must hold.
    pub properties: &'a [Property],
    /// The number of threads that share the runs. The findings do not depend on it.
    pub jobs: usize,
    /// True if the search prunes runs whose rest is known from another run. The findings do not
    /// depend on it. Nothing is pruned if one of the properties cannot be sketched (see
    /// [`Monitor::sketch`](stormglass_spec::Monitor::sketch)).
    pub prunes: bool,
    /// True if the search goes on after a violation.
    pub keeps_going: bool,
    /// A flag that a caller sets to stop early. The search then returns its results so far.
    pub stop: &'a AtomicBool,
}

/// The result of a search.
#[derive(Clone, Debug, Default)]
pub struct ExhaustionSummary {
    /// The number of schedules that were run.
    pub executions: u64,
    /// The number of runs that ended where the rest was known from another run.
    pub pruned: u64,
    /// The number of points of choice in all runs together.
    pub points: u64,
    /// The work that was done. Varies between runs, like wall time: a thread may redo work that
    /// another one has just finished.
    pub work: Work,
    /// The violations, in the order in which their schedules were run.
    pub finds: Vec<ScheduleFind>,
    /// True if every schedule was run or pruned. Schedules that differ from one already run only
    /// after its violation, or only at points that it never reaches, count as run.
    pub is_complete: bool,
}

/// The amount of work in one or more runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// The number of requests that the handlers' SDK clients sent.
    pub calls: u64,
    /// The number of events in the histories.
    pub events: u64,
    /// The virtual time that passed, in microseconds.
    pub virtual_us: u128,
}

impl Work {
    /// Returns the work of one run.
    fn of(run: &Run) -> Work {
        Work {
            calls: run.calls,
            events: u64::try_from(run.history.events.len()).unwrap_or(u64::MAX),
            virtual_us: u128::from(run.elapsed.micros()),
        }
    }

    /// Returns the sum of two amounts of work.
    pub fn and(self, other: Work) -> Work {
        Work {
            calls: self.calls + other.calls,
            events: self.events + other.events,
            virtual_us: self.virtual_us + other.virtual_us,
        }
    }
}

/// A run that violates a property.
#[derive(Clone, Debug)]
pub struct ScheduleFind {
    /// The run, with the case that replays it.
    pub run: Run,
    /// The violation that ended the run.
    pub violation: Violation,
}

impl ExhaustionSummary {
    /// Returns the causes of the violations, in the order of the first schedule of each.
    pub fn causes(&self) -> Vec<Cause<'_, ScheduleFind>> {
        causes(&self.finds, |find| (&find.run, &find.violation))
    }
}

impl Exhaustion<'_> {
    /// Searches. Calls `progress` after every schedule, in order, with the summary so far.
    ///
    /// All children of a schedule run before any of their own children. So with two deviations or
    /// fewer the first violation is one with the fewest deviations.
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

    /// Runs a batch of schedules. Returns those that may have children, or `None` if the search is
    /// over.
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
                // Schedules are taken in order, so the timing of the threads does not matter.
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

    /// Returns the number of deviations that a schedule may still gain.
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
    /// Adds the result of one schedule. Returns true if it violates a property.
    fn add(&mut self, execution: &Execution) -> bool {
        self.executions += 1;
        self.work = self.work.and(execution.work);
        self.points += u64::try_from(execution.points_met()).unwrap_or(u64::MAX);
        self.finds.extend(execution.find.clone());
        execution.find.is_some()
    }
}
