//! `GetItem`.

use std::time::Duration;

use super::tables::{item_json, row};
use super::{Account, flat, keys};
use crate::ReplicaView;

fn get(key: &str, more: &str) -> String {
    format!("{{{}{more}}}", row(key))
}

#[test]
fn a_get_answers_with_the_whole_row() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    account.hold("pk=S:a sk=N:1 x=S:one");
    account.hold("pk=S:a sk=N:2 x=S:two");
    let answer = account.ask("GetItem", &get("pk=S:a sk=N:2.0", ""));
    assert_eq!(answer.body, r#"{"Item":{"pk":{"S":"a"},"sk":{"N":"2"},"x":{"S":"two"}}}"#);
    assert_eq!((keys(&answer.rows), answer.changes), (vec!["a|2"], vec![]));
}

#[test]
fn a_get_of_a_row_that_is_not_there_succeeds_without_an_item() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    account.hold("pk=S:a sk=N:1");
    let answer = account.ask("GetItem", &get("pk=S:a sk=N:2", ""));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(answer.rows, []);
}

#[test]
fn a_projection_shows_what_there_is_of_what_it_names() {
    let mut account = Account::with_table("pk:S", &[]);
    account.hold("pk=S:a x=S:one y=S:two");
    for (projection, expected) in [
        ("y, z", r#"{"Item":{"y":{"S":"two"}}}"#),
        ("z", r#"{"Item":{}}"#),
        ("pk", r#"{"Item":{"pk":{"S":"a"}}}"#),
    ] {
        let more = format!(r#","ProjectionExpression":"{projection}""#);
        assert_eq!(account.ask("GetItem", &get("pk=S:a", &more)).body, expected);
    }
    let legacy = r#","AttributesToGet":["x"]"#;
    assert_eq!(
        account.ask("GetItem", &get("pk=S:a", legacy)).body,
        r#"{"Item":{"x":{"S":"one"}}}"#
    );
}

#[test]
fn a_get_is_eventually_consistent_unless_it_asks() {
    let mut account = Account::with_table("pk:S", &[]);
    account.wait(1_000);
    account.hold("pk=S:a");
    account.read = ReplicaView::Behind(Duration::from_millis(1));
    let found = format!(r#"{{"Item":{}}}"#, item_json("pk=S:a"));
    assert_eq!(account.ask("GetItem", &get("pk=S:a", "")).body, "{}");
    let consistent = r#","ConsistentRead":true"#;
    assert_eq!(account.ask("GetItem", &get("pk=S:a", consistent)).body, found);
    account.wait(1);
    assert_eq!(account.ask("GetItem", &get("pk=S:a", "")).body, found);
}

#[test]
fn a_get_pays_by_the_size_of_the_whole_row() {
    let mut account = Account::with_table("pk:S", &[]);
    let others = "pk".len() + "a".len() + "x".len();
    account.hold(&format!("pk=S:a x=S:{}", "x".repeat(4096 - others)));
    account.hold(&format!("pk=S:b x=S:{}", "x".repeat(4097 - others)));
    for (key, eventual, consistent) in [("missing", 0.5, 1.0), ("a", 0.5, 1.0), ("b", 1.0, 2.0)] {
        for (is_consistent, units) in [(false, eventual), (true, consistent)] {
            let members = format!(
                r#"{},"ConsistentRead":{is_consistent},"ProjectionExpression":"pk""#,
                row(&format!("pk=S:{key}"))
            );
            let expected = format!("{units:?} table={units:?}");
            assert_eq!(account.consumed("GetItem", &members), expected, "{key}");
        }
    }
    let total = r#","ReturnConsumedCapacity":"TOTAL""#;
    assert_eq!(
        account.ask("GetItem", &get("pk=S:missing", total)).body,
        r#"{"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"one"}}"#
    );
    let indexes = r#","ReturnConsumedCapacity":"INDEXES""#;
    assert_eq!(
        account.ask("GetItem", &get("pk=S:missing", indexes)).body,
        flat(
            r#"{"ConsumedCapacity":{"CapacityUnits":0.5,"Table":{"CapacityUnits":0.5},
            "TableName":"one"}}"#
        )
    );
}

#[test]
fn a_get_names_the_whole_key_and_nothing_else() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    for key in ["pk=S:a", "pk=S:a sk=S:1", "pk=S:a sk=N:1 x=S:y", "pk=S:a x=N:1"] {
        assert_eq!(
            account.refused("GetItem", &get(key, "")),
            "The provided key element does not match the schema",
            "{key}"
        );
    }
    assert_eq!(
        account.refused("GetItem", &get("pk=S: sk=N:1", "")),
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
         cannot contain an empty string value. Key: pk"
    );
}

#[test]
fn a_table_that_does_not_exist_is_missed_before_the_key_is_looked_at() {
    let body = r#"{"TableName":"other","Key":{"pk":{"S":""}}}"#;
    assert!(Account::with_table("pk:S", &[]).finds_no_table("GetItem", body));
}
