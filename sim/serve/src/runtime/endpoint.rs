//! The queue of a Runtime API: events that wait for a process, and processes that wait for an
//! event.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use tokio::sync::oneshot;
use tracing::warn;

use super::function::Function;
use crate::clock::Clock;

/// The queue of a Runtime API. Clones are of the same one.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    function: Arc<Function>,
    clock: Clock,
    /// True if more than one process may ask here, each of which is a sandbox.
    is_shared: bool,
    state: Arc<Mutex<EndpointState>>,
}

#[derive(Debug, Default)]
struct EndpointState {
    events: VecDeque<WaitingEvent>,
    processes: VecDeque<oneshot::Sender<NextEvent>>,
    running: BTreeMap<String, oneshot::Sender<FunctionOutcome>>,
    has_begun: bool,
    init_error: Option<oneshot::Sender<String>>,
}

/// An event that no process has yet.
#[derive(Debug)]
struct WaitingEvent {
    id: String,
    event: String,
    taken: oneshot::Sender<()>,
    outcome: oneshot::Sender<FunctionOutcome>,
}

/// An event on its way to a process.
#[derive(Debug)]
pub(super) struct NextEvent {
    pub(super) id: String,
    pub(super) event: String,
    pub(super) arn: String,
    /// The end of its time, in milliseconds since 1970.
    pub(super) deadline_ms: u128,
    pub(super) trace: String,
}

/// The outcome of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FunctionOutcome {
    /// The function returned this JSON.
    Response(String),
    /// The function failed: the type of the error, a colon and its message.
    Error(String),
}

/// An event that was given to an endpoint. Dropping this takes it back.
#[derive(Debug)]
pub(super) struct EventOffer {
    id: String,
    /// Completes when a process has the event.
    pub(super) taken: oneshot::Receiver<()>,
    pub(super) outcome: oneshot::Receiver<FunctionOutcome>,
    endpoint: Endpoint,
}

impl Endpoint {
    pub(super) fn new(function: Arc<Function>, clock: Clock, is_shared: bool) -> Endpoint {
        Endpoint { function, clock, is_shared, state: Arc::default() }
    }

    pub(super) fn function(&self) -> &Function {
        &self.function
    }

    /// Gives an event to the first process that waits, or to the next one that asks.
    pub(super) fn offer(&self, id: String, event: String) -> EventOffer {
        let (taken_by, taken) = oneshot::channel();
        let (outcome_of, outcome) = oneshot::channel();
        let waiting = WaitingEvent { id: id.clone(), event, taken: taken_by, outcome: outcome_of };
        let mut state = self.lock();
        state.events.push_back(waiting);
        self.match_up(&mut state);
        drop(state);
        EventOffer { id, taken, outcome, endpoint: self.clone() }
    }

    /// Returns the next event for a process. `None` if it has one already, which it has to answer
    /// first.
    pub(super) fn next(&self) -> Option<oneshot::Receiver<NextEvent>> {
        let mut state = self.lock();
        if !self.is_shared && !state.running.is_empty() {
            return None;
        }
        let (process, next) = oneshot::channel();
        state.has_begun = true;
        state.processes.push_back(process);
        self.match_up(&mut state);
        Some(next)
    }

    /// Takes the outcome of an event. Returns false if it is not waited for.
    pub(super) fn settle(&self, id: &str, outcome: FunctionOutcome) -> bool {
        let running = self.lock().running.remove(id);
        running.is_some_and(|running| running.send(outcome).is_ok())
    }

    /// Returns true if a process has the event with this id.
    pub(super) fn is_running(&self, id: &str) -> bool {
        self.lock().running.contains_key(id)
    }

    /// Takes the error of a process that cannot begin. Returns false if one has begun already.
    pub(super) fn fail_init(&self, error: String) -> bool {
        let mut state = self.lock();
        if state.has_begun && !self.is_shared {
            return false;
        }
        match state.init_error.take() {
            Some(waiting) => {
                let _ = waiting.send(error);
            }
            None => warn!("a process of {} cannot begin: {error}", self.function.settings.name),
        }
        true
    }

    /// Returns a receiver of the error of a process that cannot begin.
    pub(super) fn init_error(&self) -> oneshot::Receiver<String> {
        let (sender, error) = oneshot::channel();
        self.lock().init_error = Some(sender);
        error
    }

    /// Hands events to processes, the first to the first. A process that has left gets none.
    fn match_up(&self, state: &mut EndpointState) {
        state.processes.retain(|process| !process.is_closed());
        while !state.processes.is_empty()
            && let Some(waiting) = state.events.pop_front()
            && let Some(process) = state.processes.pop_front()
        {
            let WaitingEvent { id, event, taken, outcome } = waiting;
            match process.send(self.hand(id.clone(), event)) {
                Ok(()) => {
                    let _ = taken.send(());
                    state.running.insert(id, outcome);
                }
                Err(NextEvent { event, .. }) => {
                    state.events.push_front(WaitingEvent { id, event, taken, outcome });
                }
            }
        }
    }

    fn hand(&self, id: String, event: String) -> NextEvent {
        let now = TimeSource::now(&self.clock).duration_since(UNIX_EPOCH).unwrap_or_default();
        NextEvent {
            id,
            event,
            arn: self.function.settings.arn(),
            deadline_ms: (now + self.function.settings.timeout).as_millis(),
            trace: trace(now),
        }
    }

    /// Locks the queue. A panic with the lock fails one request, and not all that follow.
    fn lock(&self) -> MutexGuard<'_, EndpointState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventOffer {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for EventOffer {
    fn drop(&mut self) {
        let mut state = self.endpoint.lock();
        state.events.retain(|waiting| waiting.id != self.id);
        state.running.remove(&self.id);
    }
}

/// Returns an id of X-Ray, which samples nothing here.
fn trace(now: Duration) -> String {
    let (seconds, unique) = (now.as_secs(), fastrand::u128(..) >> 32);
    let parent = fastrand::u64(..);
    format!("Root=1-{seconds:08x}-{unique:024x};Parent={parent:016x};Sampled=0")
}
