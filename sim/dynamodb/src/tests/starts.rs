//! Errors for an `ExclusiveStartKey` that does not fit.

use super::{Account, message};

const SCHEMA: &str = r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
    {"AttributeName":"b","AttributeType":"S"},{"AttributeName":"c","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
    "GlobalSecondaryIndexes":[{"IndexName":"by-c","Projection":{"ProjectionType":"KEYS_ONLY"},
    "KeySchema":[{"AttributeName":"c","KeyType":"HASH"}]}],"BillingMode":"PAY_PER_REQUEST""#;

/// A table with a sort key and a global index.
fn account() -> Account {
    let mut account = Account::new();
    let answer = account.ask("CreateTable", &format!(r#"{{"TableName":"pairs",{SCHEMA}}}"#));
    assert_eq!(answer.status, 200, "{}", answer.body);
    account
}

fn refused(operation: &str, members: &str, start: &str) -> String {
    let body = format!(r#"{{"TableName":"pairs","ExclusiveStartKey":{{{start}}},{members}}}"#);
    message("ValidationException", &account().ask(operation, &body))
}

#[test]
fn a_query_looks_at_the_start_and_the_condition_one_attribute_after_the_other() {
    let of = |key: &str| {
        format!(
            r#""KeyConditionExpression":"{key} = :v",
            "ExpressionAttributeValues":{{":v":{{"S":"x"}}}}"#
        )
    };
    let (invalid, mismatch) = (
        "The provided starting key is invalid",
        "The provided key element does not match the schema",
    );
    let missed = "Query condition missed key schema element: a";
    for (key, start, expected) in [
        ("z", r#""a":{"S":"x"}"#, invalid),
        ("z", r#""y":{"S":"x"},"z":{"S":"x"}"#, invalid),
        ("z", r#""a":{"N":"1"},"z":{"S":"x"}"#, mismatch),
        ("z", r#""a":{"S":"x"},"z":{"S":"x"}"#, missed),
        ("a", r#""a":{"S":"x"},"z":{"S":"x"}"#, invalid),
        ("a", r#""a":{"S":"x"},"b":{"N":"1"}"#, mismatch),
    ] {
        assert_eq!(refused("Query", &of(key), start), expected, "{key} {start}");
    }
}

#[test]
fn the_start_in_an_index_is_held_to_the_index_and_then_to_the_table() {
    let mismatch = "The provided key element does not match the schema";
    let of_table = format!("The provided starting key is invalid: {mismatch}");
    for (start, expected) in [
        (r#""c":{"S":"x"}"#, "The provided starting key is invalid"),
        (r#""a":{"S":"x"},"b":{"S":"x"},"z":{"S":"x"}"#, "The provided starting key is invalid"),
        (r#""a":{"S":"x"},"b":{"S":"x"},"c":{"N":"1"}"#, mismatch),
        (r#""a":{"S":"x"},"b":{"N":"1"},"c":{"S":"x"}"#, &of_table),
        (r#""y":{"S":"x"},"z":{"S":"x"},"c":{"S":"x"}"#, &of_table),
    ] {
        let members = r#""IndexName":"by-c","KeyConditionExpression":"c = :v",
            "ExpressionAttributeValues":{":v":{"S":"x"}}"#;
        assert_eq!(refused("Query", members, start), expected, "{start}");
        assert_eq!(refused("Scan", r#""IndexName":"by-c""#, start), expected, "{start}");
    }
}

#[test]
fn a_scan_says_what_an_index_lacks_before_it_looks_at_the_key_of_the_table() {
    let members = r#""IndexName":"by-c","Select":"ALL_ATTRIBUTES""#;
    let start = r#""a":{"S":"x"},"b":{"N":"1"},"c":{"S":"x"}"#;
    assert_eq!(
        refused("Scan", members, start),
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported \
         for global secondary index by-c because its projection type is not ALL"
    );
}

#[test]
fn what_is_no_value_at_all_is_not_said_to_be_a_start() {
    for (value, expected) in [
        (
            r#"{"NULL":false}"#,
            "The provided starting key is invalid: One or more parameter values were invalid: \
             Null attribute value types must have the value of true",
        ),
        (
            r#"{"NS":[]}"#,
            "One or more parameter values were invalid: An number set  may not be empty",
        ),
        (
            r#"{"SS":["a","a"]}"#,
            "One or more parameter values were invalid: Input collection [a, a] contains \
             duplicates.",
        ),
        (r#"{"N":"x"}"#, "The parameter cannot be converted to a numeric value: x"),
    ] {
        assert_eq!(refused("Scan", r#""Limit":1"#, &format!(r#""a":{value}"#)), expected);
    }
}

#[test]
fn a_filter_must_not_look_at_the_key_even_where_it_looks_into_it() {
    for filter in ["attribute_exists(b.x)", "b[1] = :v"] {
        let members = format!(
            r#""KeyConditionExpression":"a = :v","FilterExpression":"{filter}",
               "ExpressionAttributeValues":{{":v":{{"S":"x"}}}}"#
        );
        assert_eq!(
            refused("Query", &members, r#""a":{"S":"x"},"b":{"S":"x"}"#),
            "Filter Expression can only contain non-primary key attributes: Primary key \
             attribute: b"
        );
    }
}
