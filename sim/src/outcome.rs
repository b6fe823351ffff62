//! What comes of a run: a history and its verdict, or an error of the harness.

use std::collections::BTreeMap;

use stormglass_spec::{History, Time, Violation};

use crate::case::{Case, Choice, Key};
use crate::divergence::Divergence;
use crate::faults;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The plan, and the deviations that were met.
    pub case: Case,
    /// Everything that happened.
    pub history: History,
    /// The promise that was broken, if any. The run stopped there.
    pub violation: Option<Violation>,
    /// How many times each promise was put to the test.
    pub verdicts: Vec<(&'static str, u64)>,
    /// How many times each witness was seen.
    pub witnesses: Vec<(&'static str, u64)>,
    /// How often each fault was offered, met, and mattered, in the order of
    /// [`faults::catalogue::ALL`](crate::faults::catalogue::ALL).
    pub faults: faults::Counts,
    /// The number of the event that shows each deviation of the case.
    pub deviation_events: BTreeMap<Key, u32>,
    /// A hash of the whole trace: equal for equal cases, on any machine.
    pub trace_hash: u64,
    /// How many requests the handlers' SDK clients sent.
    pub calls: u64,
    /// The virtual time that passed.
    pub elapsed: Time,
}

impl Run {
    /// The deviations of `case` that this run of it never came to, or could not follow.
    pub fn unmet(&self, case: &Case) -> Vec<(Key, Choice)> {
        let met = &self.case.schedule.deviations;
        let asked = case.schedule.deviations.iter();
        asked
            .filter(|(key, choice)| met.get(*key) != Some(choice))
            .map(|(key, choice)| (key.clone(), *choice))
            .collect()
    }
}

/// The harness itself failed; nothing is known about the application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HarnessError {
    /// A handler spawned a task.
    #[error(
        "{invocation} spawned a tokio task: it would escape the schedule here and freeze with the \
         sandbox on Lambda; await it in the handler instead"
    )]
    Escaped {
        /// The invocation.
        invocation: String,
    },
    /// A handler waits by polling in a loop.
    #[error(
        "{invocation} polls in a loop without waiting for anything: virtual time never passes for \
         it; sleep instead"
    )]
    Spinning {
        /// The invocation.
        invocation: String,
    },
    /// A run went on and on.
    #[error("the run did not come to rest within {events} events")]
    Restless {
        /// How many events it was given.
        events: u64,
    },
    /// A handler asked for something that the simulated services cannot do.
    #[error("a handler sent what the simulated services cannot answer as AWS would: {answer}")]
    Unsupported {
        /// What they said.
        answer: String,
    },
    /// DynamoDB would not make the application's table.
    #[error("DynamoDB would not make the table of {app}: {answer}")]
    NoTable {
        /// The application.
        app: String,
        /// What DynamoDB said.
        answer: String,
    },
    /// No gateway would take the application's routes.
    #[error("{app} selects its routes by `{expression}`, and no gateway would take that: {reason}")]
    NoSelection {
        /// The application.
        app: String,
        /// Its route selection expression.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no runtime to run in.
    #[error("cannot start a tokio runtime: {reason}")]
    NoRuntime {
        /// What the system said.
        reason: String,
    },
    /// The same case ran twice and went two ways.
    #[error(
        "{what} is not deterministic: {divergence}\n  something reaches the handlers past the \
         schedule (a clock, a random number, a hash map's order, a thread, the environment)"
    )]
    Nondeterministic {
        /// What was run.
        what: String,
        /// How the runs differ.
        divergence: Box<Divergence>,
    },
    /// A run did not come to the point where the one before it had been.
    #[error(
        "the run of {case} never deviates at {key}, where the same run without that deviation has \
         a choice: something reaches the handlers past the schedule (a clock, a random number, a \
         hash map's order, a thread)"
    )]
    Strayed {
        /// The case.
        case: String,
        /// The point.
        key: String,
    },
}
