//! `UpdateItem`, and the answers to single writes.

use super::tables::{item_json, json, row, shown};
use super::{Account, described, message};

fn update(key: &str, expression: &str, more: &str) -> String {
    format!(r#"{{{},"UpdateExpression":"{expression}"{more}}}"#, row(key))
}

fn values(values: &str) -> String {
    format!(r#","ExpressionAttributeValues":{}"#, item_json(values))
}

#[test]
fn an_update_of_nothing_creates_the_row() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    let answer = account.ask("UpdateItem", &format!("{{{}}}", row("pk=S:a sk=N:1")));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(described(&answer.changes), ["+one/a|1"]);
    let body = update("pk=S:a sk=N:2", "SET x = :x", &values(":x=S:y"));
    assert_eq!(account.ask("UpdateItem", &body).body, "{}");
    assert_eq!(account.scan_of(""), ["pk=S:a sk=N:1", "pk=S:a sk=N:2 x=S:y"]);
}

#[test]
fn an_update_keeps_what_it_does_not_name() {
    let mut account = Account::with_table("pk:S", &[]);
    account.hold("pk=S:a n=N:1 x=S:y z=S:z");
    account.change("pk=S:a", "SET n = n + :n REMOVE z", ":n=N:4");
    assert_eq!(account.scan_of(""), ["n=N:5 pk=S:a x=S:y"]);
}

#[test]
fn an_update_returns_what_it_is_asked_for() {
    let of_row = [
        ("NONE", None),
        ("ALL_OLD", Some("n=N:1 pk=S:a x=S:old y=S:y")),
        ("UPDATED_OLD", Some("n=N:1 x=S:old")),
        ("ALL_NEW", Some("n=N:2 pk=S:a y=S:y z=S:z")),
        ("UPDATED_NEW", Some("n=N:2 z=S:z")),
    ];
    let of_nothing = [
        ("NONE", None),
        ("ALL_OLD", None),
        ("UPDATED_OLD", None),
        ("ALL_NEW", Some("n=N:1 pk=S:b z=S:z")),
        ("UPDATED_NEW", Some("n=N:1 z=S:z")),
    ];
    for (key, cases) in [("pk=S:a", of_row), ("pk=S:b", of_nothing)] {
        for (returns, expected) in cases {
            let mut account = Account::with_table("pk:S", &[]);
            account.hold("pk=S:a n=N:1 x=S:old y=S:y");
            let more = format!(r#"{},"ReturnValues":"{returns}""#, values(":one=N:1 :z=S:z"));
            let expression = "ADD n :one SET z = :z REMOVE x";
            let body = account.done("UpdateItem", &update(key, expression, &more));
            let attributes = body.get("Attributes").map(shown);
            assert_eq!(attributes.as_deref(), expected, "{returns} of {key}");
        }
    }
}

#[test]
fn puts_and_deletes_return_the_old_row_or_nothing() {
    let put = r#""TableName":"one","Item":{"pk":{"S":"a"}}"#.to_owned();
    for (operation, members) in [("PutItem", put), ("DeleteItem", row("pk=S:a"))] {
        for (returns, expected) in [("NONE", None), ("ALL_OLD", Some("pk=S:a x=S:old"))] {
            let mut account = Account::with_table("pk:S", &[]);
            account.hold("pk=S:a x=S:old");
            let body = format!(r#"{{{members},"ReturnValues":"{returns}"}}"#);
            let attributes = account.done(operation, &body).get("Attributes").map(shown);
            assert_eq!(attributes.as_deref(), expected, "{operation} {returns}");
        }
        for returns in ["UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"] {
            let body = format!(r#"{{{members},"ReturnValues":"{returns}"}}"#);
            assert_eq!(
                Account::with_table("pk:S", &[]).refused(operation, &body),
                "ReturnValues can only be ALL_OLD or NONE"
            );
        }
    }
}

#[test]
fn an_update_whose_condition_is_false_changes_nothing() {
    let mut account = Account::with_table("pk:S", &[]);
    account.hold("pk=S:a n=N:1");
    let failure = r#","ReturnValuesOnConditionCheckFailure":"ALL_OLD""#;
    let conditional = |key: &str, more: &str| {
        let more = format!(r#"{},"ConditionExpression":"n = :two"{more}"#, values(":two=N:2"));
        update(key, "SET n = :two", &more)
    };
    let answer = account.ask("UpdateItem", &conditional("pk=S:a", failure));
    assert_eq!(shown(&json(&answer)["Item"]), "n=N:1 pk=S:a");
    for (key, more) in [("pk=S:a", ""), ("pk=S:b", failure)] {
        let answer = account.ask("UpdateItem", &conditional(key, more));
        let expected = "The conditional request failed";
        assert_eq!(message("ConditionalCheckFailedException", &answer), expected);
        assert!(!answer.body.contains("Item"), "{}", answer.body);
    }
    assert_eq!(account.scan_of(""), ["n=N:1 pk=S:a"]);
}

#[test]
fn an_update_cannot_change_a_key() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    for (name, expression) in [("pk", "SET x = :v, pk = :v"), ("sk", "REMOVE sk SET x = :v")] {
        assert_eq!(
            account.refused("UpdateItem", &update("pk=S:a sk=N:1", expression, &values(":v=S:b"))),
            format!(
                "One or more parameter values were invalid: Cannot update attribute {name}. This \
                 attribute is part of the key"
            )
        );
    }
}

#[test]
fn a_row_cannot_be_updated_beyond_400_kb() {
    let others = "pk".len() + "a".len() + "x".len() + "y".len();
    let mut account = Account::with_table("pk:S", &[]);
    account.hold(&format!("pk=S:a x=S:{}", "x".repeat(200 * 1024)));
    let rest = 200 * 1024 - others;
    let set_y = |bytes: usize| {
        let value = format!(":y=S:{}", "y".repeat(bytes));
        update("pk=S:a", "SET y = :y", &values(&value))
    };
    assert_eq!(
        account.refused("UpdateItem", &set_y(rest + 1)),
        "Item size to update has exceeded the maximum allowed size"
    );
    assert_eq!(account.scan_of(r#","ProjectionExpression":"y""#), [""]);
    // The action itself counts a few bytes.
    assert_eq!(account.ask("UpdateItem", &set_y(rest - 64)).status, 200);
}

#[test]
fn item_collections_are_measured_where_there_is_a_local_index() {
    let put = format!(r#""TableName":"one","Item":{}"#, item_json("pk=S:a sk=N:1"));
    let requests = [
        ("PutItem", put),
        ("UpdateItem", row("pk=S:a sk=N:1")),
        ("DeleteItem", row("pk=S:a sk=N:1")),
    ];
    let local: &[&str] = &["local by-x pk:S x:S KEYS_ONLY"];
    let global: &[&str] = &["global by-x x:S KEYS_ONLY"];
    for (indexes, metrics, is_measured) in [
        (local, "SIZE", true),
        (local, "NONE", false),
        (global, "SIZE", false),
        (&[], "SIZE", false),
    ] {
        let mut account = Account::with_table("pk:S sk:N", indexes);
        for (operation, members) in &requests {
            let body = format!(r#"{{{members},"ReturnItemCollectionMetrics":"{metrics}"}}"#);
            let expected = if is_measured {
                "{\"ItemCollectionMetrics\":{\"ItemCollectionKey\":{\"pk\":{\"S\":\"a\"}},\
                 \"SizeEstimateRangeGB\":[0.0,1.0]}}"
            } else {
                "{}"
            };
            assert_eq!(account.ask(operation, &body).body, expected, "{operation} {metrics}");
        }
    }
}
