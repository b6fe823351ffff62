//! The crate as a driver uses it: JSON goes in, JSON comes out.

mod batches;
mod capacities;
mod conditions;
mod expiries;
mod gets;
mod indexes;
mod journals;
mod key_conditions;
mod keys;
mod legacy;
mod placeholders;
mod projections;
mod queries;
mod query_pages;
mod replicas;
mod requests;
mod scans;
mod shapes;
mod sketches;
mod starts;
mod streams;
mod streams_api;
mod table_states;
mod tables;
mod throttling;
mod transactions;
mod transactions_in_progress;
mod update_requests;
mod updates;
mod writes;

use std::time::Duration;

use stormglass_spec::Time;

use crate::item::Item;
use crate::members::Members;
use crate::{Answer, Change, DynamoDb, Limits, ReplicaView, Request, RowKey};

/// An account with its clock and the replica that serves its reads.
struct Account {
    db: DynamoDb,
    now: Time,
    read: ReplicaView,
}

impl Account {
    /// A table `conns` with the partition key `id`.
    fn new() -> Account {
        Account::with_limits(Limits::default())
    }

    fn with_limits(limits: Limits) -> Account {
        let mut db = DynamoDb::new(limits);
        db.create_table("conns", "id");
        Account { db, now: Time::ZERO, read: ReplicaView::Fresh }
    }

    /// A table with one item: a key `a` and more attributes, as JSON after a comma.
    fn holding(attributes: &str) -> Account {
        let mut account = Account::new();
        account.put("a", attributes);
        account
    }

    fn put(&mut self, id: &str, attributes: &str) {
        let item = format!(r#"{{"id":{{"S":"{id}"}}{attributes}}}"#);
        let answer = self.ask("PutItem", &format!(r#"{{"TableName":"conns","Item":{item}}}"#));
        assert_eq!(answer.body, "{}");
    }

    fn delete(&mut self, id: &str) {
        let key = format!(r#"{{"id":{{"S":"{id}"}}}}"#);
        let answer = self.ask("DeleteItem", &format!(r#"{{"TableName":"conns","Key":{key}}}"#));
        assert_eq!(answer.body, "{}");
    }

    /// Scans with more members, as JSON after a comma.
    fn scan(&mut self, members: &str) -> String {
        self.ask("Scan", &format!(r#"{{"TableName":"conns"{members}}}"#)).body
    }

    /// The keys that a scan with more members finds, in order.
    fn scanned(&mut self, members: &str) -> Vec<String> {
        let body: serde_json::Value =
            serde_json::from_str(&self.scan(members)).expect("the body is JSON");
        let items = body["Items"].as_array().expect("a scan has items");
        items.iter().map(|item| item["id"]["S"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn ask(&mut self, operation: &str, body: &str) -> Answer {
        match Request::parse(&format!("DynamoDB_20120810.{operation}"), body.as_bytes()) {
            Ok(request) => self.db.apply(self.now, &request, self.read),
            Err(refusal) => refusal,
        }
    }

    fn wait(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
    }
}

/// The members of a body without its braces.
fn with_members<T>(members: &str, read: impl FnOnce(&mut Members<'_>) -> T) -> T {
    let body = serde_json::from_str(&format!("{{{members}}}")).expect("the body is JSON");
    read(&mut Members::new(&body).expect("the body is an object"))
}

/// An item from JSON without its braces.
fn item(attributes: &str) -> Item {
    with_members(&format!(r#""Item":{{{attributes}}}"#), |members| {
        members.pending_item("Item")?.content()
    })
    .expect("the item is sound")
}

/// Joins the lines of a text, each without the spaces before it.
fn flat(text: &str) -> String {
    text.lines().map(str::trim_start).collect()
}

/// The message of an error with status 400 and this code.
fn message(code: &str, answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.error_type.as_deref(), Some(code), "{}", answer.body);
    assert_eq!(answer.changes, []);
    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("the body is JSON");
    let message = body.get("message").or(body.get("Message"));
    message.and_then(|message| message.as_str()).unwrap_or_default().to_owned()
}

/// The member with the values that an expression contains, after a comma.
fn values_in(expression: &str, values: &[(&str, &str)]) -> String {
    let words: Vec<_> = expression
        .split(|char: char| !(char.is_ascii_alphanumeric() || char == ':' || char == '_'))
        .collect();
    let used: Vec<_> = values
        .iter()
        .filter(|(name, _)| words.contains(name))
        .map(|(name, value)| format!(r#""{name}":{value}"#))
        .collect();
    match used.len() {
        0 => String::new(),
        _ => format!(r#","ExpressionAttributeValues":{{{}}}"#, used.join(",")),
    }
}

/// Returns the keys of rows, without their tables.
fn keys(rows: &[RowKey]) -> Vec<&str> {
    rows.iter().map(|row| row.key.as_str()).collect()
}

/// Describes changes: `+conns/a` for a row that was written, `-conns/a` for one that was removed.
fn described(changes: &[Change]) -> Vec<String> {
    let describe = |change: &Change| match change {
        Change::Written { row, .. } => format!("+{row}"),
        Change::Removed { row, .. } => format!("-{row}"),
    };
    changes.iter().map(describe).collect()
}
