//! The detection of loops: the functions that have run for one original event (FACTS 11.20).

use std::collections::BTreeMap;
use std::fmt;

use stormglass_spec::{CONSTANT, Sketch, hash};
use thiserror::Error;

/// The number of times that a function may run for one original event (FACTS 11.20).
const RUNS_MAX: u32 = 16;

/// The functions that have run for one original event, and how often each one has.
///
/// A driver gives each event the lineage of the invocation that caused it, be it through Invoke, a
/// queue or a topic, and the empty lineage if none did. It extends the lineage right before it runs
/// the function, once for each message of a batch, and hands the result to what the invocation
/// causes. A retry of an event extends the same lineage again, and so does not count.
///
/// On AWS the lineage travels in the header [`TraceHeader`](super::TraceHeader).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lineage {
    /// The runs of each function, by the hash of its name, as the header has them.
    runs: BTreeMap<u32, u32>,
}

/// A function has run so often for one original event that Lambda does not run it again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the function {function} has run {RUNS_MAX} times for one event: Lambda takes this for a loop \
     and stops it"
)]
pub struct RecursiveLoop {
    /// The function.
    pub function: String,
}

impl Lineage {
    /// Adds a run of a function.
    ///
    /// # Errors
    ///
    /// If the function has run 16 times for this event. A driver whose function opted out of the
    /// detection uses [`Lineage::extend_freely`].
    pub fn extend(&self, function: &str) -> Result<Lineage, RecursiveLoop> {
        if self.runs_of(function) >= RUNS_MAX {
            return Err(RecursiveLoop { function: function.to_owned() });
        }
        Ok(self.extend_freely(function))
    }

    /// Adds a run of a function that may run in a loop.
    pub fn extend_freely(&self, function: &str) -> Lineage {
        let mut runs = self.runs.clone();
        *runs.entry(mark(function)).or_default() += 1;
        Lineage { runs }
    }

    /// Returns the number of times that a function has run for the event.
    pub fn runs_of(&self, function: &str) -> u32 {
        self.runs.get(&mark(function)).copied().unwrap_or_default()
    }

    /// Reports whether no function has run for the event yet.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds the runs of all functions.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let Lineage { runs } = self;
        sketch.list(runs, |sketch, (function, runs)| {
            sketch.number((*function).into());
            sketch.number((*runs).into());
        });
    }

    /// Parses `a87bd80c:1|68fd508a:5`. Parts that are no runs of a function are left out.
    pub(super) fn parse(text: &str) -> Lineage {
        let run = |part: &str| {
            let (function, runs) = part.split_once(':')?;
            Some((u32::from_str_radix(function, 16).ok()?, runs.parse().ok()?))
        };
        Lineage { runs: text.split('|').filter_map(run).collect() }
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (function, runs)) in self.runs.iter().enumerate() {
            let separator = if index > 0 { "|" } else { "" };
            write!(f, "{separator}{function:08x}:{runs}")?;
        }
        Ok(())
    }
}

/// Returns the hash that stands for a function in the header.
fn mark(function: &str) -> u32 {
    let hash = hash::keyed_for(CONSTANT, function, "lineage");
    u32::try_from(hash >> 32).unwrap_or_default()
}
