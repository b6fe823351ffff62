//! A table that makes up its rows as they are read.

use std::cell::{Cell, RefCell};
use std::fmt::Write;

use serde_json::Value;
use stormglass_spec::quotas::SCAN_PAGE_BYTES_MAX;

use crate::binaries::TABLE_NAME;
use crate::cloud::{Answer, answer};
use crate::gateway::Numbers;

/// The bytes of a row towards the size of a page: names, the id, and numbers at a byte for two
/// digits and another one (FACTS 6.2).
const ROW_BYTES: usize =
    "connectionId".len() + 16 + "connectedAt".len() + 8 + "expiresAt".len() + 6;

/// A table with the rows 0, 1, 2 and so on.
#[derive(Debug)]
pub(crate) struct Table {
    rows: u64,
    /// In epoch milliseconds, of every row.
    connected_at: u64,
    calls: Cell<u64>,
    deleted: Numbers,
    /// Rows that were put: no part of what is read.
    puts: RefCell<Vec<Value>>,
}

impl Table {
    pub(crate) fn new(rows: u64, connected_at: u64) -> Table {
        Table {
            rows,
            connected_at,
            calls: Cell::new(0),
            deleted: Numbers::default(),
            puts: RefCell::default(),
        }
    }

    /// Returns the number of requests.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.get()
    }

    /// Returns the number of deleted rows. They are read all the same.
    pub(crate) fn deleted(&self) -> u64 {
        self.deleted.len()
    }

    /// The rows that were put, in order.
    pub(crate) fn puts(&self) -> Vec<Value> {
        self.puts.borrow().clone()
    }

    /// Answers a request for the operation that `target` names.
    pub(crate) fn answer(&self, target: &str, body: &[u8]) -> Answer {
        self.calls.set(self.calls.get() + 1);
        let request: Value = serde_json::from_slice(body).expect("a request is JSON");
        assert_eq!(request["TableName"], TABLE_NAME);
        match target {
            "DynamoDB_20120810.Scan" => answer(200, self.page(&request)),
            "DynamoDB_20120810.DeleteItem" => {
                self.deleted.insert(number(id_in(&request["Key"])));
                answer(200, "{}")
            }
            "DynamoDB_20120810.PutItem" => {
                self.puts.borrow_mut().push(request["Item"].clone());
                answer(200, "{}")
            }
            other => panic!("the table does not know {other}"),
        }
    }

    /// A page ends at its limit, at 1 MB, or at the end of the table (FACTS 6.1).
    fn page(&self, request: &Value) -> String {
        let begin = request.get("ExclusiveStartKey").map_or(0, |key| number(id_in(key)) + 1);
        let fits = u64::try_from(SCAN_PAGE_BYTES_MAX / ROW_BYTES).expect("a small number");
        let rows_max = request["Limit"].as_u64().unwrap_or(u64::MAX).min(fits);
        let end = begin.saturating_add(rows_max).min(self.rows);
        let mut page = String::from(r#"{"Items":["#);
        for number in begin..end {
            let comma = if number == begin { "" } else { "," };
            let (id, at) = (id(number), self.connected_at);
            let row = write!(
                page,
                r#"{comma}{{"connectionId":{{"S":"{id}"}},"connectedAt":{{"N":"{at}"}}}}"#
            );
            row.expect("a string takes all");
        }
        let count = end - begin;
        let rest = match end.checked_sub(1) {
            Some(last) if count == rows_max => {
                format!(r#","LastEvaluatedKey":{{"connectionId":{{"S":"{}"}}}}"#, id(last))
            }
            _ => String::new(),
        };
        page + &format!(r#"],"Count":{count},"ScannedCount":{count}{rest}}}"#)
    }
}

/// As long as a real one, and with the character that is escaped in a path (FACTS 5.5).
fn id(number: u64) -> String {
    format!("{number:015}=")
}

/// The number of the connection with this id.
pub(crate) fn number(id: &str) -> u64 {
    let digits = id.strip_suffix('=').unwrap_or_else(|| panic!("{id} is not in the table"));
    digits.parse().unwrap_or_else(|_| panic!("{id} is not in the table"))
}

fn id_in(key: &Value) -> &str {
    key["connectionId"]["S"].as_str().expect("a key is a connection's id")
}
