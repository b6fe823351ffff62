//! Writes the history down, and has it judged as it goes.

use std::fmt::Write;

use stormglass_spec::history::{Event, History, What};
use stormglass_spec::{Judge, Ledger, Property, Sketch, Time, Violation, witnesses};

use crate::hash::Fnv;

/// Writes the history down, and has it judged as it goes.
#[derive(Debug)]
pub(super) struct Recorder {
    history: History,
    judge: Judge,
    seen: [u64; witnesses::ALL.len()],
    trace: Fnv,
}

/// What a recorder has at the end of a run.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) history: History,
    pub(super) verdicts: Vec<(&'static str, u64)>,
    pub(super) witnesses: Vec<(&'static str, u64)>,
    pub(super) trace_hash: u64,
}

impl Recorder {
    pub(super) fn new(properties: &[Property]) -> Recorder {
        Recorder {
            history: History::default(),
            judge: Judge::new(properties),
            seen: [0; witnesses::ALL.len()],
            trace: Fnv::default(),
        }
    }

    /// Writes an event down; the error is the first promise that it breaks.
    pub(super) fn record(
        &mut self,
        at: Time,
        cause: Option<u32>,
        what: What,
    ) -> Result<u32, Violation> {
        let number = u32::try_from(self.history.events.len() + 1).unwrap_or(u32::MAX);
        let event = Event { number, at, cause, what };
        // Writing to a hash cannot fail.
        let _ = writeln!(self.trace, "{event}");
        let judged = self.judge.observe(&event);
        for (seen, witness) in self.seen.iter_mut().zip(&witnesses::ALL) {
            *seen += u64::from((witness.shows)(&event, self.judge.ledger()));
        }
        self.history.events.push(event);
        judged.map(|()| number)
    }

    /// The end of the history; the error is the first promise that did not come true.
    pub(super) fn finish(&mut self) -> Result<(), Violation> {
        self.judge.finish()
    }

    /// Adds all that can still make a difference to a promise; false if one of them does not know
    /// what that is.
    pub(super) fn sketch(&self, sketch: &mut Sketch) -> bool {
        self.judge.sketch(sketch)
    }

    pub(super) fn ledger(&self) -> &Ledger {
        self.judge.ledger()
    }

    pub(super) fn into_record(self) -> Record {
        let verdicts = self.judge.tested().collect();
        let seen = witnesses::ALL.iter().zip(self.seen);
        let witnesses = seen.map(|(witness, seen)| (witness.id, seen)).collect();
        let trace_hash = self.trace.finish();
        Record { history: self.history, verdicts, witnesses, trace_hash }
    }
}
