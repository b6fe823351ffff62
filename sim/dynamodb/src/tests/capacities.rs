//! The capacity of writes, with the shares of the indexes.

use super::Account;
use super::tables::{item_json, row};

const LOCAL: &str = "local by-u pk:S u:S KEYS_ONLY";
const GLOBAL: &str = "global by-x x:S INCLUDE=v";

fn account() -> Account {
    Account::with_table("pk:S sk:N", &[LOCAL, GLOBAL])
}

fn put(item: &str) -> String {
    format!(r#""TableName":"one","Item":{}"#, item_json(item))
}

fn update(expression: &str, values: &str) -> String {
    format!(
        r#"{},"UpdateExpression":"{expression}","ExpressionAttributeValues":{}"#,
        row("pk=S:a sk=N:1"),
        item_json(values)
    )
}

#[test]
fn a_put_pays_for_the_indexes_that_take_the_row() {
    for (item, expected) in [
        ("pk=S:a sk=N:1", "1.0 table=1.0"),
        ("pk=S:a sk=N:1 x=S:x", "2.0 table=1.0 global:by-x=1.0"),
        ("pk=S:a sk=N:1 u=S:u x=S:x", "3.0 table=1.0 global:by-x=1.0 local:by-u=1.0"),
    ] {
        assert_eq!(account().consumed("PutItem", &put(item)), expected, "{item}");
    }
    let long = "y".repeat(1_100);
    let outside = format!("pk=S:a sk=N:1 x=S:x y=S:{long}");
    let inside = format!("pk=S:a sk=N:1 x=S:x v=S:{long}");
    let expected = "3.0 table=2.0 global:by-x=1.0";
    assert_eq!(account().consumed("PutItem", &put(&outside)), expected);
    let expected = "4.0 table=2.0 global:by-x=2.0";
    assert_eq!(account().consumed("PutItem", &put(&inside)), expected);
}

#[test]
fn a_write_pays_for_an_index_by_what_becomes_of_the_entry() {
    let long = "v".repeat(1_100);
    for (expression, values, expected) in [
        ("SET w = :w", ":w=S:new", "1.0 table=1.0"),
        ("SET v = :v", ":v=S:old", "1.0 table=1.0"),
        ("SET v = :v", ":v=S:new", "2.0 table=1.0 global:by-x=1.0"),
        ("SET x = :x", ":x=S:other", "3.0 table=1.0 global:by-x=2.0"),
        ("REMOVE x SET w = :w", ":w=S:w", "2.0 table=1.0 global:by-x=1.0"),
        ("SET u = :u", ":u=S:u", "2.0 table=1.0 local:by-u=1.0"),
        ("SET v = :v", &format!(":v=S:{long}"), "4.0 table=2.0 global:by-x=2.0"),
    ] {
        let mut account = account();
        account.hold("pk=S:a sk=N:1 v=S:old x=S:x");
        assert_eq!(account.consumed("UpdateItem", &update(expression, values)), expected);
    }
}

#[test]
fn a_write_pays_for_the_larger_of_what_was_there_and_what_is() {
    let mut account = account();
    let long = format!("pk=S:a sk=N:1 y=S:{}", "y".repeat(2_100));
    assert_eq!(account.consumed("PutItem", &put(&long)), "3.0 table=3.0");
    assert_eq!(account.consumed("PutItem", &put("pk=S:a sk=N:1")), "3.0 table=3.0");
    assert_eq!(account.consumed("PutItem", &put("pk=S:a sk=N:1")), "1.0 table=1.0");
}

#[test]
fn an_entry_that_shrinks_costs_what_it_was() {
    let mut account = account();
    account.hold(&format!("pk=S:a sk=N:1 v=S:{} x=S:x", "v".repeat(2_100)));
    let shrink = update("SET v = :v", ":v=S:short");
    assert_eq!(account.consumed("UpdateItem", &shrink), "6.0 table=3.0 global:by-x=3.0");
}

#[test]
fn a_delete_pays_for_the_row_and_its_entries() {
    let mut account = account();
    account.hold(&format!("pk=S:a sk=N:1 u=S:u x=S:x y=S:{}", "y".repeat(1_100)));
    let delete = row("pk=S:a sk=N:1");
    let expected = "4.0 table=2.0 global:by-x=1.0 local:by-u=1.0";
    assert_eq!(account.consumed("DeleteItem", &delete), expected);
    assert_eq!(account.consumed("DeleteItem", &delete), "1.0 table=1.0");
}

#[test]
fn a_table_that_is_named_by_its_arn_is_told_of_by_its_arn() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/one";
    let key = item_json("pk=S:a sk=N:1");
    let query =
        r#""KeyConditionExpression":"pk = :a","ExpressionAttributeValues":{":a":{"S":"a"}}"#;
    for (operation, members) in [
        ("PutItem", format!(r#","Item":{key}"#)),
        ("UpdateItem", format!(r#","Key":{key}"#)),
        ("DeleteItem", format!(r#","Key":{key}"#)),
        ("GetItem", format!(r#","Key":{key}"#)),
        ("Query", format!(",{query}")),
        ("Scan", String::new()),
    ] {
        let body = format!(r#"{{"TableName":"{arn}","ReturnConsumedCapacity":"TOTAL"{members}}}"#);
        let answer = account().ask(operation, &body);
        assert!(answer.body.contains(&format!(r#""TableName":"{arn}""#)), "{operation}");
    }
}
