//! Tables that are being created or deleted.

use std::time::Duration;

use super::Account;
use super::tables::{declaration, query, row};
use crate::{DynamoDb, Limits};

fn slow() -> Account {
    let limits = Limits { table_change_time: Duration::from_secs(5), ..Limits::default() };
    Account::with_limited_table(limits, "pk:S", &[])
}

/// A request of every operation on the rows of the table `one`.
fn requests() -> Vec<(&'static str, String)> {
    let a = r#"{"pk":{"S":"a"}}"#;
    let key = format!("{{{}}}", row("pk=S:a"));
    let of_key = row("pk=S:a");
    vec![
        ("GetItem", key.clone()),
        ("PutItem", format!(r#"{{"TableName":"one","Item":{a}}}"#)),
        ("UpdateItem", key.clone()),
        ("DeleteItem", key),
        ("Query", query("pk = :p", ":p=S:a", "")),
        ("Scan", r#"{"TableName":"one"}"#.to_owned()),
        ("BatchGetItem", format!(r#"{{"RequestItems":{{"one":{{"Keys":[{a}]}}}}}}"#)),
        (
            "BatchWriteItem",
            format!(r#"{{"RequestItems":{{"one":[{{"DeleteRequest":{{"Key":{a}}}}}]}}}}"#),
        ),
        ("TransactGetItems", format!(r#"{{"TransactItems":[{{"Get":{{{of_key}}}}}]}}"#)),
        ("TransactWriteItems", format!(r#"{{"TransactItems":[{{"Delete":{{{of_key}}}}}]}}"#)),
    ]
}

#[test]
fn a_table_that_is_being_created_is_not_found() {
    let mut account = slow();
    account.wait(4_999);
    for (operation, body) in requests() {
        assert!(account.finds_no_table(operation, &body), "{operation}");
    }
    account.wait(1);
    for (operation, body) in requests() {
        account.done(operation, &body);
    }
}

#[test]
fn a_table_that_is_being_deleted_serves_until_it_is_gone() {
    let mut account = slow();
    account.wait_s(5);
    account.done("DeleteTable", r#"{"TableName":"one"}"#);
    account.wait(4_999);
    for (operation, body) in requests() {
        account.done(operation, &body);
    }
    account.wait(1);
    for (operation, body) in requests() {
        assert!(account.finds_no_table(operation, &body), "{operation}");
    }
}

#[test]
fn a_table_that_is_created_again_is_empty() {
    let mut account = slow();
    account.wait_s(5);
    account.hold("pk=S:a");
    account.done("DeleteTable", r#"{"TableName":"one"}"#);
    let again = declaration("one", "pk:S", &[]);
    let refusal = account.ask("CreateTable", &again);
    assert_eq!(refusal.error_type.as_deref(), Some("ResourceInUseException"));
    account.wait_s(5);
    account.done("CreateTable", &again);
    account.wait_s(5);
    assert_eq!(account.scan_of(""), [""; 0]);
}

#[test]
fn a_table_that_a_deployment_finds_is_ready_at_once() {
    let mut db =
        DynamoDb::new(Limits { table_change_time: Duration::from_secs(5), ..Limits::default() });
    db.create_table("conns", "id");
    let mut account = slow();
    account.db = db;
    account.put("a", "");
    assert_eq!(account.db.keys("conns"), ["a"]);
}
