//! The tables of an account, for everybody who calls at once.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use stormglass_sim::dynamodb::{Answer, DynamoDb, Limits, ReplicaView, Request};

use super::store::{NotWritten, Store, StoreError, Writer};
use crate::clock::Clock;

/// Tables that live by the wall clock.
#[derive(Debug)]
pub struct Tables {
    state: Mutex<State>,
    clock: Clock,
}

#[derive(Debug)]
struct State {
    db: DynamoDb,
    /// Where they are kept, if they outlive the process.
    writer: Option<Writer>,
}

impl Tables {
    /// Tables in memory, which are gone with the process.
    pub fn in_memory(db: DynamoDb) -> Tables {
        Tables { state: Mutex::new(State { db, writer: None }), clock: Clock::start() }
    }

    /// Tables that are kept in a file, with all that is in it. What a client was told happened is
    /// in the file by then, however the process ends.
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
        let state = State { db: db.journaled(), writer: Some(store.start_writing()?) };
        Ok(Tables { state: Mutex::new(state), clock })
    }

    /// Answers one request, as soon as nothing that the answer tells can be lost any more.
    pub async fn apply(&self, target: &str, body: &[u8]) -> Answer {
        let request = match Request::parse(target, body) {
            Ok(request) => request,
            Err(refusal) => return refusal,
        };
        let (answer, written) = self.carry_out(&request);
        let Some(written) = written else { return answer };
        match written.await {
            Ok(()) => answer,
            Err(NotWritten) => Answer::internal_server_error(),
        }
    }

    fn carry_out(
        &self,
        request: &Request,
    ) -> (Answer, Option<impl Future<Output = Result<(), NotWritten>>>) {
        // If it ever panics, it fails one request and not all that follow.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { db, writer } = &mut *state;
        // Under the lock, so that time does not run backwards from one request to the next.
        let now = self.clock.now();
        db.expire(now);
        let answer = db.apply(now, request, ReplicaView::Fresh);
        let written = writer.as_mut().map(|writer| {
            writer.write(db.take_entries());
            writer.written()
        });
        (answer, written)
    }
}
