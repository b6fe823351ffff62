//! The last events of a server, as a [`History`]: the same events as those of a simulation, so that
//! the same properties can judge them.
//!
//! The gateway, the connector of the functions and the tables report their events, and [`Recorder`]
//! keeps the last of them: a number of events and of bytes, however many clients there are. A
//! report costs little, for names and texts are made only when a reader asks for them.
//!
//! Connections are named by letters, in the order in which they come: `a1`, `b1` ... `z1`, `aa1`.
//! Each connection counts as a separate client: the server cannot tell which connections share one.
//! The rest follows as in every history: `c.c1` is the invocation that the handshake of `c1`
//! starts, `c.d1` that of its end; `c.b3` is its third broadcast, `c.t1` its first other text,
//! `c.x1` its first binary message. Requests that come to the ports from elsewhere are calls of
//! [`OUTSIDE`].
//!
//! | module | content |
//! |---|---|
//! | `gateway` | the record of the gateway |
//! | `calls` | the record of calls, their effects and their answers |
//! | `logs` | the logs of functions |
//! | `note` | one event, kept without names |
//! | `ring` | the last notes |
//! | `connections` | the connections, and those that are over |
//! | `subject` | names of connections, messages and invocations |
//! | `history` | the history that is written from notes |
//! | `view` | connections and invocations for readers |

mod calls;
mod connections;
mod gateway;
mod history;
mod logs;
mod note;
mod ring;
mod subject;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stormglass_aws::gateway::RequestId;
use stormglass_sim::App;
use stormglass_spec::history::{History, OUTSIDE};
use stormglass_spec::name::InvocationName;
use stormglass_spec::{Name, Time};

pub use calls::CALL;
use calls::RecordedCall;
pub(crate) use calls::{TableEffect, number_in, record_call};
use connections::Connections;
use history::HistoryWriter;
pub use history::TextLimit;
pub use logs::LogLayer;
use note::{LiveEvent, Note};
use ring::Ring;
use subject::Subject;
use view::InvocationLog;
pub use view::{ConnectionView, InvocationView};

use crate::clock::Clock;

/// The number of events that a recorder keeps by default.
pub const EVENTS_MAX: usize = 2_000;

/// The number of an event, from 1; 0 stands for none.
type Number = u64;

/// The recorder of a server. Clones share one record.
///
/// ```
/// use stormglass_apps::STORMGLASS;
/// use stormglass_serve::record::Recorder;
/// use stormglass_serve::Server;
/// use stormglass_spec::{Judge, properties};
///
/// # fn example(server: Server) {
/// let recorder = Recorder::new(&STORMGLASS);
/// let server = Server { recorder: recorder.clone(), ..server };
/// // While the server serves, or after its end:
/// let mut judge = Judge::new(&properties::ALL);
/// let history = recorder.history();
/// let violations = history.events.iter().flat_map(|event| judge.observe_all(event));
/// println!("{} violations", violations.count());
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder {
    /// The record; `None` if nothing is kept.
    record: Option<Arc<Record>>,
}

struct Record {
    app: &'static dyn App,
    clock: Clock,
    started: Time,
    calls: AtomicU64,
    /// The event that led the gateway to its next effects.
    cause: AtomicU64,
    state: Mutex<RecordState>,
}

struct RecordState {
    ring: Ring,
    connections: Connections,
    /// The subject that the gateway works on: one that does not run yet, or runs no more.
    at_hand: Option<Arc<Subject>>,
    running: BTreeMap<RequestId, Arc<Subject>>,
    in_flight: BTreeMap<u64, Arc<RecordedCall>>,
    invocations: InvocationLog,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("is_on", &self.is_on()).finish_non_exhaustive()
    }
}

impl Recorder {
    /// Returns a recorder that keeps the last [`EVENTS_MAX`] events of an application.
    pub fn new(app: &'static dyn App) -> Recorder {
        Recorder::keeping(EVENTS_MAX, app)
    }

    /// Returns a recorder that keeps the last `events_max` events.
    pub fn keeping(events_max: usize, app: &'static dyn App) -> Recorder {
        let clock = Clock::start();
        let state = RecordState {
            ring: Ring::new(events_max),
            connections: Connections::new(events_max, app.stack().tables.len() > 1),
            at_hand: None,
            running: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            invocations: InvocationLog::default(),
        };
        let record = Record {
            app,
            clock,
            started: clock.now(),
            calls: AtomicU64::new(0),
            cause: AtomicU64::new(0),
            state: Mutex::new(state),
        };
        Recorder { record: Some(Arc::new(record)) }
    }

    /// Returns a recorder that keeps nothing.
    pub fn none() -> Recorder {
        Recorder { record: None }
    }

    /// Returns true if anything is kept.
    pub fn is_on(&self) -> bool {
        self.record.is_some()
    }

    /// Returns the application that is served.
    pub fn app(&self) -> Option<&'static dyn App> {
        self.record.as_ref().map(|record| record.app)
    }

    /// Returns the time at which the record began, in milliseconds since 1970. The times of its
    /// events count from there.
    pub fn started_ms(&self) -> u64 {
        let started = self.record.as_ref().map_or(Time::ZERO, |record| record.started);
        stormglass_spec::EPOCH_MS + started.millis()
    }

    /// Returns the time since the record began.
    pub fn elapsed(&self) -> Time {
        self.record.as_ref().map_or(Time::ZERO, |record| record.elapsed())
    }

    /// Returns the events that are kept. They are numbered from the first one ever, so numbers stay
    /// when older events are dropped.
    pub fn history(&self) -> History {
        self.last(usize::MAX, TextLimit::Whole)
    }

    /// Returns the last `count` events of the history.
    pub fn last(&self, count: usize, texts: TextLimit) -> History {
        let Some(record) = &self.record else { return History::default() };
        let writer = {
            let state = record.state();
            HistoryWriter::new(record.app, &state, count, texts)
        };
        writer.write()
    }

    /// Returns the number of the last event.
    pub fn last_number(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.state().ring.last_number())
    }

    /// Returns the ids that names stand for: those of connections, and of the requests behind
    /// invocations. A name that is not known any more has none.
    pub fn ids(&self, names: &[Name]) -> Vec<Option<String>> {
        let Some(record) = &self.record else { return vec![None; names.len()] };
        let state = record.state();
        names.iter().map(|name| state.id_of(name)).collect()
    }
}

impl RecordState {
    fn id_of(&self, name: &str) -> Option<String> {
        let peer = self.connections.named(name).map(|peer| peer.id.clone());
        peer.or_else(|| self.invocations.request_named(name))
    }
}

impl Record {
    /// Locks the state. If a thread panics with the lock, the events before that are still true.
    fn state(&self) -> MutexGuard<'_, RecordState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Time {
        Time::ZERO + self.clock.now().since(self.started)
    }

    /// Adds an event, under the lock, so that time does not run backwards.
    fn note(&self, state: &mut RecordState, cause: Number, event: LiveEvent) -> Number {
        state.ring.push(Note { at: self.elapsed(), cause, event })
    }

    fn cause(&self) -> Number {
        self.cause.load(Ordering::Relaxed)
    }

    fn set_cause(&self, number: Number) {
        self.cause.store(number, Ordering::Relaxed);
    }
}

/// Returns the name of callers from outside.
fn outside() -> InvocationName {
    OUTSIDE.into()
}

#[cfg(test)]
mod tests;
