//! Makes the story of a violation short.
//!
//! The shrinker makes a case simpler step by step, and keeps a step if the run still violates the
//! same property with the same roles involved. It is a greedy search (delta debugging, Zeller and
//! Hildebrandt, 2002) over a case, not over the draws of a generator: a draw belongs to its key, so
//! leaving something out leaves everything else as it was.
//!
//! [`shrink`] runs the whole search. A [`Shrinker`] goes run by run, so that a clock or a person
//! can end it, and it can go on later. A [`Descent`] is the search alone: it proposes simpler
//! cases, and its caller accepts or rejects them.
//!
//! - `candidates`: the simpler cases that may replace a case, and `names`: the names in its keys.
//! - `descent`: the order in which the cases are tried.
//! - `fingerprint`: the mark by which two violations count as the same.

mod candidates;
mod descent;
mod fingerprint;
mod names;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use stormglass_spec::{Property, Violation};

use crate::app::App;
use crate::case::Case;
use crate::outcome::{HarnessError, Run};
use crate::run::replay;
pub use descent::Descent;
pub use fingerprint::Fingerprint;

/// The limits of a search for a simpler case.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The largest number of runs.
    pub runs_max: u64,
    /// A flag that a caller sets to stop early. The search then returns its result so far.
    pub stop: &'a AtomicBool,
}

/// The size of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The number of clients, copies included.
    pub clients: usize,
    /// The number of steps in the text of the case.
    pub steps: usize,
    /// The number of deviations.
    pub deviations: usize,
}

impl Size {
    /// Returns the size of a case.
    pub fn of(case: &Case) -> Size {
        let clients = &case.plan.clients;
        let copies = clients.iter().map(|client| usize::try_from(client.copies).unwrap_or(0));
        Size {
            clients: copies.sum(),
            steps: clients.iter().map(|client| client.steps.len()).sum(),
            deviations: case.schedule.deviations.len(),
        }
    }
}

/// The result of a search for a simpler case.
#[derive(Clone, Debug)]
pub struct ShrunkCase {
    /// The run of the simplest case that was found. Its case can be shrunk further if the limits
    /// ended the search.
    pub run: Run,
    /// The violation that ended this run.
    pub violation: Violation,
    /// The size of the case before the search.
    pub from: Size,
    /// The number of runs that the search took.
    pub runs: u64,
    /// True if nothing simpler is left to try; false until the search has ended.
    pub is_minimal: bool,
    /// Runs that violated another property, or the same one with other roles: the first run of
    /// each.
    pub others: Vec<(Run, Violation)>,
}

/// Makes a case that violates a property as simple as possible. Returns `None` if it violates none.
///
/// # Errors
///
/// If the harness itself fails.
pub fn shrink(
    app: &dyn App,
    case: &Case,
    properties: &[Property],
    limits: Limits<'_>,
) -> Result<Option<ShrunkCase>, HarnessError> {
    let Some(mut shrinker) = Shrinker::start(app, case, properties)? else { return Ok(None) };
    let is_over = |runs| runs >= limits.runs_max || limits.stop.load(Ordering::Relaxed);
    while !is_over(shrinker.so_far().runs) && shrinker.step()? {}
    Ok(Some(shrinker.into_shrunk()))
}

/// A search for a simpler case, one run after the other.
///
/// ```
/// # use stormglass_sim::{App, HarnessError, Run};
/// # use stormglass_sim::search::shrink::{Shrinker, ShrunkCase};
/// # fn shorter(app: &dyn App, run: &Run, is_late: impl Fn() -> bool)
/// # -> Result<Option<ShrunkCase>, HarnessError> {
/// let properties = app.properties();
/// let Some(mut shrinker) = Shrinker::start(app, &run.case, &properties)? else { return Ok(None) };
/// while !is_late() && shrinker.step()? {}
/// let shrunk = shrinker.into_shrunk();
/// # Ok(Some(shrunk))
/// # }
/// ```
pub struct Shrinker<'a> {
    app: &'a dyn App,
    properties: &'a [Property],
    wanted: Fingerprint,
    descent: Descent,
    best: ShrunkCase,
}

impl<'a> Shrinker<'a> {
    /// Runs a case, and begins the search there. Returns `None` if the case violates no property.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn start(
        app: &'a dyn App,
        case: &Case,
        properties: &'a [Property],
    ) -> Result<Option<Shrinker<'a>>, HarnessError> {
        let run = replay(app, case, properties)?;
        let Some(violation) = run.violation.clone() else { return Ok(None) };
        let wanted = Fingerprint::of(&violation);
        let descent = Descent::new(case.clone(), app.deployment());
        let from = Size::of(case);
        let best =
            ShrunkCase { run, violation, from, runs: 1, is_minimal: false, others: Vec::new() };
        Ok(Some(Shrinker { app, properties, wanted, descent, best }))
    }

    /// Runs the next simpler case. Returns false if nothing simpler is left to try.
    ///
    /// # Errors
    ///
    /// If the harness itself fails.
    pub fn step(&mut self) -> Result<bool, HarnessError> {
        let Some(candidate) = self.descent.propose() else { return Ok(false) };
        self.best.runs += 1;
        let run = replay(self.app, candidate, self.properties)?;
        if self.accepts(run) {
            self.descent.accept();
        } else {
            self.descent.reject();
        }
        Ok(true)
    }

    /// Returns the result so far.
    pub fn so_far(&self) -> &ShrunkCase {
        &self.best
    }

    /// Ends the search, and returns its result.
    pub fn into_shrunk(mut self) -> ShrunkCase {
        self.best.is_minimal = self.descent.propose().is_none();
        self.best
    }

    /// Accepts a run that tells the same story. Keeps the first run of any other story.
    fn accepts(&mut self, run: Run) -> bool {
        let Some(violation) = run.violation.clone() else { return false };
        let found = Fingerprint::of(&violation);
        if found == self.wanted {
            self.best.run = run;
            self.best.violation = violation;
            return true;
        }
        let is_known = |(_, known): &(Run, Violation)| Fingerprint::of(known) == found;
        if !self.best.others.iter().any(is_known) {
            self.best.others.push((run, violation));
        }
        false
    }
}

impl fmt::Debug for Shrinker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shrinker { app, wanted, descent, best, .. } = self;
        f.debug_struct("Shrinker")
            .field("app", &app.name())
            .field("wanted", wanted)
            .field("case", &descent.best().to_string())
            .field("runs", &best.runs)
            .finish_non_exhaustive()
    }
}

impl ShrunkCase {
    /// Describes the result in one line.
    pub fn note(&self) -> String {
        let end = if self.is_minimal { "" } else { ", and could go on" };
        let (from, to) = (self.from, Size::of(&self.run.case));
        format!(
            "clients {} -> {}, steps {} -> {}, deviations {} -> {}, in {} runs{end}",
            from.clients,
            to.clients,
            from.steps,
            to.steps,
            from.deviations,
            to.deviations,
            self.runs
        )
    }
}
