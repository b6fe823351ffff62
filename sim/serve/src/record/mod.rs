//! What a server has seen last, as a [`History`]: the same events as those of a simulation, so that
//! the same properties can judge it.
//!
//! The task that owns the gateway, the functions' wire and the service of the tables tell what
//! happens, and [`Recorder`] keeps the last of it: so many events and so many bytes, however many
//! clients there are. What it is told costs little, for names and words are made only when somebody
//! looks.
//!
//! Connections are named by letters, in the order in which they come: `a1`, `b1` ... `z1`, `aa1`,
//! each of a client of its own, as nobody knows which of them are the same one's. The rest follows
//! as in every history: `c.c1` is what the handshake of `c1` starts, `c.d1` what its end does;
//! `c.b3` is its third broadcast, `c.t1` its first other text, `c.x1` its first binary message.
//! What comes to the ports from elsewhere is the doing of [`OUTSIDE`].
//!
//! | module | what is in it |
//! |---|---|
//! | `gateway` | what the task that owns the gateway tells |
//! | `calls` | what the wire of functions and the services tell |
//! | `logs` | what functions log, and which invocation it belongs to |
//! | `note` | one event, kept without names |
//! | `ring` | the last notes |
//! | `connections` | who is connected, and what became of others |
//! | `subject` | names of what comes from a client |
//! | `history` | the history that notes tell |
//! | `view` | what there is to look at beside the history |

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
use std::time::Duration;

use stormglass_aws::gateway::RequestId;
use stormglass_sim::App;
use stormglass_spec::history::{History, OUTSIDE};
use stormglass_spec::name::InvocationName;
use stormglass_spec::{Name, Time};

pub use calls::CALL;
use calls::RecordedCall;
pub(crate) use calls::{TableEffect, number_in, sending};
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

/// How many events are kept, unless it is said.
pub const EVENTS_MAX: usize = 2_000;

/// The number of an event, from 1; 0 stands for none.
type Number = u64;

/// What tells and what looks; clones are of the same record.
#[derive(Clone)]
pub struct Recorder {
    /// Nothing is kept without it.
    record: Option<Arc<Record>>,
}

struct Record {
    app: &'static dyn App,
    /// How long a function may run.
    function_timeout: Duration,
    clock: Clock,
    started: Time,
    calls: AtomicU64,
    /// What the gateway's task does is because of this event.
    cause: AtomicU64,
    state: Mutex<RecordState>,
}

struct RecordState {
    ring: Ring,
    connections: Connections,
    /// What the gateway has in hand: not known to run, or not known to be over.
    at_hand: Option<Arc<Subject>>,
    running: BTreeMap<RequestId, Arc<Subject>>,
    in_flight: BTreeMap<u64, Arc<RecordedCall>>,
    runs: InvocationLog,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("is_on", &self.is_on()).finish_non_exhaustive()
    }
}

impl Recorder {
    /// Keeps the last [`EVENTS_MAX`] events of this application, whose functions may run so long.
    pub fn new(app: &'static dyn App, function_timeout: Duration) -> Recorder {
        Recorder::keeping(EVENTS_MAX, app, function_timeout)
    }

    /// Keeps the last `events_max` events.
    pub fn keeping(
        events_max: usize,
        app: &'static dyn App,
        function_timeout: Duration,
    ) -> Recorder {
        let clock = Clock::start();
        let state = RecordState {
            ring: Ring::new(events_max),
            connections: Connections::new(events_max),
            at_hand: None,
            running: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            runs: InvocationLog::default(),
        };
        let record = Record {
            app,
            function_timeout,
            clock,
            started: clock.now(),
            calls: AtomicU64::new(0),
            cause: AtomicU64::new(0),
            state: Mutex::new(state),
        };
        Recorder { record: Some(Arc::new(record)) }
    }

    /// Keeps nothing.
    pub fn none() -> Recorder {
        Recorder { record: None }
    }

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        self.record.is_some()
    }

    /// The application that is served.
    pub fn app(&self) -> Option<&'static dyn App> {
        self.record.as_ref().map(|record| record.app)
    }

    /// When the record began, in milliseconds since 1970: what the times of its events count from.
    pub fn started_ms(&self) -> u64 {
        let started = self.record.as_ref().map_or(Time::ZERO, |record| record.started);
        stormglass_spec::EPOCH_MS + started.millis()
    }

    /// How long the record has gone on.
    pub fn elapsed(&self) -> Time {
        self.record.as_ref().map_or(Time::ZERO, |record| record.elapsed())
    }

    /// What has happened, as far as it is kept. Its events are numbered from the first one ever, so
    /// numbers stay when older events are dropped.
    pub fn history(&self) -> History {
        self.last(usize::MAX, TextLimit::Whole)
    }

    /// The last `count` events of the history.
    pub fn last(&self, count: usize, texts: TextLimit) -> History {
        let Some(record) = &self.record else { return History::default() };
        let teller = {
            let state = record.state();
            HistoryWriter::new(record.app, &state, count, texts)
        };
        teller.tell()
    }

    /// The number of the last event: whoever has seen it has seen everything.
    pub fn last_number(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.state().ring.last_number())
    }

    /// The ids that names stand for: those of connections, and of the requests behind invocations.
    /// A name that is not known any more has none.
    pub fn ids(&self, names: &[Name]) -> Vec<Option<String>> {
        let Some(record) = &self.record else { return vec![None; names.len()] };
        let state = record.state();
        names.iter().map(|name| state.id_of(name)).collect()
    }
}

impl RecordState {
    fn id_of(&self, name: &str) -> Option<String> {
        let peer = self.connections.named(name).map(|peer| peer.id.clone());
        peer.or_else(|| self.runs.request_named(name))
    }
}

impl Record {
    /// If a thread ever panics with it, what was told before is still true.
    fn state(&self) -> MutexGuard<'_, RecordState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Time {
        Time::ZERO + self.clock.now().since(self.started)
    }

    /// Writes an event down, within the lock, so that time does not run backwards.
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

/// The name of whoever calls from elsewhere.
fn outside() -> InvocationName {
    OUTSIDE.into()
}

#[cfg(test)]
mod tests;
