//! The outcome of a run: a history and its verdict, or an error of the harness.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use stormglass_aws::gateway::SelectionError;
use stormglass_spec::name::InvocationName;
use stormglass_spec::{History, Need, Time, Violation};

use crate::case::{Case, Choice, Key};
use crate::divergence::Divergence;
use crate::faults;

/// The outcome of a run: its history, its verdict and its counts.
#[derive(Clone, Debug)]
pub struct Run {
    /// The plan, and the deviations that the run met.
    pub case: Case,
    /// The history of all events.
    pub history: History,
    /// The violation at which the run stopped, if the application broke a promise.
    pub violation: Option<Violation>,
    /// The number of times that the run tested each promise.
    pub verdicts: Vec<(&'static str, u64)>,
    /// The needs that the history met. A promise with another need does not apply to the run.
    pub met: BTreeSet<Need>,
    /// The number of times that the run met each witness.
    pub witnesses: Vec<(&'static str, u64)>,
    /// The number of times that each fault was offered, was met, and mattered.
    ///
    /// The order is that of [`faults::catalogue::ALL`](crate::faults::catalogue::ALL).
    pub faults: faults::Counts,
    /// The number of the event that shows each deviation of the case.
    pub deviation_events: BTreeMap<Key, u32>,
    /// The stays of invocations in sandboxes, in the order of their starts.
    pub stays: Vec<Stay>,
    /// A hash of the whole trace, which is equal for equal cases on any machine.
    pub trace_hash: u64,
    /// The number of requests that the handlers' SDK clients sent.
    pub calls: u64,
    /// The virtual time that passed in the run.
    pub elapsed: Time,
}

/// The stay of an invocation in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The function.
    pub function: String,
    /// The number of the sandbox among those of its function, from 1.
    pub sandbox: u32,
    /// The number of the event in which the invocation started.
    pub started: u32,
    /// The earlier invocations whose work goes on from the start: it was frozen in the sandbox.
    pub resumed: Vec<InvocationName>,
    /// The number of the event in which the invocation ended by itself.
    pub ended: Option<u32>,
    /// The invocations whose work the sandbox still holds at that end: it freezes.
    pub left: Vec<InvocationName>,
}

impl Run {
    /// Returns the deviations of `case` that this run of it never reached, or could not follow.
    pub fn unmet(&self, case: &Case) -> Vec<(Key, Choice)> {
        let met = &self.case.schedule.deviations;
        let asked = case.schedule.deviations.iter();
        asked
            .filter(|(key, choice)| met.get(*key) != Some(choice))
            .map(|(key, choice)| (key.clone(), *choice))
            .collect()
    }
}

/// A failure of the harness itself, which says nothing about the application's promises.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// A handler spawned a task.
    #[error(
        "{invocation} spawned a tokio task: it would escape the schedule here and freeze with the \
         sandbox on Lambda; await it in the handler instead"
    )]
    Escaped {
        /// The name of the invocation.
        invocation: String,
    },
    /// A handler uses an SDK client that was built in another run.
    #[error(
        "{invocation} uses an SDK client of another run, perhaps from a `static`: build the \
         clients in `App::start`, from its `Sdk`, and hand them to the handler"
    )]
    OldClient {
        /// The name of the invocation.
        invocation: String,
    },
    /// A handler waits by polling in a loop.
    #[error(
        "{invocation} polls in a loop without waiting for anything: virtual time never passes for \
         it; sleep instead"
    )]
    Spinning {
        /// The name of the invocation.
        invocation: String,
    },
    /// A run did not come to rest.
    #[error("the run did not come to rest within {events} events")]
    Restless {
        /// The number of events after which the harness stopped the run.
        events: u64,
    },
    /// A handler sent a request that the simulated services cannot answer.
    #[error("a handler sent what the simulated services cannot answer as AWS would: {answer}")]
    Unsupported {
        /// The answer of the simulated service.
        answer: String,
    },
    /// A handler sent a request to a service that the simulator does not have.
    #[error(
        "{invocation} sent {method} {uri}, and the simulator has no such service: bring one with \
         `App::services`"
    )]
    NoService {
        /// The name of the invocation.
        invocation: String,
        /// The method of the request.
        method: String,
        /// The URI of the request.
        uri: String,
    },
    /// SQS or Lambda refused a queue of the application, or the function behind it.
    #[error("AWS would not make a queue of {app}: {reason}")]
    NoQueue {
        /// The name of the application.
        app: String,
        /// The reason, in the words of the service.
        reason: String,
    },
    /// Lambda refused a function of the application.
    #[error("Lambda would not make a function of {app}: {reason}")]
    NoFunction {
        /// The name of the application.
        app: String,
        /// The reason, in the words of the service.
        reason: String,
    },
    /// DynamoDB refused to create the application's table.
    #[error("DynamoDB would not make the table of {app}: {answer}")]
    NoTable {
        /// The name of the application.
        app: String,
        /// The answer of DynamoDB.
        answer: String,
    },
    /// A step of the plan broadcasts, and the application has no broadcasts.
    #[error(
        "{step} is a broadcast, but {app} has none: give the client a message instead, or let \
         `App::broadcasts` return the form of its broadcasts"
    )]
    NoBroadcasts {
        /// The name of the application.
        app: String,
        /// The name of the step.
        step: String,
    },
    /// A step of the plan runs a program that the application does not have.
    #[error(
        "{step} runs the program \"{program}\", and {app} has none of that name: let \
         `App::program` return it"
    )]
    NoProgram {
        /// The name of the application.
        app: String,
        /// The name of the step.
        step: String,
        /// The name of the program.
        program: String,
    },
    /// A step of the world reaches for a part of the stack that is not there.
    #[error(
        "{step} reaches for \"{target}\", and the stack of {app} has no function, queue, topic, \
         schedule or route of HTTP with that name"
    )]
    NoTarget {
        /// The name of the application.
        app: String,
        /// The name of the step.
        step: String,
        /// The name of the missing part.
        target: String,
    },
    /// The application's route selection expression is not valid for any gateway.
    #[error("{app} selects its routes by `{expression}`, and no gateway would take that: {reason}")]
    NoSelection {
        /// The name of the application.
        app: String,
        /// The route selection expression of the application.
        expression: String,
        /// The error in the expression.
        #[source]
        reason: SelectionError,
    },
    /// A tokio runtime for the run could not start.
    #[error("cannot start a tokio runtime: {reason}")]
    NoRuntime {
        /// The error of the operating system.
        #[source]
        reason: Arc<io::Error>,
    },
    /// Two runs of one case differed.
    #[error(
        "{what} is not deterministic: {divergence}\n  something reaches the handlers past the \
         schedule (a clock, a random number, a hash map's order, a thread, the environment)"
    )]
    Nondeterministic {
        /// The name of the case or seed that ran.
        what: String,
        /// The difference between the two runs.
        divergence: Box<Divergence>,
    },
    /// A run did not reach a point of choice that an earlier run had reached.
    #[error(
        "the run of {case} never deviates at {key}, where the same run without that deviation has \
         a choice: something reaches the handlers past the schedule (a clock, a random number, a \
         hash map's order, a thread)"
    )]
    Strayed {
        /// The text of the case.
        case: String,
        /// The key of the point of choice.
        key: String,
    },
}
