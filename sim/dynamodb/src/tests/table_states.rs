//! Tables that are being created or deleted.

use std::time::Duration;

use super::World;
use super::tables::{declaration, query, row};
use crate::{DynamoDb, Limits};

fn slow() -> World {
    let limits = Limits { tables_take: Duration::from_secs(5), ..Limits::default() };
    World::of_limited(limits, "pk:S", &[])
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
    let mut world = slow();
    world.wait(4_999);
    for (operation, body) in requests() {
        assert!(world.finds_no_table(operation, &body), "{operation}");
    }
    world.wait(1);
    for (operation, body) in requests() {
        world.done(operation, &body);
    }
}

#[test]
fn a_table_that_is_being_deleted_serves_until_it_is_gone() {
    let mut world = slow();
    world.wait_s(5);
    world.done("DeleteTable", r#"{"TableName":"one"}"#);
    world.wait(4_999);
    for (operation, body) in requests() {
        world.done(operation, &body);
    }
    world.wait(1);
    for (operation, body) in requests() {
        assert!(world.finds_no_table(operation, &body), "{operation}");
    }
}

#[test]
fn a_table_that_is_created_again_is_empty() {
    let mut world = slow();
    world.wait_s(5);
    world.hold("pk=S:a");
    world.done("DeleteTable", r#"{"TableName":"one"}"#);
    let again = declaration("one", "pk:S", &[]);
    let refusal = world.ask("CreateTable", &again);
    assert_eq!(refusal.error_type.as_deref(), Some("ResourceInUseException"));
    world.wait_s(5);
    world.done("CreateTable", &again);
    world.wait_s(5);
    assert_eq!(world.scan_of(""), [""; 0]);
}

#[test]
fn a_table_that_a_deployment_finds_is_ready_at_once() {
    let mut db = DynamoDb::new(Limits { tables_take: Duration::from_secs(5), ..Limits::default() });
    db.create_table("conns", "id");
    let mut world = slow();
    world.db = db;
    world.put("a", "");
    assert_eq!(world.db.keys("conns"), ["a"]);
}
