//! The tables of an account, for everybody who calls at once.

use std::sync::{Mutex, PoisonError};

use stormglass_sim::dynamodb::{Answer, DynamoDb, ReplicaView, Request};

use crate::clock::Clock;

/// Tables that live by the wall clock.
#[derive(Debug)]
pub struct Tables {
    db: Mutex<DynamoDb>,
    clock: Clock,
}

impl Tables {
    /// Tables in memory, which are gone with the process.
    pub fn in_memory(db: DynamoDb) -> Tables {
        Tables { db: Mutex::new(db), clock: Clock::start() }
    }

    /// Answers one request.
    pub(crate) async fn apply(&self, target: &str, body: &[u8]) -> Answer {
        match Request::parse(target, body) {
            Ok(request) => self.carry_out(&request),
            Err(refusal) => refusal,
        }
    }

    fn carry_out(&self, request: &Request) -> Answer {
        // If it ever panics, it fails one request and not all that follow.
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, so that time does not run backwards from one request to the next.
        let now = self.clock.now();
        db.expire(now);
        db.apply(now, request, ReplicaView::Fresh)
    }
}
