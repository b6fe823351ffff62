//! `ExpressionAttributeNames` and `ExpressionAttributeValues`, called directly.

use super::{Account, message, with_members};
use crate::Answer;
use crate::expression::{Condition, Placeholders, Projection};

const GET: [&str; 1] = ["ProjectionExpression"];
const PUT: [&str; 1] = ["ConditionExpression"];
const UPDATE: [&str; 2] = ["UpdateExpression", "ConditionExpression"];
const SCAN: [&str; 2] = ["ProjectionExpression", "FilterExpression"];
const QUERY: [&str; 3] = ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"];

fn read(expressions: &[&str], members: &str) -> Result<Placeholders, Answer> {
    with_members(members, |members| Placeholders::read(members, expressions))
}

#[track_caller]
fn assert_refused(expressions: &[&str], members: &str, expected: &str) {
    let answer = read(expressions, members).expect_err(members);
    assert_eq!(message("ValidationException", &answer), expected, "{members}");
}

#[test]
fn names_need_any_expression() {
    for expressions in [&GET[..], &PUT, &UPDATE, &SCAN, &QUERY] {
        for members in [
            r#""ExpressionAttributeNames":{},"ExpressionAttributeValues":{}"#,
            r##""ExpressionAttributeNames":{"#a":"a"},"FilterExpression":null"##,
        ] {
            let expected = "ExpressionAttributeNames can only be specified when using expressions";
            assert_refused(expressions, members, expected);
        }
    }
    for name in QUERY {
        let members = format!(r##""ExpressionAttributeNames":{{"#a":"a"}},"{name}":"""##);
        assert!(read(&QUERY, &members).is_ok());
    }
}

#[test]
fn values_need_an_expression_in_which_they_can_stand() {
    let values = r#""ExpressionAttributeValues":{},"ProjectionExpression":"a""#;
    for (expressions, expected) in [
        (&PUT[..], "ConditionExpression is null"),
        (&UPDATE, "UpdateExpression and ConditionExpression are null"),
        (&SCAN, "FilterExpression is null"),
        (&QUERY, "FilterExpression and KeyConditionExpression are null"),
    ] {
        let expected = format!(
            "ExpressionAttributeValues can only be specified when using expressions: {expected}"
        );
        assert_refused(expressions, values, &expected);
    }
    assert!(read(&GET, values).is_ok(), "reads by key know no values");
}

#[test]
fn keys_and_names_and_values_must_be_sound() {
    for (members, expected) in [
        (
            r#""ExpressionAttributeNames":{},"ExpressionAttributeValues":{}"#,
            "ExpressionAttributeNames must not be empty",
        ),
        (
            r#""ExpressionAttributeNames":{"a":"a"},"ExpressionAttributeValues":{}"#,
            r#"ExpressionAttributeNames contains invalid key: Syntax error; key: "a""#,
        ),
        (
            r##""ExpressionAttributeNames":{"#a":""},"ExpressionAttributeValues":{}"##,
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a",
        ),
        (
            r##""ExpressionAttributeNames":{"#a":"a"},"ExpressionAttributeValues":{}"##,
            "ExpressionAttributeValues must not be empty",
        ),
        (
            r#""ExpressionAttributeValues":{":a":{"N":"x"},"b":{"S":"a"}}"#,
            r#"ExpressionAttributeValues contains invalid key: Syntax error; key: "b""#,
        ),
        (
            r#""ExpressionAttributeValues":{":a":{"L":[{}]}}"#,
            "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, \
             must contain exactly one of the supported datatypes for key :a",
        ),
    ] {
        assert_refused(&PUT, &format!(r#""ConditionExpression":"",{members}"#), expected);
    }
}

#[test]
fn a_placeholder_has_at_most_255_bytes() {
    let members = |sigil: &str, tail: &str| {
        let key = format!("{sigil}{}{tail}", "a".repeat(254));
        let (member, value) = match sigil {
            "#" => ("ExpressionAttributeNames", r#""a""#),
            _ => ("ExpressionAttributeValues", r#"{"S":"a"}"#),
        };
        format!(r#""ConditionExpression":"","{member}":{{"{key}":{value}}}"#)
    };
    assert!(read(&PUT, &members("#", "")).is_ok());
    assert!(read(&PUT, &members(":", "")).is_ok());
    let too_long = "contains invalid key: The expression attribute map contains a key that is \
                    too long;";
    assert_refused(
        &PUT,
        &members("#", "-"),
        &format!("ExpressionAttributeNames {too_long} size of key: 256"),
    );
    assert_refused(&PUT, &members(":", "-"), &format!("ExpressionAttributeValues {too_long}"));
}

#[test]
fn the_expressions_of_a_request_share_what_they_use() {
    let members = r##""FilterExpression":"#a = :a","ProjectionExpression":"#b",
        "ExpressionAttributeNames":{"#a":"a","#b":"b"},
        "ExpressionAttributeValues":{":a":{"S":"a"}}"##;
    with_members(members, |members| -> Result<(), Answer> {
        let mut placeholders = Placeholders::read(members, &SCAN)?;
        Condition::read(members, "FilterExpression", &mut placeholders)?;
        let unused = placeholders.check_all_used().expect_err("a name is unused");
        assert_eq!(
            message("ValidationException", &unused),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"
        );
        Projection::read(members, "ProjectionExpression", &mut placeholders)?;
        placeholders.check_all_used()
    })
    .expect("everything is used");
}

#[test]
fn a_transaction_passes_over_placeholders_without_an_expression() {
    let put = r##"{"TransactItems":[{"Put":{"TableName":"conns","Item":{"id":{"S":"a"}},
        "ExpressionAttributeNames":{"#n":"x"},
        "ExpressionAttributeValues":{":v":{"N":"1"}}CONDITION}}]}"##;
    let get = r##"{"TransactItems":[{"Get":{"TableName":"conns","Key":{"id":{"S":"a"}},
        "ExpressionAttributeNames":{"#n":"x"}CONDITION}}]}"##;
    let unused = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}";
    for (operation, request, expression) in [
        ("TransactWriteItems", put, r#","ConditionExpression":"attribute_not_exists(x)""#),
        ("TransactGetItems", get, r#","ProjectionExpression":"id""#),
    ] {
        let mut account = Account::new();
        let answer = account.ask(operation, &request.replace("CONDITION", ""));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = account.ask(operation, &request.replace("CONDITION", expression));
        assert_eq!(message("ValidationException", &answer), unused);
    }
}
