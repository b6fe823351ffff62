//! Two implementations of DynamoDB in one process, both from JSON text to JSON text.
//!
//! - `Stormglass`: ours. It remembers 10 s of the past of every row.
//! - `Dynoxide`: `dynoxide-rs`, with SQLite in memory.

use std::time::Duration;

use dynoxide::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_spec::Time;

/// Something that carries out operations.
pub trait Rival {
    /// The body of the answer to the request with this body.
    ///
    /// # Panics
    ///
    /// If the request is refused: only what is carried out may be measured.
    fn ask(&mut self, operation: &str, body: &str) -> String;
}

/// Our own, with one millisecond between any two operations.
#[derive(Debug)]
pub struct Stormglass {
    db: DynamoDb,
    now: Time,
}

/// The other one.
pub struct Dynoxide(Database);

impl Stormglass {
    /// An account without tables.
    pub fn new() -> Stormglass {
        Stormglass { db: DynamoDb::new(Limits::default()), now: Time::ZERO }
    }
}

impl Default for Stormglass {
    fn default() -> Stormglass {
        Stormglass::new()
    }
}

impl Rival for Stormglass {
    fn ask(&mut self, operation: &str, body: &str) -> String {
        self.now = self.now + Duration::from_millis(1);
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = match Request::parse(&target, body.as_bytes()) {
            Ok(request) => self.db.apply(self.now, &request, ReplicaView::Fresh),
            Err(refusal) => refusal,
        };
        assert!(answer.is_success(), "{operation} {body}: {}", answer.body);
        answer.body
    }
}

impl Dynoxide {
    /// A database in memory.
    ///
    /// # Panics
    ///
    /// If SQLite does not start.
    pub fn new() -> Dynoxide {
        Dynoxide(Database::memory().expect("a database in memory"))
    }
}

impl Default for Dynoxide {
    fn default() -> Dynoxide {
        Dynoxide::new()
    }
}

impl Rival for Dynoxide {
    fn ask(&mut self, operation: &str, body: &str) -> String {
        let Dynoxide(db) = self;
        match operation {
            "CreateTable" => through(body, |request| db.create_table(request)),
            "PutItem" => through(body, |request| db.put_item(request)),
            "GetItem" => through(body, |request| db.get_item(request)),
            "UpdateItem" => through(body, |request| db.update_item(request)),
            "DeleteItem" => through(body, |request| db.delete_item(request)),
            "Query" => through(body, |request| db.query(request)),
            "Scan" => through(body, |request| db.scan(request)),
            "TransactWriteItems" => through(body, |request| db.transact_write_items(request)),
            other => panic!("{other} is not measured"),
        }
    }
}

fn through<Q: DeserializeOwned, A: Serialize>(
    body: &str,
    operation: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> String {
    let request = serde_json::from_str(body).expect("a request");
    let answer = operation(request).expect("an answer");
    serde_json::to_string(&answer).expect("JSON")
}
