//! Journals, from which the tables can be restored.

use std::collections::BTreeMap;

use stormglass_spec::Time;

use crate::{DynamoDb, JournalEntry, Limits, ReplicaView, Request};

/// An account with its journal, stored as a driver stores it.
#[derive(Debug)]
struct JournaledAccount {
    db: DynamoDb,
    now: Time,
    tables: Vec<JournalEntry>,
    others: BTreeMap<(String, String), JournalEntry>,
}

impl JournaledAccount {
    fn new() -> JournaledAccount {
        let db = DynamoDb::new(Limits::default()).with_journal();
        JournaledAccount { db, now: Time::ZERO, tables: Vec::new(), others: BTreeMap::new() }
    }

    /// Sends a request a second after the last one.
    fn send(&mut self, operation: &str, body: &str) -> String {
        self.now = Time::from_millis(self.now.millis() + 1_000);
        let answer = ask(&mut self.db, self.now, operation, body);
        self.keep();
        answer
    }

    fn keep(&mut self) {
        for entry in self.db.take_entries() {
            match &entry {
                JournalEntry::Table { .. } => self.tables.push(entry),
                JournalEntry::Row { table, key, item } => {
                    let place = (table.clone(), key.clone());
                    match item {
                        Some(_) => self.others.insert(place, entry),
                        None => self.others.remove(&place),
                    };
                }
                JournalEntry::Transaction { token, .. } => {
                    self.others.insert((String::new(), token.clone()), entry);
                }
            }
        }
    }

    /// Restores the journal in another process.
    fn restarted(&self) -> JournaledAccount {
        let mut kept = JournaledAccount::new();
        kept.now = self.now;
        for entry in self.tables.iter().chain(self.others.values()) {
            kept.db.restore(self.now, entry).expect("what was written down can be read");
        }
        kept.keep();
        kept
    }
}

fn ask(db: &mut DynamoDb, now: Time, operation: &str, body: &str) -> String {
    let target = format!("DynamoDB_20120810.{operation}");
    match Request::parse(&target, body.as_bytes()) {
        Ok(request) => db.apply(now, &request, ReplicaView::Fresh).body,
        Err(refusal) => refusal.body,
    }
}

const TABLE: &str = r#"{"TableName":"rooms","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"room","AttributeType":"S"},
        {"AttributeName":"user","AttributeType":"S"},{"AttributeName":"score","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"room","KeyType":"HASH"},
        {"AttributeName":"user","KeyType":"RANGE"}],
    "GlobalSecondaryIndexes":[{"IndexName":"scores","Projection":{"ProjectionType":"KEYS_ONLY"},
        "KeySchema":[{"AttributeName":"user","KeyType":"HASH"},
            {"AttributeName":"score","KeyType":"RANGE"}]}]}"#;

/// An account after every kind of write.
fn busy() -> JournaledAccount {
    let mut kept = JournaledAccount::new();
    kept.send("CreateTable", TABLE);
    for (room, user, score) in [("a|b", "c", 1), ("a", "b|c", 2), ("a", "d", 3), ("x", "y", 4)] {
        let item = format!(
            r#"{{"room":{{"S":"{room}"}},"user":{{"S":"{user}"}},"score":{{"N":"{score}.50"}},{ALL}}}"#
        );
        kept.send("PutItem", &format!(r#"{{"TableName":"rooms","Item":{item}}}"#));
    }
    let key = r#""TableName":"rooms","Key":{"room":{"S":"a"},"user":{"S":"d"}}"#;
    let update =
        r#""UpdateExpression":"ADD score :n","ExpressionAttributeValues":{":n":{"N":"4"}}"#;
    kept.send("UpdateItem", &format!("{{{key},{update}}}"));
    let key = r#""TableName":"rooms","Key":{"room":{"S":"x"},"user":{"S":"y"}}"#;
    kept.send("DeleteItem", &format!("{{{key}}}"));
    kept.send(
        "UpdateTimeToLive",
        r#"{"TableName":"rooms","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}}"#,
    );
    kept.send("TransactWriteItems", TRANSACTION);
    kept
}

/// An attribute with a value of every other kind.
const ALL: &str = r#""all":{"L":[{"NULL":true},{"B":"AAE="},{"NS":["2","1"]},
    {"M":{"k":{"BOOL":false}}}]}"#;

const TRANSACTION: &str = r#"{"ClientRequestToken":"t1","TransactItems":[{"Update":{"TableName":"rooms",
    "Key":{"room":{"S":"a"},"user":{"S":"d"}},"UpdateExpression":"ADD score :n",
    "ExpressionAttributeValues":{":n":{"N":"1"}}}}]}"#;

const READS: [(&str, &str); 5] = [
    ("Scan", r#"{"TableName":"rooms"}"#),
    ("Scan", r#"{"TableName":"rooms","IndexName":"scores"}"#),
    ("DescribeTable", r#"{"TableName":"rooms"}"#),
    ("DescribeTimeToLive", r#"{"TableName":"rooms"}"#),
    ("ListTables", "{}"),
];

#[test]
fn tables_rows_and_indexes_outlive_their_process() {
    let mut kept = busy();
    let mut restarted = kept.restarted();
    for (operation, body) in READS {
        assert_eq!(restarted.send(operation, body), kept.send(operation, body), "{operation}");
    }
    assert!(kept.send("Scan", READS[0].1).contains(r#""Count":3"#));
    assert!(kept.restarted().restarted().send("Scan", READS[0].1).contains(r#""Count":3"#));
}

#[test]
fn a_transaction_is_not_carried_out_again_by_another_process() {
    let mut restarted = busy().restarted();
    let before = restarted.send("Scan", READS[0].1);
    assert_eq!(restarted.send("TransactWriteItems", TRANSACTION), "{}");
    assert_eq!(restarted.send("Scan", READS[0].1), before);
}

#[test]
fn what_was_deleted_stays_deleted() {
    let mut kept = busy();
    kept.send("DeleteTable", r#"{"TableName":"rooms"}"#);
    assert_eq!(kept.restarted().send("ListTables", "{}"), r#"{"TableNames":[]}"#);
    assert!(kept.others.keys().all(|(table, _)| table.is_empty()), "{:?}", kept.others);
    kept.send("CreateTable", TABLE);
    assert!(kept.restarted().send("Scan", READS[0].1).contains(r#""Count":0"#));
}

#[test]
fn the_removal_of_a_row_that_expired_is_written_down() {
    let mut kept = busy();
    let item = r#"{"room":{"S":"e"},"user":{"S":"e"},"ttl":{"N":"1784116800"}}"#;
    kept.send("PutItem", &format!(r#"{{"TableName":"rooms","Item":{item}}}"#));
    let rows = kept.others.len();
    let due = kept.db.next_expiry().expect("the row expires");
    kept.db.expire(due);
    kept.keep();
    assert_eq!(kept.others.len(), rows - 1);
}

#[test]
fn a_failed_write_and_a_read_write_nothing_down() {
    let mut kept = busy();
    let before = kept.others.clone();
    kept.send("Scan", READS[0].1);
    let condition = r#""ConditionExpression":"attribute_exists(nothing)""#;
    let item = r#""Item":{"room":{"S":"a"},"user":{"S":"d"}}"#;
    kept.send("PutItem", &format!(r#"{{"TableName":"rooms",{item},{condition}}}"#));
    kept.send("CreateTable", TABLE);
    assert_eq!((kept.tables.len(), &kept.others), (2, &before));
}

#[test]
fn nothing_is_taken_down_where_nobody_keeps_a_journal() {
    let mut db = DynamoDb::new(Limits::default());
    ask(&mut db, Time::ZERO, "CreateTable", TABLE);
    assert_eq!(db.take_entries(), []);
}

#[test]
fn entries_that_no_journal_made_are_refused() {
    let mut kept = busy();
    let row = |table: &str, item: &str| JournalEntry::Row {
        table: table.to_owned(),
        key: String::new(),
        item: Some(item.to_owned()),
    };
    for entry in [
        row("rooms", "{"),
        row("rooms", r#"{"room":{"S":"a"}}"#),
        row("rooms", r#"{"room":{"X":"a"}}"#),
        row("halls", r#"{"room":{"S":"a"},"user":{"S":"b"}}"#),
        JournalEntry::Table {
            at: Time::ZERO,
            operation: "CreateTable".to_owned(),
            body: "{}".to_owned(),
        },
    ] {
        let now = kept.now;
        assert!(kept.db.restore(now, &entry).is_err(), "{entry:?}");
    }
}
