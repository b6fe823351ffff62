//! Makes the story of a broken promise short.
//!
//! A case is made simpler step by step, and each step is kept if the same promise breaks for
//! somebody in the same role. It is a greedy search (delta debugging, Zeller and Hildebrandt,
//! 2002) over a case, not over the draws of a generator: a draw belongs to its key, so leaving
//! something out leaves everything else as it was.
//!
//! [`shrink`] does it all. A [`Shrinker`] does it run by run, so that a clock or a person can end
//! it, and another time go on. A [`Descent`] is the search alone: it proposes simpler cases and is
//! told which will do.
//!
//! - `candidates`: the simpler cases that a case could be, and `names`: what its keys name.
//! - `descent`: in which order they are tried.
//! - `fingerprint`: what makes two broken promises the same one.

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

/// How long a shrinker goes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The most runs that it makes.
    pub runs_max: u64,
    /// Set from outside to stop early, with what there is so far.
    pub stop: &'a AtomicBool,
}

/// How much there is to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Clients, copies included.
    pub clients: usize,
    /// Steps that are written down.
    pub steps: usize,
    /// Deviations.
    pub deviations: usize,
}

impl Size {
    /// The size of a case.
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

/// A story that was made short.
#[derive(Clone, Debug)]
pub struct ShrunkCase {
    /// The run of the simplest case that was found. Its case can be shrunk further if the limits
    /// ended the search.
    pub run: Run,
    /// The promise that it breaks.
    pub violation: Violation,
    /// How much there was to the case before.
    pub from: Size,
    /// How many runs it took.
    pub runs: u64,
    /// Whether nothing simpler is left to try; told only when the search has ended.
    pub is_minimal: bool,
    /// Runs that broke another promise, or one for somebody in another role: the first of each.
    pub others: Vec<(Run, Violation)>,
}

/// Makes a case that breaks a promise as simple as it goes. Gives `None` if it breaks none.
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

/// Makes a story short, one run after the other.
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
    /// Runs a case; gives `None` if it breaks no promise.
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
        let descent = Descent::new(case.clone());
        let from = Size::of(case);
        let best =
            ShrunkCase { run, violation, from, runs: 1, is_minimal: false, others: Vec::new() };
        Ok(Some(Shrinker { app, properties, wanted, descent, best }))
    }

    /// Runs the next simpler case; false if nothing simpler is left to try.
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

    /// What there is so far.
    pub fn so_far(&self) -> &ShrunkCase {
        &self.best
    }

    /// Ends the search.
    pub fn into_shrunk(mut self) -> ShrunkCase {
        self.best.is_minimal = self.descent.propose().is_none();
        self.best
    }

    /// Takes a run that tells the same story; keeps the first one of any other story.
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
    /// What was achieved, in one line.
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
