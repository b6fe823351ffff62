//! Tests of the reader of policy documents.

use serde_json::json;

use super::*;

fn statement(members: &Value) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" });
    for (name, value) in members.as_object().unwrap() {
        statement[name] = value.clone();
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

fn without(name: &str) -> Value {
    let mut document = statement(&json!({}));
    document["Statement"][0].as_object_mut().unwrap().remove(name);
    document
}

#[test]
fn a_mistake_is_named_with_its_place() {
    for (document, message) in [
        (json!([]), "the policy: an object was expected, not []"),
        (json!({}), "Statement: it is missing; a policy has at least one statement"),
        (json!({ "Statement": [] }), "Statement: it is empty; a policy has at least one statement"),
        (json!({ "Statement": "x" }), "Statement: an object was expected, not \"x\""),
        (json!({ "Statement": [1] }), "Statement[0]: an object was expected, not 1"),
        (
            json!({ "Version": "2012", "Statement": [] }),
            "Version: it is \"2012\"; write \"2012-10-17\"",
        ),
        (
            json!({ "Statements": [] }),
            "Statements: there is no such member; the members are Version, Id, Statement",
        ),
        (
            statement(&json!({ "Actions": "x" })),
            "Statement[0].Actions: there is no such member; the members are Sid, Effect, \
             Action, NotAction, Resource, NotResource, Condition",
        ),
        (
            statement(&json!({ "Principal": "*" })),
            "Statement[0].Principal: the policy of a role names no principal; take this \
             member out",
        ),
        (
            statement(&json!({ "Effect": "allow" })),
            "Statement[0].Effect: it is \"allow\"; write \"Allow\" or \"Deny\"",
        ),
        (without("Effect"), "Statement[0].Effect: it is missing; write \"Allow\" or \"Deny\""),
        (
            without("Action"),
            "Statement[0].Action: it is missing; a statement has Action or NotAction",
        ),
        (
            without("Resource"),
            "Statement[0].Resource: it is missing; a statement has Resource or NotResource",
        ),
        (
            statement(&json!({ "NotAction": "*" })),
            "Statement[0].NotAction: Action is there as well; a statement has one of them",
        ),
        (
            statement(&json!({ "Action": ["*", 5] })),
            "Statement[0].Action[1]: a text was expected, not 5",
        ),
        (
            statement(&json!({ "Action": [] })),
            "Statement[0].Action: it is empty; name at least one, or `*` for all",
        ),
        (
            statement(&json!({ "Action": "SendMessage" })),
            "Statement[0].Action: `SendMessage` is no action; write SERVICE:NAME, like \
             `sqs:SendMessage`, or `*`",
        ),
        (
            statement(&json!({ "Action": "s*:SendMessage" })),
            "Statement[0].Action: `s*:SendMessage` is no action; write SERVICE:NAME, like \
             `sqs:SendMessage`, or `*`",
        ),
        (
            statement(&json!({ "Resource": ["*", "work"] })),
            "Statement[0].Resource[1]: `work` is no ARN; write one, or `*` for every resource",
        ),
        (statement(&json!({ "Sid": 1 })), "Statement[0].Sid: a text was expected, not 1"),
        (
            statement(&json!({ "Condition": [] })),
            "Statement[0].Condition: an object was expected, not []",
        ),
        (
            statement(&json!({ "Condition": { "Bool": { "aws:SourceArn": ["true", "x"] } } })),
            "Statement[0].Condition.Bool.aws:SourceArn[1]: `x` is neither `true` nor `false`",
        ),
        (
            statement(&json!({ "Condition": { "NumericEquals": { "aws:SourceArn": "x" } } })),
            "Statement[0].Condition.NumericEquals.aws:SourceArn: `x` is no number",
        ),
        (
            statement(&json!({ "Condition": { "StringLike": { "aws:SourceArn": null } } })),
            "Statement[0].Condition.StringLike.aws:SourceArn: a text, a number or a boolean \
             was expected, not null",
        ),
    ] {
        assert_eq!(Policy::parse(&document).unwrap_err().to_string(), message);
    }
}

#[test]
fn one_statement_needs_no_list() {
    let mut document = statement(&json!({}));
    let (listed, _) = Policy::parse(&document).unwrap();
    document["Statement"] = document["Statement"][0].clone();
    let (single, _) = Policy::parse(&document).unwrap();
    assert_eq!(single, listed);
}

fn warnings(document: &Value) -> Vec<String> {
    let (_, warnings) = Policy::parse(document).unwrap();
    warnings.iter().map(PolicyWarning::to_string).collect()
}

#[test]
fn a_condition_that_is_not_modelled_is_reported() {
    let arn = "aws:SourceArn";
    for (operator, key, value, reason) in [
        (
            "IpAddress",
            "aws:SourceIp",
            "10.0.0.0/8",
            "the operator is not simulated; its key counts as missing",
        ),
        (
            "ForAnyValue:DateLessThanIfExists",
            arn,
            "2026-01-01",
            "the operator is not simulated; its key counts as missing",
        ),
        ("StringEqual", arn, "x", "IAM has no such operator; its key counts as missing"),
        ("NullIfExists", arn, "true", "IAM has no such operator; its key counts as missing"),
        ("StringEquals", "sns:Endpoint", "x", "the key is not simulated; it counts as missing"),
        (
            "StringLike",
            arn,
            "${aws:username}",
            "the variable `${aws:username}` is not simulated; it has no value",
        ),
        (
            "StringLike",
            arn,
            "${aws:SourceAccount, x}",
            "the variable `${aws:SourceAccount, x}` is not simulated; it has no value",
        ),
        (
            "StringEquals",
            "dynamodb:LeadingKeys",
            "x",
            "the key has several values; write ForAllValues: or ForAnyValue: before the \
             operator",
        ),
        ("ArnLike", arn, "arn:aws:sns:*", "the pattern is no ARN of six parts; it fits none"),
    ] {
        let document = statement(&json!({ "Condition": { operator: { key: value } } }));
        let place = format!("Statement[0].Condition.{operator}.{key}");
        assert_eq!(warnings(&document), [format!("{place}: {reason}")]);
    }
}

#[test]
fn a_condition_that_is_modelled_is_not_reported() {
    let document = statement(&json!({
        "Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:${*}work",
        "Condition": {
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["a"] },
            "Null": { "dynamodb:Attributes": false },
            "ArnLike": { "aws:SourceArn": ["arn:aws:sns:*:*:*", "${aws:PrincipalArn}"] },
            "StringEqualsIfExists": { "AWS:SourceAccount": 123456789012_u64 },
        },
    }));
    assert_eq!(warnings(&document), Vec::<String>::new());
}

#[test]
fn only_the_new_version_has_variables() {
    let document = json!({
        "Statement": {
            "Effect": "Allow",
            "Action": "sqs:*",
            "Resource": "arn:aws:sqs:*:*:${aws:PrincipalAccount}",
        },
    });
    assert_eq!(
        warnings(&document),
        ["Statement.Resource: variables are plain text in this version; write \"Version\": \
          \"2012-10-17\""]
    );
}
