//! DynamoDB as a sans-IO state machine: `PutItem`, `DeleteItem` and `Scan` on tables with a
//! string partition key.
//!
//! A driver parses the bytes of a request with [`Request::parse`], hands it to
//! [`DynamoDb::apply`] at the time when its effect happens, and sends the [`Answer`] when it
//! pleases. Nothing here knows a clock, a socket or a schedule, and the same calls give the same
//! bytes. Facts about AWS are cited by their row (`FACTS n.m`); where the facts say nothing the
//! developer guide of DynamoDB is the reference.
//!
//! | module | what is in it |
//! |---|---|
//! | `request` | a request on the wire, checked as far as no table is needed |
//! | `members`, `decode` | the members of a request body, and what AWS says of malformed ones |
//! | `answer`, `faults` | what goes back, also for the failures that a schedule injects |
//! | `table` | rows and their versions, in the order of a scan |
//! | `write`, `scan` | the operations |
//! | `item`, `value`, `number` | items, attribute values, exact decimals |
//! | `expression` | conditions, filters and projections |
//! | `capacity` | consumed capacity units |
//! | `json` | writing JSON with its keys in order, and base64 |

mod answer;
mod capacity;
mod decode;
mod expression;
mod faults;
mod item;
mod json;
mod members;
mod number;
mod request;
mod scan;
mod schema;
mod table;
mod value;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Time;

pub use answer::{Answer, Change};
pub use faults::UNSUPPORTED;
pub use request::{Operation, Request};

use request::Action;
use table::Table;

/// The tables of one account, and everything that is in them.
#[derive(Clone, Debug, Default)]
pub struct DynamoDb {
    tables: BTreeMap<String, Table>,
    limits: Limits,
}

/// Limits that are tighter than those of AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most rows that one page of a scan covers, so that small worlds have pages too.
    ///
    /// It works like the limit of 1 MB, which always holds as well (FACTS 6.1).
    pub page_rows_max: Option<usize>,
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
}

impl DynamoDb {
    /// An account without tables.
    pub fn new(limits: Limits) -> DynamoDb {
        DynamoDb { tables: BTreeMap::new(), limits }
    }

    /// Creates an empty table whose partition key is a string; a table that exists stays as it is.
    pub fn create_table(&mut self, name: &str, partition_key: &str) {
        self.tables.entry(name.to_owned()).or_insert_with(|| Table::new(name, partition_key));
    }

    /// Applies one request at `now`.
    ///
    /// `read` says how an eventually consistent read sees the table; strong reads ignore it.
    pub fn apply(&mut self, now: Time, request: &Request, read: ReplicaView) -> Answer {
        let Some(table) = self.tables.get_mut(request.table()) else {
            return Answer::table_not_found();
        };
        let answer = match request.action() {
            Action::Put(put) => write::put(table, now, put),
            Action::Delete(delete) => write::delete(table, now, delete),
            Action::Scan(scan) => scan::scan(table, now, scan, read, self.limits),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    /// The keys of the rows that are in `table` now, in the order of the keys.
    pub fn keys(&self, table: &str) -> Vec<String> {
        self.tables.get(table).map(Table::keys).unwrap_or_default()
    }

    fn partition_key(&self, table: &str) -> Option<&str> {
        self.tables.get(table).map(Table::partition_key)
    }
}
