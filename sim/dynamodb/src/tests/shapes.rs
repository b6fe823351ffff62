//! Bodies of the wrong shape, which AWS reports before anything else.

use super::{Account, message};
use crate::{Answer, Request};

fn refusal(operation: &str, body: &str) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    Request::parse(&target, body.as_bytes()).expect_err("the request is not sound")
}

#[test]
fn a_wrong_shape_anywhere_comes_before_what_is_missing() {
    let no_struct = "Unexpected value type in payload";
    let no_string = "TRUE_VALUE cannot be converted to String";
    for (operation, member, expected) in [
        ("GetItem", r#""ProjectionExpression":true"#, no_string),
        ("PutItem", r#""ConditionExpression":true"#, no_string),
        ("UpdateItem", r#""UpdateExpression":true"#, no_string),
        ("Query", r#""KeyConditionExpression":true"#, no_string),
        ("Scan", r##""ExpressionAttributeNames":{"#a":true}"##, no_string),
        ("Scan", r#""ExpressionAttributeNames":1"#, "Unexpected field type"),
        (
            "Scan",
            r#""ExpressionAttributeNames":[]"#,
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
        ),
        ("Query", r#""ExpressionAttributeValues":{":a":1}"#, no_struct),
        (
            "DeleteItem",
            r#""Expected":{"a":{"Exists":"x"}}"#,
            "Unexpected token received from parser",
        ),
        ("DeleteItem", r#""Expected":{"a":{"Value":1}}"#, "Unexpected field type"),
        ("UpdateItem", r#""AttributeUpdates":{"a":{"Value":1}}"#, "Unexpected field type"),
        ("Scan", r#""ScanFilter":{"a":{"AttributeValueList":1}}"#, "Unexpected field type"),
        ("Query", r#""KeyConditions":{"a":{"AttributeValueList":[1]}}"#, no_struct),
        ("BatchGetItem", r#""RequestItems":{"a":{"ProjectionExpression":true}}"#, no_string),
        ("BatchGetItem", r#""RequestItems":{"a":1}"#, no_struct),
        (
            "TransactWriteItems",
            r#""TransactItems":[{"Put":{"ConditionExpression":true}}]"#,
            no_string,
        ),
        (
            "TransactGetItems",
            r##""TransactItems":[{"Get":{"ExpressionAttributeNames":{"#a":true}}}]"##,
            no_string,
        ),
        (
            "BatchGetItem",
            r#""RequestItems":[]"#,
            "Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.KeysAndAttributes>",
        ),
        (
            "BatchWriteItem",
            r#""RequestItems":[]"#,
            "Unrecognized collection type java.util.Map<java.lang.String, \
             java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
        ),
    ] {
        let answer = refusal(operation, &format!("{{{member}}}"));
        assert_eq!(message("SerializationException", &answer), expected, "{operation} {member}");
    }
}

#[test]
fn a_list_or_a_map_within_a_collection_fails_in_words_of_java() {
    for (operation, body) in [
        ("BatchWriteItem", r#"{"RequestItems":{"a":1}}"#),
        ("BatchGetItem", r#"{"RequestItems":{"a":{"Keys":["x"]}}}"#),
    ] {
        assert_eq!(
            message("SerializationException", &refusal(operation, body)),
            "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to \
             class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl \
             and java.lang.Class are in module java.base of loader 'bootstrap')"
        );
    }
}

#[test]
fn some_words_are_truth_values() {
    let mut account = Account::new();
    for (word, value) in
        [("true", true), ("YES", true), ("1", true), ("false", false), ("no", false), ("0", false)]
    {
        account.put("a", &format!(r#","b":{{"BOOL":"{word}"}}"#));
        assert!(account.scan("").contains(&format!(r#""b":{{"BOOL":{value}}}"#)), "{word}");
    }
}

#[test]
fn a_set_has_no_null_in_it() {
    let empty = "Supplied AttributeValue is empty, must contain exactly one of the supported \
                 datatypes";
    for (value, expected) in [
        (
            r#"{"SS":["a",null]}"#,
            "One or more parameter values were invalid: An string set may not have a null string \
             as a member",
        ),
        (r#"{"NS":["1",null]}"#, empty),
        (r#"{"BS":["YQ==",null]}"#, empty),
    ] {
        let body = format!(r#"{{"TableName":"conns","Item":{{"id":{value}}}}}"#);
        assert_eq!(message("ValidationException", &refusal("PutItem", &body)), expected);
    }
}

#[test]
fn a_value_has_at_most_32_levels() {
    let deep = |count: usize, open: &str, close: &str| {
        format!("{}{{\"S\":\"leaf\"}}{}", open.repeat(count), close.repeat(count))
    };
    for (open, close) in [(r#"{"M":{"a":"#, "}}"), (r#"{"L":["#, "]}")] {
        Account::new().put("a", &format!(r#","b":{}"#, deep(31, open, close)));
        let value = deep(32, open, close);
        let body = format!(r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}},"b":{value}}}}}"#);
        assert_eq!(
            message("ValidationException", &refusal("PutItem", &body)),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested \
             levels beyond supported limit"
        );
    }
}
