//! `TransactGetItems` and `TransactWriteItems`.

use std::time::Duration;

use serde_json::Value as Json;

use super::tables::{consumed, item_json, json, row, shown};
use super::{Account, described, keys, message};
use crate::ReplicaView;

const CONFLICTING: &str = "Transaction request cannot include multiple operations on one item";
const MISMATCH: &str = "The provided key element does not match the schema";

fn put(item: &str, more: &str) -> String {
    format!(r#"{{"Put":{{"TableName":"one","Item":{}{more}}}}}"#, item_json(item))
}

fn delete(key: &str, more: &str) -> String {
    format!(r#"{{"Delete":{{{}{more}}}}}"#, row(key))
}

fn check(key: &str, condition: &str, more: &str) -> String {
    format!(r#"{{"ConditionCheck":{{{},"ConditionExpression":"{condition}"{more}}}}}"#, row(key))
}

fn update(key: &str, expression: &str, values: &str) -> String {
    format!(
        r#"{{"Update":{{{},"UpdateExpression":"{expression}",
            "ExpressionAttributeValues":{}}}}}"#,
        row(key),
        item_json(values)
    )
}

fn get(key: &str, more: &str) -> String {
    format!(r#"{{"Get":{{{}{more}}}}}"#, row(key))
}

/// A transaction of these actions, with more members as JSON after a comma.
fn transaction(actions: &[String], more: &str) -> String {
    format!(r#"{{"TransactItems":[{}]{more}}}"#, actions.join(","))
}

/// A table with the rows `a` and `b`, both with an `n` of 1.
fn account() -> Account {
    let mut account = Account::with_table("pk:S", &[]);
    account.hold("pk=S:a n=N:1");
    account.hold("pk=S:b n=N:1");
    account
}

fn rows(account: &mut Account) -> Vec<String> {
    let mut rows = account.scan_of("");
    rows.sort_unstable();
    rows
}

/// The reasons of a cancelled transaction, each as its code, its message and its item.
fn reasons(account: &mut Account, operation: &str, body: &str) -> Vec<String> {
    let answer = account.ask(operation, body);
    let reasons = json(&answer)["CancellationReasons"].clone();
    let reasons = reasons.as_array().expect("a cancelled transaction has reasons");
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    assert_eq!(
        message("TransactionCanceledException", &answer),
        format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        )
    );
    let text = |reason: &Json| {
        let item = reason.get("Item").map(shown);
        let parts = [reason["Code"].as_str(), reason["Message"].as_str(), item.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    };
    reasons.iter().map(text).collect()
}

#[test]
fn a_transaction_carries_out_all_of_its_actions() {
    let mut account = account();
    account.hold("pk=S:c");
    let actions = [
        put("pk=S:new x=S:x", ""),
        update("pk=S:a", "ADD n :one", ":one=N:1"),
        delete("pk=S:b", ""),
        check("pk=S:c", "attribute_exists(pk)", ""),
        delete("pk=S:none", ""),
    ];
    let answer = account.ask("TransactWriteItems", &transaction(&actions, ""));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(described(&answer.changes), ["+one/new", "+one/a", "-one/b"]);
    assert_eq!(rows(&mut account), ["n=N:2 pk=S:a", "pk=S:c", "pk=S:new x=S:x"]);
}

#[test]
fn a_transaction_that_is_cancelled_says_of_each_action_why_and_does_nothing() {
    let mut account = account();
    let before = rows(&mut account);
    let values = |values: &str| format!(r#","ExpressionAttributeValues":{}"#, item_json(values));
    let shows = format!(r#","ReturnValuesOnConditionCheckFailure":"ALL_OLD"{}"#, values(":n=N:2"));
    let false_put = r#","ConditionExpression":"attribute_not_exists(pk)""#;
    let actions = [
        put("pk=S:new", ""),
        put("pk=S:a", false_put),
        check("pk=S:b", "n = :n", &shows),
        update("pk=S:c", "SET x = y + :one", ":one=N:1"),
        delete("pk=N:1", ""),
        check("pk=S:d", "n = :n", &shows),
        update("pk=S:e", "SET pk = :v", ":v=S:v"),
    ];
    assert_eq!(
        reasons(&mut account, "TransactWriteItems", &transaction(&actions, "")),
        [
            "None",
            "ConditionalCheckFailed; The conditional request failed",
            "ConditionalCheckFailed; The conditional request failed; n=N:1 pk=S:b",
            "ValidationError; The provided expression refers to an attribute that does not exist \
             in the item",
            &format!("ValidationError; {MISMATCH}"),
            "ConditionalCheckFailed; The conditional request failed",
            "ValidationError; One or more parameter values were invalid: Cannot update attribute \
             pk. This attribute is part of the key",
        ]
    );
    assert_eq!(rows(&mut account), before);
}

#[test]
fn an_empty_key_is_no_matter_of_the_transaction() {
    let expected = "One or more parameter values are not valid. The AttributeValue for a key \
                    attribute cannot contain an empty string value. Key: pk";
    for action in [put("pk=S:", ""), delete("pk=S:", "")] {
        let body = transaction(&[put("pk=S:new", ""), action], "");
        assert_eq!(account().refused("TransactWriteItems", &body), expected);
    }
}

#[test]
fn no_two_actions_are_on_one_row() {
    let mut account = account();
    let actions = [put("pk=S:a", ""), check("pk=S:a", "attribute_exists(pk)", "")];
    assert_eq!(account.refused("TransactWriteItems", &transaction(&actions, "")), CONFLICTING);
    let actions = [get("pk=S:a", ""), get("pk=S:b", ""), get("pk=S:a", "")];
    assert_eq!(account.refused("TransactGetItems", &transaction(&actions, "")), CONFLICTING);
}

#[test]
fn rows_of_two_tables_with_equal_keys_are_two_rows() {
    let mut account = account();
    account.create("two", "pk:S", &[]);
    let elsewhere = |action: String| action.replace(r#""TableName":"one""#, r#""TableName":"two""#);
    let actions = [put("pk=S:x", ""), elsewhere(put("pk=S:x", ""))];
    account.done("TransactWriteItems", &transaction(&actions, ""));
    let actions = [get("pk=S:x", ""), elsewhere(get("pk=S:x", ""))];
    let body = account.done("TransactGetItems", &transaction(&actions, ""));
    assert_eq!(body["Responses"][0], body["Responses"][1]);
}

#[test]
fn a_transaction_of_missing_tables_is_refused_as_a_whole() {
    let mut account = account();
    let elsewhere = |action: String| action.replace(r#""TableName":"one""#, r#""TableName":"two""#);
    let actions = [delete("pk=N:1", ""), elsewhere(put("pk=S:x", ""))];
    assert!(account.finds_no_table("TransactWriteItems", &transaction(&actions, "")));
    let actions = [get("pk=S:a", ""), elsewhere(get("pk=S:x", ""))];
    assert!(account.finds_no_table("TransactGetItems", &transaction(&actions, "")));
}

#[test]
fn a_transaction_has_one_to_100_actions_of_one_kind_each() {
    let actions: Vec<_> = (0..101).map(|number| put(&format!("pk=S:p{number}"), "")).collect();
    let mut account = account();
    account.done("TransactWriteItems", &transaction(&actions[..100], ""));
    assert_eq!(rows(&mut account).len(), 102);
    for (actions, expected) in [
        (&actions[..], "Member must have length less than or equal to 100"),
        (&[], "Member must have length greater than or equal to 1"),
    ] {
        let message = account.refused("TransactWriteItems", &transaction(actions, ""));
        assert!(message.ends_with(expected), "{message}");
    }
    let two = put("pk=S:a", "")
        .replace("{\"Put\"", &format!("{{\"Delete\":{{{}}},\"Put\"", row("pk=S:b")));
    let expected = "TransactItems can only contain one of Check, Put, Update or Delete";
    for action in [two, "{}".to_owned()] {
        assert_eq!(account.refused("TransactWriteItems", &transaction(&[action], "")), expected);
    }
}

#[test]
fn the_items_of_a_transaction_measure_at_most_4_mb() {
    let long = "x".repeat(390 * 1024);
    let actions: Vec<_> =
        (0..11).map(|number| put(&format!("pk=S:p{number} x=S:{long}"), "")).collect();
    let mut account = account();
    account.done("TransactWriteItems", &transaction(&actions[..10], ""));
    assert_eq!(
        account.refused("TransactWriteItems", &transaction(&actions, "")),
        "Collection size of items exceeded, which can also be caused by the aggregate size of the \
         items in the transaction exceeding the 4MB limit"
    );
}

#[test]
fn writing_in_a_transaction_costs_twice_but_for_the_indexes() {
    let mut account = Account::with_table("pk:S sk:N", &["local by-x pk:S x:S KEYS_ONLY"]);
    account.hold("pk=S:a sk=N:2");
    let actions = [
        put("pk=S:a sk=N:1 x=S:x", ""),
        check("pk=S:a sk=N:2", "attribute_exists(pk)", ""),
        delete("pk=S:b sk=N:3", ""),
    ];
    let more = r#","ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE""#;
    let body = account.done("TransactWriteItems", &transaction(&actions, more));
    let capacity = &body["ConsumedCapacity"][0];
    assert_eq!(consumed(capacity), "7.0 table=6.0 local:by-x=1.0");
    assert_eq!(capacity["WriteCapacityUnits"], 7.0);
    assert_eq!(capacity["Table"]["WriteCapacityUnits"], 6.0);
    let collections =
        body["ItemCollectionMetrics"]["one"].as_array().expect("the table was measured");
    let keys: Vec<_> = collections.iter().map(|one| shown(&one["ItemCollectionKey"])).collect();
    assert_eq!(keys, ["pk=S:a", "pk=S:b"]);
}

#[test]
fn a_token_makes_a_transaction_happen_once() {
    let mut account = account();
    let capacity = r#","ClientRequestToken":"one","ReturnConsumedCapacity":"TOTAL""#;
    let add = |more: &str| transaction(&[update("pk=S:a", "ADD n :one", ":one=N:1")], more);
    let body = account.done("TransactWriteItems", &add(capacity));
    assert_eq!(body["ConsumedCapacity"][0]["WriteCapacityUnits"], 2.0);
    account.wait_s(600 - 1);
    let again = account.ask("TransactWriteItems", &add(capacity));
    assert_eq!(json(&again)["ConsumedCapacity"][0]["ReadCapacityUnits"], 2.0);
    assert_eq!(again.changes, []);
    let other = transaction(&[delete("pk=S:a", "")], r#","ClientRequestToken":"one""#);
    let mismatch = account.ask("TransactWriteItems", &other);
    message("IdempotentParameterMismatchException", &mismatch);
    assert_eq!(rows(&mut account), ["n=N:1 pk=S:b", "n=N:2 pk=S:a"]);
    account.done("TransactWriteItems", &add(r#","ClientRequestToken":"two""#));
    assert_eq!(rows(&mut account), ["n=N:1 pk=S:b", "n=N:3 pk=S:a"]);
}

#[test]
fn a_token_is_forgotten_ten_minutes_after_the_transaction() {
    let mut account = account();
    let token = r#","ClientRequestToken":"one""#;
    let add = transaction(&[update("pk=S:a", "ADD n :one", ":one=N:1")], token);
    for _ in 0..2 {
        account.done("TransactWriteItems", &add);
        account.wait_s(600);
    }
    assert_eq!(rows(&mut account), ["n=N:1 pk=S:b", "n=N:3 pk=S:a"]);
}

#[test]
fn a_transaction_that_was_cancelled_can_be_tried_again_with_its_token() {
    let mut account = account();
    let token = r#","ClientRequestToken":"one""#;
    let fresh = r#","ConditionExpression":"attribute_not_exists(pk)""#;
    let body = transaction(&[put("pk=S:a", fresh)], token);
    reasons(&mut account, "TransactWriteItems", &body);
    account.drop_row("pk=S:a");
    account.done("TransactWriteItems", &body);
    assert_eq!(rows(&mut account), ["n=N:1 pk=S:b", "pk=S:a"]);
}

#[test]
fn a_transaction_reads_in_the_order_of_the_request_what_is_there_now() {
    let mut account = account();
    account.wait_s(1);
    account.hold("pk=S:a n=N:2");
    account.read = ReplicaView::Behind(Duration::from_secs(1));
    let actions = [
        get("pk=S:b", ""),
        get("pk=S:none", ""),
        get("pk=S:a", r#","ProjectionExpression":"n""#),
        get("pk=S:c", ""),
    ];
    account.hold("pk=S:c x=S:x");
    let answer = account.ask("TransactGetItems", &transaction(&actions, ""));
    assert_eq!(
        answer.body,
        "{\"Responses\":[{\"Item\":{\"n\":{\"N\":\"1\"},\"pk\":{\"S\":\"b\"}}},{},\
         {\"Item\":{\"n\":{\"N\":\"2\"}}},{\"Item\":{\"pk\":{\"S\":\"c\"},\"x\":{\"S\":\"x\"}}}]}"
    );
    assert_eq!(keys(&answer.rows), ["b", "a", "c"]);
}

#[test]
fn a_get_of_which_nothing_is_projected_has_no_item() {
    let get = get("pk=S:a", r#","ProjectionExpression":"x""#);
    let answer = account().ask("TransactGetItems", &transaction(&[get], ""));
    assert_eq!(answer.body, r#"{"Responses":[{}]}"#);
}

#[test]
fn reading_in_a_transaction_costs_twice_what_it_costs_consistently() {
    let mut account = account();
    account.hold(&format!("pk=S:long x=S:{}", "x".repeat(4_096)));
    let actions = [get("pk=S:long", ""), get("pk=S:none", "")];
    let more = r#","ReturnConsumedCapacity":"INDEXES""#;
    let body = account.done("TransactGetItems", &transaction(&actions, more));
    let capacity = &body["ConsumedCapacity"][0];
    assert_eq!(consumed(capacity), "6.0 table=6.0");
    assert_eq!(capacity["ReadCapacityUnits"], 6.0);
}

#[test]
fn a_transaction_of_gets_says_which_key_fits_no_row() {
    let actions = [get("pk=S:a", ""), get("pk=N:1", "")];
    assert_eq!(
        reasons(&mut account(), "TransactGetItems", &transaction(&actions, "")),
        ["None".to_owned(), format!("ValidationError; {MISMATCH}")]
    );
}
