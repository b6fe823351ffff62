//! Secondary indexes: their entries, and reads of them.

use std::time::Duration;

use super::tables::{consumed, index_creation, item_json, query, shown};
use super::{Account, keys};
use crate::{Limits, ReplicaView};

const BY_X: &str = r#","IndexName":"by-x""#;

/// A table with one index `by-x`.
fn indexed(index: &str) -> Account {
    Account::with_table("pk:S sk:N", &[index])
}

fn by_x(account: &mut Account, more: &str) -> Vec<String> {
    account.query("x = :x", ":x=S:x", &format!("{BY_X}{more}"))
}

#[test]
fn an_index_holds_only_rows_that_have_its_whole_key() {
    let mut account = indexed("global by-x x:S y:N ALL");
    for row in ["sk=N:1", "sk=N:2 x=S:x", "sk=N:3 y=N:1", "sk=N:4 x=S:x y=N:1"] {
        account.hold(&format!("pk=S:a {row}"));
    }
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:4 x=S:x y=N:1"]);
    assert_eq!(account.scan_of(BY_X), ["pk=S:a sk=N:4 x=S:x y=N:1"]);
    account.change("pk=S:a sk=N:4", "REMOVE y", "");
    assert_eq!(by_x(&mut account, ""), [""; 0]);
    assert_eq!(account.scan_of("").len(), 4);
}

#[test]
fn an_index_refuses_a_key_of_the_wrong_type() {
    let mut account = indexed("global by-x x:S KEYS_ONLY");
    account.hold("pk=S:a sk=N:1");
    let expected = "One or more parameter values were invalid: Type mismatch for Index Key x \
                    Expected: S Actual: N IndexName: by-x";
    let put = format!(r#"{{"TableName":"one","Item":{}}}"#, item_json("pk=S:a sk=N:1 x=N:1"));
    assert_eq!(account.refused("PutItem", &put), expected);
    let update = format!(
        r#"{{"TableName":"one","Key":{},"UpdateExpression":"SET x = :x",
            "ExpressionAttributeValues":{}}}"#,
        item_json("pk=S:a sk=N:1"),
        item_json(":x=N:1")
    );
    assert_eq!(account.refused("UpdateItem", &update), expected);
    assert_eq!(account.scan_of(""), ["pk=S:a sk=N:1"]);
}

#[test]
fn an_index_holds_what_is_projected_and_all_keys() {
    let row = "pk=S:a sk=N:1 u=S:u v=S:v x=S:x";
    for (projection, expected) in [
        ("ALL", row),
        ("KEYS_ONLY", "pk=S:a sk=N:1 x=S:x"),
        ("INCLUDE=u,w", "pk=S:a sk=N:1 u=S:u x=S:x"),
    ] {
        let mut account = indexed(&format!("global by-x x:S {projection}"));
        account.hold(row);
        assert_eq!(by_x(&mut account, ""), [expected], "{projection}");
        let projected = r#","Select":"ALL_PROJECTED_ATTRIBUTES""#;
        assert_eq!(by_x(&mut account, projected), [expected], "{projection}");
    }
}

#[test]
fn an_entry_moves_when_its_key_changes_and_goes_with_its_row() {
    let mut account = indexed("global by-x x:S y:N ALL");
    account.hold("pk=S:a sk=N:1 x=S:x y=N:1");
    account.hold("pk=S:a sk=N:2 x=S:x y=N:2");
    account.change("pk=S:a sk=N:1", "SET y = :y", ":y=N:3");
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:2 x=S:x y=N:2", "pk=S:a sk=N:1 x=S:x y=N:3"]);
    account.hold("pk=S:a sk=N:2 x=S:z y=N:2");
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:1 x=S:x y=N:3"]);
    assert_eq!(
        account.query("x = :x", ":x=S:z", BY_X),
        ["pk=S:a sk=N:2 x=S:z y=N:2"],
        "the entry is where its new key puts it"
    );
    account.drop_row("pk=S:a sk=N:1");
    assert_eq!(by_x(&mut account, ""), [""; 0]);
}

#[test]
fn an_entry_changes_with_what_is_projected_of_its_row() {
    let mut account = indexed("global by-x x:S INCLUDE=u");
    account.hold("pk=S:a sk=N:1 x=S:x u=S:old");
    account.change("pk=S:a sk=N:1", "SET u = :u", ":u=S:new");
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:1 u=S:new x=S:x"]);
    account.change("pk=S:a sk=N:1", "REMOVE u", "");
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:1 x=S:x"]);
}

#[test]
fn a_local_index_orders_the_rows_of_one_partition_anew() {
    let mut account = indexed("local by-x pk:S x:N ALL");
    for (partition, number, x) in [("a", 1, 30), ("a", 2, 4), ("a", 3, 100), ("b", 4, 1)] {
        account.hold(&format!("pk=S:{partition} sk=N:{number} x=N:{x}"));
    }
    account.hold("pk=S:a sk=N:5");
    let values = ":p=S:a :x=N:4";
    let found = account.query("pk = :p AND x > :x", values, BY_X);
    assert_eq!(found, ["pk=S:a sk=N:1 x=N:30", "pk=S:a sk=N:3 x=N:100"]);
    let backward = format!(r#"{BY_X},"ScanIndexForward":false,"ConsistentRead":true"#);
    let found = account.query("pk = :p AND x >= :x", values, &backward);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2], "pk=S:a sk=N:2 x=N:4");
}

#[test]
fn a_local_index_fetches_what_it_does_not_hold_and_pays_for_it() {
    let mut account = indexed("local by-x pk:S x:S KEYS_ONLY");
    let row = |number| format!("pk=S:a sk=N:{number} u=S:{} x=S:x", "u".repeat(5_000));
    account.hold(&row(1));
    account.hold(&row(2));
    let keys = ["pk=S:a sk=N:1 x=S:x", "pk=S:a sk=N:2 x=S:x"];
    let of_index = "0.5 table=0.0 local:by-x=0.5";
    let fetched = "2.0 table=1.5 local:by-x=0.5";
    for (more, rows, units) in [
        ("", keys.map(str::to_owned), of_index),
        (r#","Select":"ALL_ATTRIBUTES""#, [row(1), row(2)], fetched),
        (r#","ProjectionExpression":"sk""#, ["sk=N:1", "sk=N:2"].map(str::to_owned), of_index),
        (
            r#","ProjectionExpression":"u, sk""#,
            [1, 2].map(|number| format!("sk=N:{number} u=S:{}", "u".repeat(5_000))),
            fetched,
        ),
    ] {
        let more = format!(r#"{BY_X}{more},"ReturnConsumedCapacity":"INDEXES""#);
        let body = account.done("Query", &query("pk = :p", ":p=S:a", &more));
        let items = body["Items"].as_array().expect("a query has items");
        assert_eq!(items.iter().map(shown).collect::<Vec<_>>(), rows);
        assert_eq!(consumed(&body["ConsumedCapacity"]), units);
    }
}

#[test]
fn a_global_index_gives_nothing_that_it_does_not_hold() {
    let mut account = indexed("global by-x x:S INCLUDE=u");
    account.hold("pk=S:a sk=N:1 u=S:u v=S:v x=S:x");
    let invalid = "One or more parameter values were invalid:";
    for (more, expected) in [
        (
            r#","Select":"ALL_ATTRIBUTES""#,
            format!(
                "{invalid} Select type ALL_ATTRIBUTES is not supported for global secondary index \
                 by-x because its projection type is not ALL"
            ),
        ),
        (
            r#","ProjectionExpression":"u, v, w""#,
            format!("{invalid} Global secondary index by-x does not project [v, w]"),
        ),
        (
            r#","ConsistentRead":true"#,
            "Consistent reads are not supported on global secondary indexes".to_owned(),
        ),
    ] {
        let more = format!("{BY_X}{more}");
        assert_eq!(account.refused("Query", &query("x = :x", ":x=S:x", &more)), expected);
        let scan = format!(r#"{{"TableName":"one"{more}}}"#);
        assert_eq!(account.refused("Scan", &scan), expected);
    }
    let held = r#","ProjectionExpression":"u, sk""#;
    assert_eq!(by_x(&mut account, held), ["sk=N:1 u=S:u"]);
    let mut whole = indexed("global by-x x:S ALL");
    whole.hold("pk=S:a sk=N:1 v=S:v x=S:x");
    let all = r#","Select":"ALL_ATTRIBUTES""#;
    assert_eq!(by_x(&mut whole, all), ["pk=S:a sk=N:1 v=S:v x=S:x"]);
}

#[test]
fn reads_of_a_global_index_are_behind_like_other_eventual_reads() {
    let mut account = indexed("global by-x x:S y:N ALL");
    account.wait_s(1);
    account.hold("pk=S:a sk=N:1 x=S:x y=N:1");
    account.wait_s(1);
    account.change("pk=S:a sk=N:1", "SET y = :y", ":y=N:2");
    for (lag_ms, expected) in [
        (0, &["pk=S:a sk=N:1 x=S:x y=N:2"][..]),
        (1_000, &["pk=S:a sk=N:1 x=S:x y=N:1"]),
        (1_001, &[]),
    ] {
        account.read = ReplicaView::Behind(Duration::from_millis(lag_ms));
        assert_eq!(by_x(&mut account, ""), expected, "{lag_ms}");
    }
}

#[test]
fn the_rows_of_an_answer_are_named_by_their_keys_in_the_table() {
    let mut account = indexed("global by-x x:S KEYS_ONLY");
    account.hold("pk=S:a sk=N:1 x=S:x");
    let answer = account.ask("Query", &query("x = :x", ":x=S:x", BY_X));
    assert_eq!(keys(&answer.rows), ["a|1"]);
}

#[test]
fn a_read_of_an_index_pays_for_the_entries_alone() {
    let mut account = indexed("global by-x x:S KEYS_ONLY");
    account.hold(&format!("pk=S:a sk=N:1 x=S:x u=S:{}", "u".repeat(9_000)));
    let more = format!(r#"{BY_X},"ReturnConsumedCapacity":"INDEXES""#);
    for body in [
        account.done("Query", &query("x = :x", ":x=S:x", &more)),
        account.done("Scan", &format!(r#"{{"TableName":"one"{more}}}"#)),
    ] {
        assert_eq!(consumed(&body["ConsumedCapacity"]), "0.5 table=0.0 global:by-x=0.5");
    }
}

/// AWS names a key of the table before one of an index.
#[test]
fn nothing_looks_into_a_key_of_the_table_or_of_an_index() {
    let mut account = indexed("global by-x x:S ALL");
    let scalar = "Key attributes must be scalars; list random access '[]' and map lookup '.' are \
                  not allowed:";
    let key = r#""TableName":"one","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}"#;
    for (expression, found) in [("x.a", "IndexKey: x"), ("x.a, sk[0]", "Key: sk")] {
        let update = format!(r#"{{{key},"UpdateExpression":"REMOVE {expression}"}}"#);
        let get = format!(r#"{{{key},"ProjectionExpression":"{expression}"}}"#);
        let transaction = format!(r#"{{"TransactItems":[{{"Get":{get}}}]}}"#);
        let scan = format!(r#"{{"TableName":"one","ProjectionExpression":"{expression}"}}"#);
        for (operation, body) in
            [("GetItem", &get), ("TransactGetItems", &transaction), ("Scan", &scan)]
        {
            assert_eq!(
                account.refused(operation, body),
                format!("{scalar} {found}"),
                "{operation}"
            );
        }
        if found.starts_with("IndexKey") {
            assert_eq!(account.refused("UpdateItem", &update), format!("{scalar} {found}"));
        }
        let first = expression.split(',').next().unwrap_or_default();
        let condition = format!(r#"{{{key},"ConditionExpression":"attribute_exists({first})"}}"#);
        let refusal = account.refused("DeleteItem", &condition);
        assert_eq!(refusal, format!("{scalar} IndexKey: x"));
    }
}

#[test]
fn an_index_that_is_not_there_is_missed() {
    let mut account = indexed("global by-x x:S KEYS_ONLY");
    let more = r#","IndexName":"by-y""#;
    let expected = "The table does not have the specified index: by-y";
    assert_eq!(account.refused("Query", &query("x = :x", ":x=S:x", more)), expected);
    assert_eq!(account.refused("Scan", &format!(r#"{{"TableName":"one"{more}}}"#)), expected);
}

#[test]
fn a_new_index_is_filled_from_the_table_before_it_can_be_read() {
    let limits = Limits { table_change_time: Duration::from_secs(5), ..Limits::default() };
    let mut account = Account::with_limited_table(limits, "pk:S sk:N", &[]);
    account.wait_s(5);
    account.hold("pk=S:a sk=N:1 x=S:x");
    account.hold("pk=S:a sk=N:2");
    account.done("UpdateTable", &index_creation("one", "by-x x:S KEYS_ONLY"));
    let read = query("x = :x", ":x=S:x", BY_X);
    let backfilling = "Cannot read from backfilling global secondary index: by-x";
    assert_eq!(account.refused("Query", &read), backfilling);
    account.hold("pk=S:a sk=N:3 x=S:x");
    account.wait_s(4);
    assert_eq!(account.refused("Query", &read), backfilling);
    account.wait_s(1);
    assert_eq!(by_x(&mut account, ""), ["pk=S:a sk=N:1 x=S:x", "pk=S:a sk=N:3 x=S:x"]);
}

#[test]
fn a_removed_index_is_gone_and_holds_no_keys_back() {
    let mut account = indexed("global by-x x:S KEYS_ONLY");
    account.hold("pk=S:a sk=N:1 x=S:x");
    let removal = r#"{"TableName":"one",
        "GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-x"}}]}"#;
    account.done("UpdateTable", removal);
    assert_eq!(
        account.refused("Query", &query("x = :x", ":x=S:x", BY_X)),
        "The table does not have the specified index: by-x"
    );
    account.hold("pk=S:a sk=N:2 x=N:1");
    account.done("UpdateTable", &index_creation("one", "by-x x:N KEYS_ONLY"));
    let found = account.query("x = :x", ":x=N:1", BY_X);
    assert_eq!(found, ["pk=S:a sk=N:2 x=N:1"], "rows without a fitting key stay out");
}
