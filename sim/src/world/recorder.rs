//! Writes the history and checks it as it grows.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use stormglass_spec::history::{Event, EventKind, History};
use stormglass_spec::{Judge, Ledger, Need, Property, Sketch, Time, Violation, witnesses};

use stormglass_spec::hash::Words;

/// Writes the history and checks it as it grows.
#[derive(Debug)]
pub(super) struct Recorder {
    history: History,
    judge: Judge,
    seen: [u64; witnesses::ALL.len()],
    trace: Words,
}

/// The results of a recorder at the end of a run.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) history: History,
    pub(super) verdicts: Vec<(&'static str, u64)>,
    pub(super) met: BTreeSet<Need>,
    pub(super) witnesses: Vec<(&'static str, u64)>,
    pub(super) trace_hash: u64,
}

impl Recorder {
    pub(super) fn new(properties: &[Property]) -> Recorder {
        Recorder {
            history: History::default(),
            judge: Judge::new(properties),
            seen: [0; witnesses::ALL.len()],
            trace: Words::default(),
        }
    }

    /// Writes an event down. The error is the first promise that the event breaks.
    pub(super) fn record(
        &mut self,
        at: Time,
        cause: Option<u32>,
        what: EventKind,
    ) -> Result<u32, Violation> {
        let number = self.next_event();
        let event = Event { number, at, cause, kind: what };
        event.hash(&mut self.trace);
        // The event goes into the history even if it breaks a promise: the report must show it.
        let judged = self.judge.observe(&event);
        for (seen, witness) in self.seen.iter_mut().zip(&witnesses::ALL) {
            *seen += u64::from((witness.shows)(&event, self.judge.ledger()));
        }
        self.history.events.push(event);
        judged.map(|()| number)
    }

    /// The number of the next event.
    pub(super) fn next_event(&self) -> u32 {
        u32::try_from(self.history.events.len() + 1).unwrap_or(u32::MAX)
    }

    /// The number of the last event; 0 before the first.
    pub(super) fn last_event(&self) -> u32 {
        self.history.events.last().map_or(0, |event| event.number)
    }

    /// Checks the end of the history. The error is the first promise that did not come true.
    pub(super) fn finish(&mut self) -> Result<(), Violation> {
        self.judge.finish()
    }

    /// Adds everything that can still make a difference to a promise. Returns false if a promise
    /// cannot be sketched.
    pub(super) fn sketch(&self, sketch: &mut Sketch) -> bool {
        self.judge.sketch(sketch)
    }

    pub(super) fn ledger(&self) -> &Ledger {
        self.judge.ledger()
    }

    pub(super) fn into_record(self) -> Record {
        let verdicts = self.judge.tested().collect();
        let met = self.judge.met().clone();
        let seen = witnesses::ALL.iter().zip(self.seen);
        let witnesses = seen.map(|(witness, seen)| (witness.id, seen)).collect();
        let trace_hash = self.trace.finish();
        Record { history: self.history, verdicts, met, witnesses, trace_hash }
    }
}

#[cfg(test)]
mod tests {
    use stormglass_spec::history::{Answer, Explanation, Request, Side};

    use super::*;

    fn trace(events: &[(u64, Option<u32>, EventKind)]) -> u64 {
        let mut recorder = Recorder::new(&[]);
        for (at, cause, what) in events {
            recorder.record(Time::from_micros(*at), *cause, what.clone()).expect("no promise");
        }
        recorder.into_record().trace_hash
    }

    fn sent(call: &str, invocation: &str, row: &str, request_text: &str) -> EventKind {
        let request = Request::Put { row: row.into() };
        let (call, invocation, request_text) =
            (call.into(), invocation.into(), request_text.into());
        EventKind::CallSent { call, invocation, request, request_text }
    }

    fn answered(status: Option<u16>, error: Option<&str>) -> EventKind {
        let error = error.map(Into::into);
        let answer = Answer { status, error, explanation: Explanation::default() };
        EventKind::CallAnswered { call: "c".into(), answer }
    }

    #[test]
    fn every_field_of_an_event_counts_for_the_trace() {
        let closed = |connection: &str, by, code| {
            let connection = connection.into();
            (1, None, EventKind::Closed { connection, by, code })
        };
        let different = [
            closed("a1", Side::Client, 1_000),
            closed("a2", Side::Client, 1_000),
            closed("a1", Side::Gateway, 1_000),
            closed("a1", Side::Client, 1_001),
            (2, None, EventKind::FaultsStopped),
            (1, None, EventKind::FaultsStopped),
            (1, Some(0), EventKind::FaultsStopped),
            (1, None, sent("c", "i", "r", "w")),
            (1, None, sent("d", "i", "r", "w")),
            (1, None, sent("c", "j", "r", "w")),
            (1, None, sent("c", "i", "s", "w")),
            (1, None, sent("c", "i", "r", "x")),
            (1, None, answered(Some(200), None)),
            (1, None, answered(Some(500), None)),
            (1, None, answered(None, None)),
            (1, None, answered(Some(500), Some("e"))),
        ];
        let traces: BTreeSet<u64> =
            different.iter().map(|event| trace(std::slice::from_ref(event))).collect();
        assert_eq!(traces.len(), different.len());
    }

    #[test]
    fn the_order_of_events_counts_for_the_trace() {
        let event = |row: &str| {
            let (row, connections) = (row.into(), Vec::new());
            (1, None, EventKind::RowWritten { row, connections })
        };
        assert_ne!(trace(&[event("a"), event("b")]), trace(&[event("b"), event("a")]));
    }
}
