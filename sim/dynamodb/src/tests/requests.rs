//! Requests that are refused before any table is looked up.

use super::{Account, flat, keys, message};
use crate::{Answer, DynamoDb, Operation, Request, Throttling};

fn refusal(target: &str, body: &str) -> Answer {
    Request::parse(target, body.as_bytes()).expect_err("the request is not sound")
}

fn request(operation: &str, body: &str) -> Request {
    let target = format!("DynamoDB_20120810.{operation}");
    Request::parse(&target, body.as_bytes()).expect("the request is sound")
}

#[test]
fn an_unknown_operation_is_refused_without_a_message() {
    for target in ["DynamoDB_20120810.PutItems", "DynamoDB_20111205.PutItem", "PutItem", ""] {
        let answer = refusal(target, "{}");
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.body,
            r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#
        );
    }
}

#[test]
fn a_body_that_is_no_json_is_refused_without_a_message() {
    for body in ["", "{", "{}}", "nil"] {
        let answer = refusal("DynamoDB_20120810.PutItem", body);
        assert_eq!(answer.status, 400);
        assert_eq!(answer.body, r#"{"__type":"com.amazon.coral.service#SerializationException"}"#);
    }
}

#[test]
fn members_of_the_wrong_shape_are_refused_in_the_words_of_aws() {
    for (body, expected) in [
        (r#"{"TableName":1}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"TableName":1.5}"#, "DECIMAL_VALUE cannot be converted to String"),
        (r#"{"TableName":true}"#, "TRUE_VALUE cannot be converted to String"),
        (r#"{"TableName":[]}"#, "Unrecognized collection type class java.lang.String"),
        (r#"{"TableName":{}}"#, "Start of structure or map found where not expected"),
        (r#"{"Item":"x"}"#, "Unexpected field type"),
        (r#"{"Item":{"a":"x"}}"#, "Unexpected value type in payload"),
        (r#"{"Item":{"a":{"N":1}}}"#, "NUMBER_VALUE cannot be converted to String"),
        (
            r#"{"Item":{"a":{"B":"x"}}}"#,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 1",
        ),
        (r#"{"Item":{"a":{"SS":"x"}}}"#, "Unexpected field type"),
        (r#"[]"#, "Unexpected value type in payload"),
    ] {
        let answer = refusal("DynamoDB_20120810.PutItem", body);
        assert_eq!(message("SerializationException", &answer), expected, "{body}");
    }
}

#[test]
fn missing_and_invalid_members_are_all_named_at_once() {
    assert_eq!(
        refusal("DynamoDB_20120810.PutItem", r#"{"ReturnValues":"SOME"}"#).body,
        "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"3 validation \
         errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not \
         be null; Value null at 'item' failed to satisfy constraint: Member must not be null; \
         Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum \
         value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]\"}"
    );
    assert_eq!(
        message(
            "ValidationException",
            &refusal("DynamoDB_20120810.Scan", r#"{"TableName":"a b"}"#)
        ),
        "1 validation error detected: Value 'a b' at 'tableName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    );
    assert_eq!(
        message(
            "ValidationException",
            &refusal("DynamoDB_20120810.Scan", r#"{"TableName":"conns","Limit":0}"#)
        ),
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member \
         must have value greater than or equal to 1"
    );
}

#[test]
fn writes_return_all_of_the_old_row_or_nothing() {
    let put = r#"{"TableName":"conns","Item":{"id":{"S":"a"}},"ReturnValues":"ALL_NEW"}"#;
    let answer = refusal("DynamoDB_20120810.PutItem", put);
    assert_eq!(message("ValidationException", &answer), "ReturnValues can only be ALL_OLD or NONE");
}

#[test]
fn values_that_mean_nothing_are_refused_in_the_words_of_aws() {
    let deep = format!("{}{{\"S\":\"x\"}}{}", r#"{"L":["#.repeat(32), "]}".repeat(32));
    for (value, expected) in [
        (
            "{}",
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            r#"{"S":"x","N":"1"}"#,
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of \
             the supported datatypes",
        ),
        (
            r#"{"NULL":false}"#,
            "One or more parameter values were invalid: Null attribute value types must have the \
             value of true",
        ),
        (r#"{"N":"one"}"#, "The parameter cannot be converted to a numeric value: one"),
        (
            r#"{"SS":[]}"#,
            "One or more parameter values were invalid: An string set  may not be empty",
        ),
        (
            r#"{"SS":["a","a"]}"#,
            "One or more parameter values were invalid: Input collection [a, a] contains \
             duplicates.",
        ),
        (r#"{"NS":["1","1.0"]}"#, "Input collection contains duplicates"),
        (
            r#"{"BS":["YQ==","YQ=="]}"#,
            "One or more parameter values were invalid: Input collection [YQ==, YQ==]of type BS \
             contains duplicates.",
        ),
        (
            deep.as_str(),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested \
             levels beyond supported limit",
        ),
    ] {
        let put = format!(r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}},"x":{value}}}}}"#);
        let answer = refusal("DynamoDB_20120810.PutItem", &put);
        assert_eq!(message("ValidationException", &answer), expected, "{value}");
    }
}

#[test]
fn an_unknown_operation_comes_before_a_body_that_is_no_object() {
    let answer = refusal("DynamoDB_20120810.Nonsense", "[]");
    assert_eq!(answer.error_type.as_deref(), Some("UnknownOperationException"));
    let answer = refusal("DynamoDB_20120810.PutItem", "[]");
    assert_eq!(answer.error_type.as_deref(), Some("SerializationException"));
}

#[test]
fn what_aws_knows_and_the_model_does_not_is_refused_as_such() {
    let answer = refusal("DynamoDB_20120810.ExecuteStatement", "{}");
    assert!(answer.is_unsupported);
    assert_eq!(
        message("UnknownOperationException", &answer),
        "The simulated DynamoDB does not support ExecuteStatement"
    );
    let create = r#"{"TableName":"conns","AttributeDefinitions":[{"AttributeName":"id",
        "AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "BillingMode":"PAY_PER_REQUEST","WarmThroughput":{"ReadUnitsPerSecond":12000}}"#;
    let answer = refusal("DynamoDB_20120810.CreateTable", create);
    assert!(answer.is_unsupported);
    assert_eq!(answer.error_type.as_deref(), Some("ValidationException"));
}

#[test]
fn nulls_and_unknown_members_are_passed_over() {
    let body = r#"{"TableName":"conns","Expected":null,"Limit":null,"Colour":"red"}"#;
    assert_eq!(Account::new().ask("Scan", body).status, 200);
}

#[test]
fn a_request_knows_its_operation_its_table_and_its_key() {
    let mut db = DynamoDb::default();
    db.create_table("conns", "id");
    let put = request("PutItem", r#"{"TableName":"conns","Item":{"x":{"S":"b"},"id":{"S":"a"}}}"#);
    assert_eq!(
        (put.operation(), put.table(), keys(&put.keys(&db))),
        (Operation::Put, Some("conns"), vec!["a"])
    );
    let delete = request("DeleteItem", r#"{"TableName":"conns","Key":{"id":{"S":"a"}}}"#);
    assert_eq!((delete.operation(), keys(&delete.keys(&db))), (Operation::Delete, vec!["a"]));
    let elsewhere = request("DeleteItem", r#"{"TableName":"other","Key":{"id":{"S":"a"}}}"#);
    assert_eq!(elsewhere.keys(&db), []);
    let scan = request("Scan", r#"{"TableName":"conns","ConsistentRead":true}"#);
    assert_eq!((scan.operation(), scan.keys(&db)), (Operation::Scan, vec![]));
    assert!(scan.is_consistent() && !put.is_consistent());
    let names = [Operation::Put, Operation::Delete, Operation::Scan].map(|one| one.to_string());
    assert_eq!(names, ["PutItem", "DeleteItem", "Scan"]);
}

#[test]
fn the_canonical_form_does_not_depend_on_the_order_of_members() {
    let one = request("PutItem", r#"{"TableName":"conns","Item":{"b":{"N":"1"},"a":{"S":"x"}}}"#);
    let two = request("PutItem", r#"{"Item":{"a":{"S":"x"}, "b":{"N":"1"}}, "TableName":"conns"}"#);
    assert_eq!(one.canonical(), r#"{"Item":{"a":{"S":"x"},"b":{"N":"1"}},"TableName":"conns"}"#);
    assert_eq!(one.canonical(), two.canonical());
}

#[test]
fn injected_failures_look_like_those_of_aws() {
    let scan = request("Scan", r#"{"TableName":"conns"}"#);
    let put = request("PutItem", r#"{"TableName":"conns","Item":{}}"#);
    let throttled = Throttling::KeyRange.answer(&scan);
    assert_eq!(
        (throttled.status, throttled.error_type.as_deref()),
        (400, Some("ThrottlingException"))
    );
    let start = r#"{"__type":"com.amazon.coral.availability#ThrottlingException",
        "message":"Throughput exceeds"#;
    assert!(throttled.body.starts_with(&flat(start)));
    let end = r#","throttlingReasons":[{"reason":"TableReadKeyRangeThroughputExceeded",
        "resource":"arn:aws:dynamodb:eu-central-1:123456789012:table/conns"}]}"#;
    assert!(throttled.body.ends_with(&flat(end)));
    assert!(
        Throttling::KeyRange.answer(&put).body.contains("TableWriteKeyRangeThroughputExceeded")
    );
    assert_eq!(
        Answer::internal_server_error().body,
        flat(
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message":"Internal server error"}"#
        )
    );
    assert_eq!(Answer::internal_server_error().status, 500);
    let unavailable = Answer::service_unavailable();
    assert_eq!((unavailable.status, unavailable.body.as_str()), (503, ""));
    assert_eq!(unavailable.error_type, None);
    for (answer, code) in [
        (Throttling::Provisioned.answer(&scan), "ProvisionedThroughputExceededException"),
        (Throttling::RequestLimit.answer(&scan), "RequestLimitExceeded"),
    ] {
        assert_eq!((answer.status, answer.error_type.as_deref()), (400, Some(code)));
        assert!(answer.body.starts_with(&format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":""#
        )));
    }
}

#[test]
fn only_conditions_and_filters_are_told_how_long_they_are() {
    let long = "a".repeat(4097);
    for (operation, members, member, told) in [
        ("GetItem", r#""Key":{"id":{"S":"a"}}"#, "ProjectionExpression", ""),
        ("UpdateItem", r#""Key":{"id":{"S":"a"}}"#, "UpdateExpression", ""),
        ("Query", r#""Limit":1"#, "KeyConditionExpression", ""),
        ("Scan", r#""Limit":1"#, "FilterExpression", " expression size: 4097"),
        (
            "DeleteItem",
            r#""Key":{"id":{"S":"a"}}"#,
            "ConditionExpression",
            " expression size: 4097",
        ),
    ] {
        let body = format!(r#"{{"TableName":"conns",{members},"{member}":"{long}"}}"#);
        let answer = refusal(&format!("DynamoDB_20120810.{operation}"), &body);
        assert_eq!(
            message("ValidationException", &answer),
            format!(
                "Invalid {member}: Expression size has exceeded the maximum allowed size;{told}"
            )
        );
    }
}
