//! DynamoDB as a sans-IO state machine.
//!
//! A driver parses the bytes of a request with [`Request::parse`], hands it to
//! [`DynamoDb::apply`] at the time when its effect happens, and sends the [`Answer`] when it
//! pleases. Nothing here knows a clock, a socket or a schedule, and the same calls give the same
//! bytes. Facts about AWS are cited by their row (`FACTS n.m`); where the facts say nothing the
//! developer guide of DynamoDB is the reference.
//!
//! ```
//! use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
//! use stormglass_spec::Time;
//!
//! let mut dynamodb = DynamoDb::new(Limits::default());
//! dynamodb.create_table("connections", "connectionId");
//! let mut call = |operation: &str, body: &str| {
//!     let target = format!("DynamoDB_20120810.{operation}");
//!     let request = Request::parse(&target, body.as_bytes()).expect("a request");
//!     dynamodb.apply(Time::ZERO, &request, ReplicaView::Fresh)
//! };
//!
//! let item = r#"{"connectionId": {"S": "ana1"}}"#;
//! let put = format!(r#"{{"TableName": "connections", "Item": {item}}}"#);
//! assert_eq!(call("PutItem", &put).status, 200);
//!
//! let scan = call("Scan", r#"{"TableName": "connections"}"#);
//! assert!(scan.body.contains("ana1"));
//! ```
//!
//! | module | what is in it |
//! |---|---|
//! | `request` | a request on the wire, checked as far as no table is needed |
//! | `members`, `decode` | the members of a request body, and what AWS says of malformed ones |
//! | `answer`, `faults`, `throttling` | what goes back, also for failures that a schedule injects |
//! | `schema` | what a table and its indexes are declared to be |
//! | `table`, `rows` | rows and their versions, in the order of a scan, and the indexes |
//! | `journal` | what has to be written down so that tables outlive their process |
//! | `expiries`, `replays` | what is removed or forgotten in time |
//! | `operations` | the operations on items |
//! | `control` | the operations on tables |
//! | `key`, `item`, `value`, `number` | keys, items, attribute values, exact decimals |
//! | `expression` | conditions, filters, projections and updates |
//! | `capacity` | consumed capacity units |
//! | `sketch` | what tells two states of the tables apart |
//! | `json` | writing JSON, and base64 |

mod answer;
mod capacity;
mod control;
mod decode;
mod expiries;
mod expression;
mod faults;
mod item;
mod journal;
mod json;
mod key;
mod members;
mod names;
mod number;
mod operations;
mod refusals;
mod replays;
mod request;
mod rows;
mod schema;
mod size;
mod sketch;
mod state;
mod table;
mod throttling;
mod value;

#[cfg(test)]
mod tests;

use std::time::Duration;

use stormglass_spec::Time;

pub use answer::{Answer, Change};
pub use journal::Entry;
pub use request::{Operation, Request};
pub use throttling::Throttling;

use operations::Reading;
use replays::Replays;
use request::Command;
use schema::{Definition, KeyAttribute, KeySchema, KeyType};
use state::TableState;
use table::{Table, Tables};

/// The tables of one account, and everything that is in them.
#[derive(Clone, Debug, Default)]
pub struct DynamoDb {
    tables: Tables,
    replays: Replays,
    limits: Limits,
    /// What happened to tables and transactions, if somebody writes it down.
    journal: Option<Vec<Entry>>,
}

/// Limits that are tighter than those of AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most rows that one page of a scan covers, so that small worlds have pages too.
    ///
    /// It works like the limit of 1 MB, which always holds as well (FACTS 6.1).
    pub page_rows_max: Option<usize>,
    /// How long it takes to create, change or delete a table or an index.
    pub tables_take: Duration,
    /// The longest that it takes from the expiry of a row to its removal; each row has its own
    /// share of it (FACTS 6.10).
    pub expiry_lag_max: Duration,
}

/// How an eventually consistent read sees the tables (FACTS 6.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplicaView {
    /// Every write that came before is there.
    #[default]
    Fresh,
    /// The tables as they were this long ago, but never longer ago than what is kept of the past
    /// (10 s) or than the start of the run.
    Behind(Duration),
    /// Each row as it was at a time of its own, drawn from `seed` and the row's key: a replica
    /// gets what was written row by row.
    Uneven {
        /// The longest ago, as for [`ReplicaView::Behind`].
        lag_max: Duration,
        /// What the times are drawn from.
        seed: u64,
    },
}

impl DynamoDb {
    /// An account without tables.
    pub fn new(limits: Limits) -> DynamoDb {
        let tables = Tables::new(limits.expiry_lag_max);
        DynamoDb { tables, replays: Replays::default(), limits, journal: None }
    }

    /// Creates an empty table whose partition key is a string; a table that exists stays as it is.
    pub fn create_table(&mut self, name: &str, partition_key: &str) {
        if self.tables.any(name).is_none() {
            let hash = KeyAttribute { name: partition_key.to_owned(), kind: KeyType::S };
            let keys = KeySchema { hash, range: None };
            let definition = Definition { name: name.to_owned(), keys, indexes: Vec::new() };
            self.tables.create(definition, TableState::ready(Time::ZERO));
        }
    }

    /// Applies one request at `now`.
    ///
    /// `read` says how an eventually consistent read sees the table; strong reads ignore it.
    pub fn apply(&mut self, now: Time, request: &Request, read: ReplicaView) -> Answer {
        self.serve(now, request, read, None)
    }

    /// Answers a request for which there is no capacity.
    ///
    /// Of a batch a part may be carried out all the same, by `draw`; what is left comes back as
    /// unprocessed (FACTS 6.11). Nothing else is.
    pub fn throttle(
        &mut self,
        now: Time,
        request: &Request,
        read: ReplicaView,
        draw: u64,
    ) -> Answer {
        match request.operation() {
            Operation::BatchGet | Operation::BatchWrite => {
                self.serve(now, request, read, Some(draw))
            }
            _ => Throttling::draw(draw, request).answer(request),
        }
    }

    /// Removes the rows whose expiry lies far enough back (FACTS 6.10).
    ///
    /// Nothing else does so: a driver calls this when [`DynamoDb::next_expiry`] says.
    pub fn expire(&mut self, now: Time) -> Vec<Change> {
        self.tables.settle(now);
        self.tables.expire(now)
    }

    /// When the next row is removed because it has expired, as things are now.
    pub fn next_expiry(&self) -> Option<Time> {
        self.tables.next_expiry()
    }

    fn serve(
        &mut self,
        now: Time,
        request: &Request,
        replica: ReplicaView,
        shed: Option<u64>,
    ) -> Answer {
        self.tables.settle(now);
        let reading = Reading { now, replica, rows_max: self.limits.page_rows_max, shed };
        let answer = match request.command() {
            Command::Single(single) => single.apply(&mut self.tables, now),
            Command::Get(get) => get.apply(&self.tables, reading),
            Command::Query(query) => query.apply(&self.tables, reading),
            Command::Scan(scan) => scan.apply(&self.tables, reading),
            Command::BatchGet(batch) => batch.apply(&self.tables, reading),
            Command::BatchWrite(batch) => batch.apply(&mut self.tables, reading),
            Command::TransactGet(transact) => transact.apply(&self.tables),
            Command::TransactWrite(transact) => {
                transact.apply(&mut self.tables, &mut self.replays, now)
            }
            Command::Control(control) => {
                control.apply(&mut self.tables, now, self.limits.tables_take)
            }
        };
        let answer = answer.unwrap_or_else(|refusal| refusal);
        self.note(now, request, &answer);
        answer
    }

    /// The keys of the rows that are in `table` now, in the order of the keys.
    pub fn keys(&self, table: &str) -> Vec<String> {
        self.tables.table(table).map(Table::row_keys).unwrap_or_default()
    }

    /// How many rows are in `table` now; `None` if there is no such table.
    pub fn count(&self, table: &str) -> Option<usize> {
        self.tables.table(table).ok().map(Table::row_count)
    }

    fn key_schema(&self, table: &str) -> Option<&KeySchema> {
        self.tables.table(table).ok().map(Table::keys)
    }
}
