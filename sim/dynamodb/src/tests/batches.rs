//! `BatchGetItem` and `BatchWriteItem` (FACTS 6.11).

use std::time::Duration;

use serde_json::Value as Json;

use super::tables::{consumed, item_json, json, shown, shown_all};
use super::{Account, described, keys, message};
use crate::ReplicaView;

const EMPTY_KEY: &str = "One or more parameter values are not valid. The AttributeValue for a key \
                         attribute cannot contain an empty string value. Key: pk";
const MISMATCH: &str = "The provided key element does not match the schema";
const DUPLICATES: &str = "Provided list of item keys contains duplicates";

/// A `BatchGetItem` of keys of tables; the last part is JSON after a comma.
fn gets(shares: &[(&str, &[&str], &str)]) -> String {
    let share = |(table, keys, more): &(&str, &[&str], &str)| {
        let keys: Vec<_> = keys.iter().map(|key| item_json(key)).collect();
        format!(r#""{table}":{{"Keys":[{}]{more}}}"#, keys.join(","))
    };
    batch(shares.iter().map(share))
}

/// A `BatchWriteItem` of writes to tables, each `+item` or `-key`.
fn writes(shares: &[(&str, &[&str])]) -> String {
    let write = |write: &&str| match write.strip_prefix('+') {
        Some(item) => format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item_json(item)),
        None => format!(r#"{{"DeleteRequest":{{"Key":{}}}}}"#, item_json(&write[1..])),
    };
    let share = |(table, writes): &(&str, &[&str])| {
        let writes: Vec<_> = writes.iter().map(write).collect();
        format!(r#""{table}":[{}]"#, writes.join(","))
    };
    batch(shares.iter().map(share))
}

fn batch(shares: impl Iterator<Item = String>) -> String {
    let shares: Vec<_> = shares.collect();
    format!(r#"{{"RequestItems":{{{}}},"ReturnConsumedCapacity":"INDEXES"}}"#, shares.join(","))
}

fn crowd(count: usize) -> (Account, Vec<String>) {
    let mut account = Account::with_table("pk:S", &[]);
    let keys: Vec<_> = (0..count).map(|number| format!("pk=S:c{number}")).collect();
    keys.iter().for_each(|key| account.hold(key));
    (account, keys)
}

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

#[test]
fn a_batch_of_gets_answers_by_table_and_leaves_out_what_is_not_there() {
    let mut account = Account::with_table("pk:S", &[]);
    account.create("two", "pk:N sk:S", &[]);
    account.hold("pk=S:a x=S:x y=S:y");
    account.done(
        "PutItem",
        &format!(r#"{{"TableName":"two","Item":{}}}"#, item_json("pk=N:1 sk=S:s")),
    );
    let projected = r##","ProjectionExpression":"#x","ExpressionAttributeNames":{"#x":"x"}"##;
    let body =
        gets(&[("one", &["pk=S:a", "pk=S:missing"], projected), ("two", &["pk=N:1.0 sk=S:s"], "")]);
    let answer = account.ask("BatchGetItem", &body);
    let body = json(&answer);
    assert_eq!(shown_all(&body["Responses"]["one"]), ["x=S:x"]);
    assert_eq!(shown_all(&body["Responses"]["two"]), ["pk=N:1 sk=S:s"]);
    assert_eq!(body["UnprocessedKeys"], json_of("{}"));
    assert_eq!(keys(&answer.rows), ["a", "1|s"]);
    let nothing = account.done("BatchGetItem", &gets(&[("one", &["pk=S:missing"], "")]));
    assert_eq!(nothing["Responses"], json_of(r#"{"one":[]}"#));
}

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).expect("the text is JSON")
}

#[test]
fn the_order_of_a_batch_is_not_that_of_the_request() {
    let (mut account, keys) = crowd(6);
    let in_order = ["pk=S:c5", "pk=S:c0", "pk=S:c1", "pk=S:c2", "pk=S:c3", "pk=S:c4"];
    let mut backward = texts(&keys);
    backward.reverse();
    for keys in [texts(&keys), backward] {
        let body = account.done("BatchGetItem", &gets(&[("one", &keys, "")]));
        assert_eq!(shown_all(&body["Responses"]["one"]), in_order);
    }
}

#[test]
fn each_table_of_a_batch_says_whether_its_reads_are_consistent() {
    let (mut account, _) = crowd(0);
    account.create("two", "pk:S", &[]);
    account.wait_s(1);
    account.done("BatchWriteItem", &writes(&[("one", &["+pk=S:a"]), ("two", &["+pk=S:a"])]));
    account.read = ReplicaView::Behind(Duration::from_millis(1));
    let consistent = r#","ConsistentRead":true"#;
    let body = gets(&[("one", &["pk=S:a"], consistent), ("two", &["pk=S:a"], "")]);
    let body = account.done("BatchGetItem", &body);
    assert_eq!(body["Responses"], json_of(r#"{"one":[{"pk":{"S":"a"}}],"two":[]}"#));
    let units: Vec<_> =
        body["ConsumedCapacity"].as_array().into_iter().flatten().map(consumed).collect();
    assert_eq!(units, ["1.0 table=1.0", "0.5 table=0.5"]);
}

/// Items count in full towards the 16 MB, even if a projection shows a part of them.
#[test]
fn a_batch_of_gets_leaves_unprocessed_what_is_beyond_16_mb() {
    let mut account = Account::with_table("pk:S", &[]);
    let others = "pk".len() + "c00".len() + "x".len();
    let keys: Vec<_> = (10..51).map(|number| format!("pk=S:c{number}")).collect();
    for key in &keys {
        account.hold(&format!("{key} x=S:{}", "x".repeat(400 * 1024 - others)));
    }
    let share = r#","ProjectionExpression":"pk","ConsistentRead":true"#;
    let body = account.done("BatchGetItem", &gets(&[("one", &texts(&keys), share)]));
    assert_eq!(shown_all(&body["Responses"]["one"]).len(), 40);
    let left = &body["UnprocessedKeys"]["one"];
    assert_eq!(shown_all(&left["Keys"]).len(), 1);
    assert_eq!(
        (&left["ConsistentRead"], &left["ProjectionExpression"]),
        (&true.into(), &"pk".into())
    );
    assert_eq!(consumed(&body["ConsumedCapacity"][0]), "4000.0 table=4000.0");
}

#[test]
fn a_batch_of_writes_puts_and_deletes() {
    let (mut account, _) = crowd(2);
    account.create("two", "pk:S", &[]);
    let body =
        writes(&[("one", &["+pk=S:new x=S:x", "-pk=S:c0", "-pk=S:none"]), ("two", &["+pk=S:two"])]);
    let answer = account.ask("BatchWriteItem", &body);
    assert_eq!(json(&answer)["UnprocessedItems"], json_of("{}"));
    assert_eq!(described(&answer.changes), ["+one/new", "-one/c0", "+two/two"]);
    assert_eq!(
        (account.db.keys("one"), account.db.keys("two")),
        (vec!["c1".to_owned(), "new".to_owned()], vec!["two".to_owned()])
    );
}

#[test]
fn a_batch_of_writes_adds_up_what_each_table_and_index_cost() {
    let mut account = Account::with_table("pk:S sk:N", &["local by-x pk:S x:S ALL"]);
    let body =
        writes(&[("one", &["+pk=S:a sk=N:1 x=S:x", "+pk=S:a sk=N:2 x=S:x", "+pk=S:b sk=N:1"])]);
    let measured = body.replacen('{', r#"{"ReturnItemCollectionMetrics":"SIZE","#, 1);
    let body = account.done("BatchWriteItem", &measured);
    assert_eq!(consumed(&body["ConsumedCapacity"][0]), "5.0 table=3.0 local:by-x=2.0");
    let collections =
        body["ItemCollectionMetrics"]["one"].as_array().expect("the table was measured");
    let keys: Vec<_> = collections.iter().map(|one| shown(&one["ItemCollectionKey"])).collect();
    assert_eq!(keys, ["pk=S:a", "pk=S:b"], "each collection once");
}

#[test]
fn a_batch_with_one_unsound_part_does_nothing() {
    let (mut account, _) = crowd(1);
    account.create("two", "pk:S", &["global by-x x:S ALL"]);
    let index = "One or more parameter values were invalid: Type mismatch for Index Key x \
                 Expected: S Actual: N IndexName: by-x";
    for (table, write, expected) in [
        ("one", "-pk=S:", EMPTY_KEY),
        ("one", "+pk=S:", EMPTY_KEY),
        ("one", "-pk=N:1", MISMATCH),
        ("one", "+pk=N:1", MISMATCH),
        ("one", "-pk=S:a sk=S:b", MISMATCH),
        ("one", "-pk=S:c0", DUPLICATES),
        ("two", "+pk=S:a x=N:1", index),
    ] {
        let body = match table {
            "one" => writes(&[("one", &["+pk=S:c0 x=S:x", write])]),
            _ => writes(&[("one", &["+pk=S:c0 x=S:x"]), (table, &[write])]),
        };
        assert_eq!(account.refused("BatchWriteItem", &body), expected, "{write}");
        assert_eq!(account.scan_of(""), ["pk=S:c0"]);
    }
    let missing = writes(&[("one", &["-pk=S:c0"]), ("other", &["-pk=S:a"])]);
    assert!(account.finds_no_table("BatchWriteItem", &missing));
    assert_eq!(account.scan_of(""), ["pk=S:c0"]);
}

#[test]
fn a_batch_of_gets_refuses_keys_that_fit_no_row() {
    let (mut account, _) = crowd(1);
    for (key, expected) in [
        ("pk=S:", EMPTY_KEY),
        ("pk=N:1", MISMATCH),
        ("pk=S:a sk=S:b", MISMATCH),
        ("pk=S:c0", DUPLICATES),
    ] {
        let body = gets(&[("one", &["pk=S:c0", key], "")]);
        assert_eq!(account.refused("BatchGetItem", &body), expected, "{key}");
    }
    assert!(account.finds_no_table("BatchGetItem", &gets(&[("other", &["pk=S:a"], "")])));
}

#[test]
fn numbers_that_are_written_otherwise_are_the_same_key() {
    let mut account = Account::with_table("pk:N", &[]);
    let body = gets(&[("one", &["pk=N:1", "pk=N:1.0"], "")]);
    assert_eq!(account.refused("BatchGetItem", &body), DUPLICATES);
    let body = writes(&[("one", &["+pk=N:1", "-pk=N:1.0"])]);
    assert_eq!(account.refused("BatchWriteItem", &body), DUPLICATES);
}

#[test]
fn a_batch_has_at_most_100_gets_or_25_writes() {
    let (mut account, keys) = crowd(101);
    account.create("two", "pk:S", &[]);
    let puts: Vec<_> = keys.iter().take(26).map(|key| format!("+{key}")).collect();
    let (keys, puts) = (texts(&keys), texts(&puts));
    assert_eq!(account.ask("BatchGetItem", &gets(&[("one", &keys[..100], "")])).status, 200);
    assert_eq!(account.ask("BatchWriteItem", &writes(&[("one", &puts[..25])])).status, 200);
    let too_many = account.refused("BatchGetItem", &gets(&[("one", &keys, "")]));
    assert!(too_many.ends_with("Member must have length less than or equal to 100"));
    let too_many = account.refused("BatchWriteItem", &writes(&[("one", &puts)]));
    assert!(too_many.contains("less than or equal to 25"), "{too_many}");
    let apart = gets(&[("one", &keys[..60], ""), ("two", &keys[..41], "")]);
    assert_eq!(
        account.refused("BatchGetItem", &apart),
        "Too many items requested for the BatchGetItem call"
    );
    let apart = writes(&[("one", &puts[..13]), ("two", &puts[..13])]);
    assert_eq!(
        account.refused("BatchWriteItem", &apart),
        "Too many items requested for the BatchWriteItem call"
    );
}

#[test]
fn gets_without_capacity_come_back_as_they_were_asked_for() {
    let (mut account, keys) = crowd(8);
    let share = r#","ConsistentRead":true,"ProjectionExpression":"pk""#;
    let body = gets(&[("one", &texts(&keys), share)]);
    let mut lefts = Vec::new();
    for draw in 0..8 {
        let answer = json(&account.throttle("BatchGetItem", &body, draw));
        let left = &answer["UnprocessedKeys"]["one"];
        let mut all = shown_all(&answer["Responses"]["one"]);
        let units = format!("{0}.0 table={0}.0", all.len());
        assert_eq!(consumed(&answer["ConsumedCapacity"][0]), units);
        assert_eq!(left["ProjectionExpression"], "pk");
        assert_eq!(left["ConsistentRead"], true);
        let retry = format!(r#"{{"RequestItems":{}}}"#, answer["UnprocessedKeys"]);
        let rest = shown_all(&account.done("BatchGetItem", &retry)["Responses"]["one"]);
        lefts.push(rest.clone());
        all.extend(rest);
        all.sort_unstable();
        assert_eq!(all, keys);
    }
    lefts.dedup();
    assert!(lefts.len() > 4, "what is left depends on the draw");
}

#[test]
fn writes_without_capacity_come_back_and_are_not_carried_out() {
    let keys: Vec<_> = (0..8).map(|number| format!("+pk=S:c{number} x=S:x")).collect();
    let body = writes(&[("one", &texts(&keys))]);
    for draw in 0..8 {
        let mut account = Account::with_table("pk:S", &[]);
        let answer = account.throttle("BatchWriteItem", &body, draw);
        let body = json(&answer);
        let left = body["UnprocessedItems"]["one"].as_array().map_or(0, Vec::len);
        assert_eq!(account.db.keys("one").len() + left, 8);
        assert_eq!(answer.changes.len() + left, 8);
        let units = format!("{0}.0 table={0}.0", 8 - left);
        assert_eq!(consumed(&body["ConsumedCapacity"][0]), units);
        let retry = format!(r#"{{"RequestItems":{}}}"#, body["UnprocessedItems"]);
        account.done("BatchWriteItem", &retry);
        assert_eq!(account.scan_of("").len(), 8);
        assert!(account.scan_of("").iter().all(|row| row.ends_with(" x=S:x")));
    }
}

#[test]
fn a_batch_of_which_nothing_is_processed_fails() {
    let (mut account, _) = crowd(0);
    let expected = "The level of configured provisioned throughput for one or more global \
                    secondary indexes or for the table was exceeded. Consider increasing your \
                    provisioning level with the UpdateTable API.";
    let requests = [
        ("BatchGetItem", gets(&[("one", &["pk=S:a"], "")])),
        ("BatchWriteItem", writes(&[("one", &["+pk=S:a"])])),
    ];
    for (operation, body) in requests {
        let mut failed = 0;
        for draw in 0..20 {
            let answer = account.throttle(operation, &body, draw);
            if answer.status == 400 {
                failed += 1;
                let code = "ProvisionedThroughputExceededException";
                assert_eq!(message(code, &answer), expected);
            }
        }
        assert!((1..20).contains(&failed), "{operation} {failed}");
    }
}

#[test]
fn an_unsound_batch_is_refused_even_without_capacity() {
    let (mut account, _) = crowd(0);
    for draw in 0..4 {
        let answer = account.throttle("BatchWriteItem", &writes(&[("one", &["+pk=N:1"])]), draw);
        assert_eq!(message("ValidationException", &answer), MISMATCH);
    }
}
