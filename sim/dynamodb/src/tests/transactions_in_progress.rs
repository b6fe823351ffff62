//! Transactions in progress, and all that conflicts with them (FACTS 6.14).

use std::time::Duration;

use serde_json::Value as Json;
use stormglass_spec::{EPOCH_MS, Sketch};

use super::tables::{item_json, json, request, row};
use super::{Account, described, message};
use crate::{Answer, TransactionId};

fn update(key: &str) -> String {
    format!(
        r#"{{"Update":{{{},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{}}}}}"#,
        row(key),
        item_json(":one=N:1")
    )
}

fn check(key: &str, condition: &str) -> String {
    format!(r#"{{"ConditionCheck":{{{},"ConditionExpression":"{condition}"}}}}"#, row(key))
}

fn transaction(actions: &[String]) -> String {
    format!(r#"{{"TransactItems":[{}]}}"#, actions.join(","))
}

fn begin(account: &mut Account, key: &str, body: &str) -> Result<TransactionId, Answer> {
    let request = request("TransactWriteItems", body);
    account.db.begin_transaction(account.now, &request, key)
}

/// A table with the rows `a` to `d`, and a transaction in progress on `a` and `b`.
fn account() -> (Account, TransactionId) {
    let mut account = Account::with_table("pk:S", &[]);
    for key in ["a", "b", "c", "d"] {
        account.hold(&format!("pk=S:{key} n=N:1"));
    }
    let body = transaction(&[update("pk=S:a"), check("pk=S:b", "attribute_exists(pk)")]);
    let id = begin(&mut account, "t1", &body).expect("the rows are free");
    (account, id)
}

/// The codes of the reasons of a cancelled transaction.
fn codes(answer: &Answer) -> Vec<String> {
    message("TransactionCanceledException", answer);
    let body = json(answer);
    let reasons = body["CancellationReasons"].as_array().expect("it has reasons").clone();
    reasons.iter().filter_map(|reason| reason["Code"].as_str()).map(str::to_owned).collect()
}

fn n(account: &mut Account, key: &str) -> Json {
    let body = format!(r#"{{{},"ConsistentRead":true}}"#, row(key));
    account.done("GetItem", &body)["Item"]["n"]["N"].clone()
}

#[test]
fn a_transaction_takes_effect_at_its_end() {
    let (mut account, id) = account();
    account.wait(10);
    assert_eq!(n(&mut account, "pk=S:a"), "1");
    let answer = account.db.end_transaction(account.now, &id);
    assert_eq!((answer.status, described(&answer.changes)), (200, vec!["+one/a".to_owned()]));
    assert_eq!(n(&mut account, "pk=S:a"), "2");
}

#[test]
fn writes_of_its_rows_are_refused_until_it_ends() {
    let (mut account, id) = account();
    let put = |key: &str| format!(r#"{{"TableName":"one","Item":{}}}"#, item_json(key));
    let key = |key: &str| format!("{{{}}}", row(key));
    let writes =
        [("PutItem", put("pk=S:a")), ("DeleteItem", key("pk=S:a")), ("UpdateItem", key("pk=S:b"))];
    for (operation, body) in &writes {
        let answer = account.ask(operation, body);
        assert_eq!(
            message("TransactionConflictException", &answer),
            "Transaction is ongoing for the item"
        );
    }
    account.done("PutItem", &put("pk=S:c"));
    account.db.end_transaction(account.now, &id);
    for (operation, body) in &writes {
        account.done(operation, body);
    }
}

#[test]
fn another_transaction_on_its_rows_is_cancelled_with_all_reasons() {
    let (mut account, id) = account();
    let actions = [
        update("pk=S:c"),
        update("pk=S:b"),
        check("pk=S:d", "attribute_not_exists(pk)"),
        check("pk=S:a", "attribute_not_exists(pk)"),
    ];
    let body = transaction(&actions);
    let expected = ["None", "TransactionConflict", "ConditionalCheckFailed", "TransactionConflict"];
    assert_eq!(codes(&account.ask("TransactWriteItems", &body)), expected);
    let refusal = begin(&mut account, "t2", &body).expect_err("two rows are taken");
    assert_eq!(codes(&refusal), expected);
    let reason = &json(&refusal)["CancellationReasons"][1];
    assert_eq!(reason["Message"], "Transaction is ongoing for the item");
    let elsewhere = transaction(&[update("pk=S:c"), update("pk=S:d")]);
    let other = begin(&mut account, "t3", &elsewhere).expect("the refusal has locked nothing");
    for id in [id, other] {
        assert_eq!(account.db.end_transaction(account.now, &id).status, 200);
    }
    account.done("TransactWriteItems", &transaction(&[update("pk=S:a"), update("pk=S:c")]));
}

#[test]
fn reads_see_the_rows_as_they_were_but_for_those_in_a_transaction() {
    let (mut account, _) = account();
    assert_eq!(n(&mut account, "pk=S:a"), "1");
    assert_eq!(account.scan_of(r#","ConsistentRead":true"#).len(), 4);
    let keys = format!(r#"{{"RequestItems":{{"one":{{"Keys":[{}]}}}}}}"#, item_json("pk=S:a"));
    let body = account.done("BatchGetItem", &keys);
    assert_eq!(body["Responses"]["one"][0]["n"]["N"], "1");
    let get = |key: &str| format!(r#"{{"Get":{{{}}}}}"#, row(key));
    let body = transaction(&[get("pk=S:c"), get("pk=S:a")]);
    let answer = account.ask("TransactGetItems", &body);
    assert_eq!(codes(&answer), ["None", "TransactionConflict"]);
    account.done("TransactGetItems", &transaction(&[get("pk=S:c")]));
}

#[test]
fn a_batch_gets_the_writes_back_that_conflict() {
    let (mut account, _) = account();
    let put = |key: &str| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item_json(key));
    for (keys, processed) in [(&["pk=S:a n=N:9", "pk=S:c n=N:9"][..], "9"), (&["pk=S:a"], "9")] {
        let puts: Vec<_> = keys.iter().map(|key| put(key)).collect();
        let body = format!(r#"{{"RequestItems":{{"one":[{}]}}}}"#, puts.join(","));
        let left = account.done("BatchWriteItem", &body)["UnprocessedItems"]["one"].clone();
        assert_eq!(left.as_array().map(Vec::len), Some(1));
        assert_eq!(left[0]["PutRequest"]["Item"]["pk"]["S"], "a");
        assert_eq!(n(&mut account, "pk=S:a"), "1");
        assert_eq!(n(&mut account, "pk=S:c"), processed);
    }
}

#[test]
fn a_transaction_that_is_given_up_changes_nothing_and_frees_its_rows() {
    let (mut account, id) = account();
    account.db.abandon_transaction(&id);
    assert_eq!(n(&mut account, "pk=S:a"), "1");
    account.change("pk=S:a", "ADD n :one", ":one=N:1");
    assert_eq!(n(&mut account, "pk=S:a"), "2");
}

#[test]
fn the_faults_of_a_transaction_are_reported_at_its_end() {
    let (mut account, id) = account();
    let failing = transaction(&[check("pk=S:c", "attribute_not_exists(pk)"), update("pk=S:d")]);
    let other = begin(&mut account, "t2", &failing).expect("the rows are free");
    let answer = account.ask("DeleteItem", &format!("{{{}}}", row("pk=S:d")));
    message("TransactionConflictException", &answer);
    let answer = account.db.end_transaction(account.now, &other);
    assert_eq!(codes(&answer), ["ConditionalCheckFailed", "None"]);
    assert_eq!(n(&mut account, "pk=S:d"), "1");
    let faulty = transaction(&[update("pk=N:1")]);
    let other = begin(&mut account, "t3", &faulty).expect("a fault is no conflict");
    assert_eq!(codes(&account.db.end_transaction(account.now, &other)), ["ValidationError"]);
    account.db.end_transaction(account.now, &id);
}

#[test]
fn a_token_belongs_to_one_transaction_in_progress() {
    let (mut account, _) = account();
    let with_token = |key: &str| {
        let body = transaction(&[update(key)]);
        format!(r#"{},"ClientRequestToken":"one"}}"#, &body[..body.len() - 1])
    };
    let id = begin(&mut account, "t2", &with_token("pk=S:c")).expect("the token is new");
    for key in ["pk=S:c", "pk=S:d"] {
        let refusal = begin(&mut account, "t3", &with_token(key)).expect_err("it is in progress");
        message("TransactionInProgressException", &refusal);
        let answer = account.ask("TransactWriteItems", &with_token(key));
        message("TransactionInProgressException", &answer);
    }
    account.db.end_transaction(account.now, &id);
    let again = begin(&mut account, "t4", &with_token("pk=S:c")).expect("it has ended");
    account.change("pk=S:c", "SET m = :one", ":one=N:1");
    let answer = account.db.end_transaction(account.now, &again);
    assert_eq!((answer.status, answer.changes.len()), (200, 0), "a repetition changes nothing");
    assert_eq!(n(&mut account, "pk=S:c"), "2");
}

#[test]
fn an_expired_row_outlives_the_transaction_that_has_it() {
    let mut account = Account::with_table("pk:S", &[]);
    account.done(
        "UpdateTimeToLive",
        r#"{"TableName":"one","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}"#,
    );
    account.hold(&format!("pk=S:a n=N:1 t=N:{}", EPOCH_MS / 1_000));
    let body = transaction(&[check("pk=S:a", "attribute_exists(pk)")]);
    let id = begin(&mut account, "t1", &body).expect("the row is free");
    assert_eq!(account.db.next_expiry(), None);
    assert_eq!(account.db.expire(account.now), []);
    assert_eq!(account.db.end_transaction(account.now, &id).status, 200);
    assert_eq!(account.db.next_expiry(), Some(account.now));
    assert_eq!(described(&account.db.expire(account.now)), ["-one/a"]);
}

#[test]
fn a_transaction_in_progress_tells_accounts_apart() {
    let sketch = |account: &Account| {
        let mut sketch = Sketch::default();
        account.db.sketch(account.now, Duration::ZERO, &mut sketch);
        sketch.finish()
    };
    let (mut account, id) = account();
    let open = sketch(&account);
    account.db.abandon_transaction(&id);
    let free = sketch(&account);
    assert_ne!(open, free);
    let body = transaction(&[update("pk=S:c")]);
    begin(&mut account, "t1", &body).expect("the row is free");
    assert_ne!(sketch(&account), open);
}
