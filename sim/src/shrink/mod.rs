//! Makes the story of a broken promise short.
//!
//! A case is made simpler step by step, and each step is kept if the same promise breaks for
//! somebody in the same role. It is a greedy search (delta debugging, Zeller and Hildebrandt,
//! 2002) over a case, not over the draws of a generator: a draw belongs to its key, so leaving
//! something out leaves everything else as it was.
//!
//! - `candidates`: the simpler cases that a case could be.
//! - `fingerprint`: what makes two broken promises the same one.

mod candidates;
mod fingerprint;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use stormglass_spec::{Property, Violation};

use crate::app::App;
use crate::case::Case;
use crate::run::{HarnessError, Run, replay};
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

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let Size { clients, steps, deviations } = *self;
        write!(f, "{clients} client{}, {steps} step{}", plural(clients), plural(steps))?;
        write!(f, " and {deviations} deviation{}", plural(deviations))
    }
}

/// A story that was made short.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The run of the simplest case that was found. Its case can be shrunk further if the limits
    /// ended the search.
    pub run: Run,
    /// The promise that it breaks.
    pub violation: Violation,
    /// How much there was to the case before.
    pub from: Size,
    /// How many runs it took.
    pub runs: u64,
    /// Whether nothing simpler is left to try.
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
) -> Result<Option<Shrunk>, HarnessError> {
    let run = replay(app, case, properties)?;
    let Some(violation) = run.violation.clone() else { return Ok(None) };
    let wanted = Fingerprint::of(&violation);
    let from = Size::of(case);
    let best = Shrunk { run, violation, from, runs: 1, is_minimal: false, others: Vec::new() };
    let mut search = Search { app, properties, limits, wanted, best };
    search.best.is_minimal = search.go()?;
    Ok(Some(search.best))
}

impl Shrunk {
    /// What was achieved, in one line.
    pub fn note(&self) -> String {
        let end = if self.is_minimal { "" } else { ", and could go on" };
        format!("from {} to {} in {} runs{end}", self.from, Size::of(&self.run.case), self.runs)
    }
}

struct Search<'a> {
    app: &'a dyn App,
    properties: &'a [Property],
    limits: Limits<'a>,
    wanted: Fingerprint,
    best: Shrunk,
}

impl Search<'_> {
    /// Tries every way until none leads on; false if the limits ended it.
    fn go(&mut self) -> Result<bool, HarnessError> {
        loop {
            let before = self.best.run.case.clone();
            for way in candidates::WAYS {
                if !self.follow(way)? {
                    return Ok(false);
                }
            }
            if self.best.run.case == before {
                return Ok(true);
            }
        }
    }

    /// Goes one way for as long as it leads on; false if the limits ended it.
    fn follow(&mut self, way: fn(&Case) -> Vec<Case>) -> Result<bool, HarnessError> {
        let mut skip = 0;
        loop {
            // After a step that was kept, what stood before it in the list has been tried already.
            let candidates = way(&self.best.run.case);
            let mut rest = candidates.into_iter().enumerate().skip(skip);
            let led_on = loop {
                let Some((index, candidate)) = rest.next() else { break None };
                if candidate == self.best.run.case {
                    continue;
                }
                if self.is_over() {
                    return Ok(false);
                }
                if self.accepts(&candidate)? {
                    break Some(index);
                }
            };
            match led_on {
                Some(index) => skip = index,
                None => return Ok(true),
            }
        }
    }

    fn is_over(&self) -> bool {
        self.best.runs >= self.limits.runs_max || self.limits.stop.load(Ordering::Relaxed)
    }

    fn accepts(&mut self, candidate: &Case) -> Result<bool, HarnessError> {
        self.best.runs += 1;
        let run = replay(self.app, candidate, self.properties)?;
        let Some(violation) = run.violation.clone() else { return Ok(false) };
        let found = Fingerprint::of(&violation);
        if found == self.wanted {
            self.best.run = run;
            self.best.violation = violation;
            return Ok(true);
        }
        let is_known = |(_, known): &(Run, Violation)| Fingerprint::of(known) == found;
        if !self.best.others.iter().any(is_known) {
            self.best.others.push((run, violation));
        }
        Ok(false)
    }
}
