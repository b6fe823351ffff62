//! `KeyConditionExpression`, called directly.

use super::{message, values_in, with_members};
use crate::Answer;
use crate::expression::{
    Condition, KeyCondition, KeyExpression, KeyRange, Placeholders, RangePredicate,
};
use crate::number::Number;
use crate::schema::{KeyAttribute, KeySchema, KeyType};
use crate::value::Value;

const VALUES: [(&str, &str); 6] = [
    (":a", r#"{"S":"a"}"#),
    (":b", r#"{"S":"b"}"#),
    (":1", r#"{"N":"1"}"#),
    (":2", r#"{"N":"2"}"#),
    (":bool", r#"{"BOOL":true}"#),
    (":type", r#"{"S":"N"}"#),
];

fn string(text: &str) -> Value {
    Value::S(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::N(Number::parse(text).expect("the number is sound"))
}

/// A partition key `p` that is a string, and a sort key `r` of some type or none.
fn schema(range: Option<KeyType>) -> KeySchema {
    let key = |name: &str, kind| KeyAttribute { name: name.to_owned(), kind };
    KeySchema { hash: key("p", KeyType::S), range: range.map(|kind| key("r", kind)) }
}

fn read(expression: &str) -> Result<KeyCondition, Answer> {
    let values = values_in(expression, &VALUES);
    with_members(&format!(r#""KeyConditionExpression":"{expression}"{values}"#), |members| {
        let name = "KeyConditionExpression";
        let mut placeholders = Placeholders::read(members, &[name])?;
        let expression = KeyExpression::read(members, name, &mut placeholders)?;
        placeholders.check_all_used()?;
        expression.expect("there is an expression").condition()
    })
}

fn range(expression: &str, kind: Option<KeyType>) -> Result<KeyRange, Answer> {
    read(expression)?.resolve(&schema(kind), |_| Ok(()))
}

fn sort_test(expression: &str) -> RangePredicate {
    let range = range(expression, Some(KeyType::N)).expect(expression);
    assert_eq!(range.hash, string("a"));
    range.range.expect("there is a condition on the sort key")
}

#[track_caller]
fn assert_refused(expression: &str, expected: &str) {
    let answer = range(expression, Some(KeyType::N)).expect_err(expression);
    assert_eq!(message("ValidationException", &answer), expected, "{expression}");
}

#[test]
fn a_partition_can_be_asked_for_alone() {
    let expected = KeyRange { hash: string("a"), range: None };
    for expression in ["p = :a", ":a = p", "(p = :a)", "(p) = (:a)"] {
        assert_eq!(range(expression, None).expect(expression), expected);
        assert_eq!(range(expression, Some(KeyType::N)).expect(expression), expected);
    }
}

#[test]
fn sort_keys_are_tested_from_either_side_and_in_either_order() {
    for (expression, held) in [
        ("p = :a AND r = :2", [false, true, false]),
        ("r < :2 AND p = :a", [true, false, false]),
        ("(p = :a) AND (r <= :2)", [true, true, false]),
        ("(p = :a AND (r > :2))", [false, false, true]),
        ("p = :a and r >= :2", [false, true, true]),
        ("p = :a AND :2 = r", [false, true, false]),
        ("p = :a AND :2 > r", [true, false, false]),
        ("p = :a AND :2 >= r", [true, true, false]),
        ("p = :a AND :2 < r", [false, false, true]),
        ("p = :a AND :2 <= r", [false, true, true]),
        ("p = :a AND r BETWEEN :1 AND :2", [true, true, false]),
        ("r BETWEEN :2 AND :2 AND p = :a", [false, true, false]),
    ] {
        let test = sort_test(expression);
        let found = ["1", "2", "3"].map(|text| test.holds(&number(text)));
        assert_eq!(found, held, "{expression}");
    }
}

#[test]
fn a_sort_key_can_begin_with_a_string() {
    let range = range("p = :a AND begins_with(r, :b)", Some(KeyType::S)).expect("it is sound");
    let test = range.range.expect("there is a condition on the sort key");
    let found = ["b", "bc", "ab", ""].map(|text| test.holds(&string(text)));
    assert_eq!(found, [true, true, false, false]);
}

#[test]
fn what_is_wrong_with_the_expression_itself_is_told_first() {
    for (expression, expected) in [
        ("", "The expression can not be empty;"),
        ("(size(p))[0] > p", r#"Syntax error; token: "[", near: ")[0""#),
        ("((p = :a))", "The expression has redundant parentheses;"),
        (
            "p = :nine OR p = :a",
            "An expression attribute value used in expression is not defined; attribute value: \
             :nine",
        ),
        (
            "attribute_type(p, r)",
            "Incorrect operand type for operator or function; operator or function: \
             attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
        (
            "p BETWEEN :1 AND :a",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound \
             operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "begins_with(p, :1)",
            "Incorrect operand type for operator or function; operator or function: begins_with, \
             operand type: N",
        ),
    ] {
        assert_refused(expression, &format!("Invalid KeyConditionExpression: {expected}"));
    }
}

#[test]
fn conditions_that_can_not_be_on_keys_are_refused() {
    for (expression, expected) in [
        ("p > r and size(r) > c or p > c", "Invalid operator used in KeyConditionExpression: OR"),
        ("p in (b, size(c), d)", "Invalid operator used in KeyConditionExpression: IN"),
        ("not p > b", "Invalid operator used in KeyConditionExpression: NOT"),
        ("p <> b", "Invalid operator used in KeyConditionExpression: <>"),
        ("contains(p.d, b)", "Invalid operator used in KeyConditionExpression: contains"),
        (
            "attribute_exists(p)",
            "Invalid operator used in KeyConditionExpression: attribute_exists",
        ),
        (
            "attribute_not_exists(p)",
            "Invalid operator used in KeyConditionExpression: attribute_not_exists",
        ),
        (
            "attribute_type(p, :type)",
            "Invalid operator used in KeyConditionExpression: attribute_type",
        ),
        (
            ":a between size(b) and size(p) and b > :b",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key \
             attribute as its first operand",
        ),
        (
            "begins_with(:a, b) and p > :b",
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key \
             attribute as its first operand",
        ),
        (
            "size(b) > a AND a.b > b AND b > c",
            "KeyConditionExpressions cannot contain nested operations",
        ),
        ("a > size(b.d)", "KeyConditionExpressions cannot contain nested operations"),
        (
            "b between c[1] and d",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one \
             condition",
        ),
        (
            "begins_with(a, b)",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one \
             condition",
        ),
        ("b.d > a", "KeyConditionExpressions cannot have conditions on nested attributes"),
        ("b[0] = :a", "KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            ":b > :a AND a < :b",
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        ),
        (
            "(p > :a and r > :a) and (r > :a and c > :a)",
            "KeyConditionExpressions must only contain one condition per key",
        ),
        ("p = :a and b = :a and :a = c", "Conditions can be of length 1 or 2 only"),
    ] {
        assert_refused(expression, expected);
    }
}

#[test]
fn conditions_that_do_not_fit_the_keys_are_refused() {
    for (expression, expected) in [
        ("r = :1", "Query condition missed key schema element: p"),
        ("extra = :a", "Query condition missed key schema element: p"),
        ("p = :a AND extra = :1", "Query condition missed key schema element: r"),
        ("p > :a", "Query key condition not supported"),
        ("p = :a AND r = :b", MISMATCH),
        ("p = :1", MISMATCH),
        ("p = :bool", MISMATCH),
        ("p > :1", MISMATCH),
    ] {
        assert_refused(expression, expected);
    }
    let answer = range("p = :a AND r = :1", None).expect_err("there is no sort key");
    assert_eq!(message("ValidationException", &answer), "Query key condition not supported");
}

#[test]
fn the_filter_of_a_query_must_not_look_at_the_key() {
    let filter = |expression: &str| {
        with_members(&format!(r#""FilterExpression":"{expression}""#), |members| {
            let mut placeholders = Placeholders::default();
            Condition::read(members, "FilterExpression", &mut placeholders)
        })
        .expect("the filter is sound")
        .expect("there is a filter")
    };
    let keys = ["p", "r"];
    for expression in ["a = b OR NOT size(p) > c", "attribute_exists(r.x) AND p < q"] {
        let answer = filter(expression).check_not_key(keys).expect_err(expression);
        assert_eq!(
            message("ValidationException", &answer),
            "Filter Expression can only contain non-primary key attributes: Primary key \
             attribute: p"
        );
    }
    assert!(filter("a = b OR attribute_exists(x.p)").check_not_key(keys).is_ok());
}

const MISMATCH: &str = "One or more parameter values were invalid: Condition parameter type does \
                        not match schema type";
