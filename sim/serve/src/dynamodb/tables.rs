//! The tables of an account, for all clients at once.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stormglass_dynamodb::{Answer, DynamoDb, Limits, ReplicaView, Request};
use stormglass_sim::faults::{Fault, Site, failures};

use super::store::{Store, StoreError, StoreWriter, WriteError};
use crate::clock::Clock;
use crate::faults::{Faults, InjectedFault, LostRequest};
use crate::record::{Recorder, TableEffect};

/// Tables whose time is the wall clock's.
#[derive(Debug)]
pub struct Tables {
    state: Mutex<TablesState>,
    clock: Clock,
    recorder: Recorder,
    faults: Faults,
}

#[derive(Debug)]
struct TablesState {
    db: DynamoDb,
    /// The file that keeps them, if they outlive the process.
    writer: Option<StoreWriter>,
}

impl Tables {
    /// Returns tables in memory, which are gone with the process.
    pub fn in_memory(db: DynamoDb) -> Tables {
        Tables::new(TablesState { db, writer: None }, Clock::start())
    }

    /// Opens tables that are kept in a file. Every write that a client was told of is in the file
    /// by then, however the process ends.
    ///
    /// # Errors
    ///
    /// If the file cannot be read and written, or holds something else.
    pub fn kept_in(path: &Path) -> Result<Tables, StoreError> {
        let store = Store::open(path)?;
        let clock = Clock::start();
        let mut db = DynamoDb::new(Limits::default());
        for entry in store.entries()? {
            db.restore(clock.now(), &entry).map_err(|reason| store.unreadable(reason))?;
        }
        let state = TablesState { db: db.with_journal(), writer: Some(store.start_writing()?) };
        Ok(Tables::new(state, clock))
    }

    fn new(state: TablesState, clock: Clock) -> Tables {
        Tables {
            state: Mutex::new(state),
            clock,
            recorder: Recorder::none(),
            faults: Faults::none(),
        }
    }

    /// Returns the same tables with a recorder of their requests.
    pub fn with_recorder(self, recorder: Recorder) -> Tables {
        Tables { recorder, ..self }
    }

    /// Returns the same tables with faults.
    pub fn with_faults(self, faults: Faults) -> Tables {
        Tables { faults, ..self }
    }

    /// Answers one request, as soon as no write that the answer tells of can be lost any more.
    pub async fn apply(&self, target: &str, body: &[u8]) -> Answer {
        let lost = |LostRequest| Answer::service_unavailable();
        self.apply_call(None, target, body).await.unwrap_or_else(lost)
    }

    /// Answers one request, which is the call with this number if it is a function's.
    pub(super) async fn apply_call(
        &self,
        call: Option<u64>,
        target: &str,
        body: &[u8],
    ) -> Result<Answer, LostRequest> {
        let request = match Request::parse(target, body) {
            Ok(request) => request,
            Err(refusal) => {
                self.recorder.on_table_refusal(call, &refusal);
                return Ok(refusal);
            }
        };
        let raw = RawRequest { call, target, body };
        let keys = request.keys(&self.state().db);
        let key = keys.first().map_or("", |row| row.key.as_str());
        let action = format!("table.{}", request.operation());
        let apply = |injected| self.written(&request, raw, ApplyMode::of(injected));
        let refuse = |injected: InjectedFault, fault| match fault {
            Fault::Error => failures::of_table(injected.draw),
            _ => self.carry_out(&request, raw, ApplyMode::Throttled { draw: injected.draw }).0,
        };
        self.faults.call((key, &action, Site::of_request(&request)), apply, refuse).await
    }

    async fn written(&self, request: &Request, raw: RawRequest<'_>, way: ApplyMode) -> Answer {
        let (answer, written) = self.carry_out(request, raw, way);
        let Some(written) = written else { return answer };
        match written.await {
            Ok(()) => answer,
            Err(WriteError) => Answer::internal_server_error(),
        }
    }

    fn carry_out(
        &self,
        request: &Request,
        raw: RawRequest<'_>,
        way: ApplyMode,
    ) -> (Answer, Option<impl Future<Output = Result<(), WriteError>> + use<>>) {
        let mut state = self.state();
        let TablesState { db, writer } = &mut *state;
        // Read under the lock, so that time does not run backwards from one request to the next.
        let now = self.clock.now();
        let expired = db.expire(now);
        let mut answer = match way {
            ApplyMode::Throttled { draw } => db.throttle(now, request, ReplicaView::Fresh, draw),
            ApplyMode::Behind => db.apply(now, request, ReplicaView::Behind(REPLICA_LAG)),
            ApplyMode::Usual => db.apply(now, request, ReplicaView::Fresh),
        };
        if self.recorder.is_on() {
            let (writes, keys) = (request.operation().writes(), request.keys(db));
            let applied = TableEffect { writes, keys, expired, answer: &mut answer };
            self.recorder.on_table_request(raw.call, raw.target, raw.body, applied);
        }
        let written = writer.as_mut().map(|writer| {
            writer.write(db.take_entries());
            writer.written()
        });
        (answer, written)
    }

    /// Carries out a read that is not recorded; `None` if it fails.
    pub(super) fn inspect(&self, target: &str, body: &[u8]) -> Option<Answer> {
        let request = Request::parse(target, body).ok()?;
        let answer = self.state().db.apply(self.clock.now(), &request, ReplicaView::Fresh);
        answer.is_success().then_some(answer)
    }

    /// Returns the number of rows of a table; `None` if there is no such table.
    pub fn count(&self, table: &str) -> Option<usize> {
        self.state().db.count(table)
    }

    /// Locks the tables. A panic with the lock fails one request, and not all that follow.
    fn state(&self) -> MutexGuard<'_, TablesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request before it is parsed.
#[derive(Clone, Copy, Debug)]
struct RawRequest<'a> {
    /// The number of the call, if it is a function's.
    call: Option<u64>,
    target: &'a str,
    body: &'a [u8],
}

/// The lag of a replica whose reads are stale.
const REPLICA_LAG: Duration = Duration::from_millis(500);

/// The way in which a request is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ApplyMode {
    Usual,
    /// Without capacity: not at all, or only in part.
    Throttled {
        draw: u64,
    },
    /// By a replica that lags behind, if the request allows that.
    Behind,
}

impl ApplyMode {
    fn of(injected: Option<InjectedFault>) -> ApplyMode {
        match injected.and_then(InjectedFault::fault) {
            Some(Fault::Stale) => ApplyMode::Behind,
            _ => ApplyMode::Usual,
        }
    }
}
