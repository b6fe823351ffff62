//! Legacy parameters, called directly.

use super::{flat, item, message, with_members};
use crate::Answer;
use crate::expression::legacy;
use crate::item::Item;
use crate::members::Members;
use crate::schema::{KeyAttribute, KeySchema, KeyType};

const ITEM: &str = r#"
    "id":{"S":"a"},
    "flag":{"BOOL":true},
    "l":{"L":[{"S":"x"}]},
    "n":{"N":"10"},
    "s":{"S":"hello"},
    "ss":{"SS":["p","q"]}"#;

fn refusal<T>(result: Result<T, Answer>) -> String {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(answer) => message("ValidationException", &answer),
    }
}

/// True if a filter holds for the item.
fn filter(conditions: &str, operator: &str) -> Result<bool, Answer> {
    let members = format!(r#""ScanFilter":{{{conditions}}},"ConditionalOperator":"{operator}""#);
    let filter = with_members(&members, |members| legacy::scan_filter(members))?;
    Ok(filter.expect("there is a filter").holds(Some(&item(ITEM))))
}

fn one(attribute: &str, operator: &str, values: &str) -> String {
    let list = match values {
        "" => String::new(),
        _ => format!(r#","AttributeValueList":[{values}]"#),
    };
    format!(r#""{attribute}":{{"ComparisonOperator":"{operator}"{list}}}"#)
}

fn expected(conditions: &str) -> Result<Option<bool>, Answer> {
    let members = format!(r#""Expected":{{{conditions}}}"#);
    let condition = with_members(&members, |members| legacy::expected(members))?;
    Ok(condition.map(|condition| condition.holds(Some(&item(ITEM)))))
}

/// Updates the item, or creates it if there is none.
fn updated(updates: &str, old: Option<&str>) -> Result<Item, Answer> {
    let members = format!(r#""AttributeUpdates":{{{updates}}}"#);
    let update = with_members(&members, |members| legacy::attribute_updates(members))?;
    let update = update.expect("there is an update");
    update.apply(&item(r#""id":{"S":"a"}"#), old.map(item).as_ref())
}

#[test]
fn every_operator_of_a_filter_compares() {
    for (attribute, operator, values, holds) in [
        ("n", "EQ", r#"{"N":"10.0"}"#, true),
        ("flag", "EQ", r#"{"BOOL":true}"#, true),
        ("absent", "EQ", r#"{"N":"10"}"#, false),
        ("n", "NE", r#"{"N":"10"}"#, false),
        ("n", "NE", r#"{"S":"10"}"#, true),
        ("n", "LT", r#"{"N":"11"}"#, true),
        ("n", "LE", r#"{"N":"9"}"#, false),
        ("n", "GE", r#"{"N":"10"}"#, true),
        ("n", "GT", r#"{"N":"10"}"#, false),
        ("n", "BETWEEN", r#"{"N":"9"},{"N":"10"}"#, true),
        ("n", "IN", r#"{"N":"9"},{"N":"10"}"#, true),
        ("n", "IN", r#"{"N":"9"}"#, false),
        ("s", "BEGINS_WITH", r#"{"S":"he"}"#, true),
        ("s", "CONTAINS", r#"{"S":"ell"}"#, true),
        ("ss", "CONTAINS", r#"{"S":"p"}"#, true),
        ("l", "CONTAINS", r#"{"S":"y"}"#, false),
        ("ss", "NOT_CONTAINS", r#"{"S":"p"}"#, false),
        ("ss", "NOT_CONTAINS", r#"{"S":"r"}"#, true),
        ("n", "NULL", "", false),
        ("absent", "NULL", "", true),
        ("n", "NOT_NULL", "", true),
        ("absent", "NOT_NULL", "", false),
    ] {
        let found = filter(&one(attribute, operator, values), "AND");
        assert_eq!(found, Ok(holds), "{attribute} {operator} {values}");
    }
}

#[test]
fn conditions_are_joined_by_the_operator() {
    let both = format!("{},{}", one("n", "EQ", r#"{"N":"1"}"#), one("s", "EQ", r#"{"S":"hello"}"#));
    assert_eq!(filter(&both, "AND"), Ok(false));
    assert_eq!(filter(&both, "OR"), Ok(true));
}

#[test]
fn a_wrong_number_of_values_is_refused() {
    for (operator, values) in [
        ("EQ", ""),
        ("NE", r#"{"S":"a"},{"S":"a"}"#),
        ("LT", ""),
        ("CONTAINS", ""),
        ("BEGINS_WITH", r#"{"S":"a"},{"S":"a"}"#),
        ("IN", ""),
        ("BETWEEN", r#"{"S":"a"}"#),
        ("BETWEEN", r#"{"S":"a"},{"S":"a"},{"S":"a"}"#),
        ("NULL", r#"{"S":"a"}"#),
        ("NOT_NULL", r#"{"S":"a"}"#),
    ] {
        assert_eq!(
            refusal(filter(&one("a", operator, values), "AND")),
            format!(
                "One or more parameter values were invalid: Invalid number of argument(s) for the \
                 {operator} ComparisonOperator"
            )
        );
    }
}

#[test]
fn values_of_wrong_types_are_refused() {
    for (operator, value, name) in [
        ("LT", r#"{"BOOL":true}"#, "BOOL"),
        ("GE", r#"{"M":{}}"#, "M"),
        ("IN", r#"{"SS":["a"]}"#, "SS"),
        ("CONTAINS", r#"{"NS":["1"]}"#, "NS"),
        ("NOT_CONTAINS", r#"{"L":[]}"#, "L"),
        ("BEGINS_WITH", r#"{"N":"1"}"#, "N"),
    ] {
        assert_eq!(
            refusal(filter(&one("a", operator, value), "AND")),
            format!(
                "One or more parameter values were invalid: ComparisonOperator {operator} is not \
                 valid for {name} AttributeValue type"
            )
        );
    }
    assert_eq!(
        refusal(filter(&one("a", "IN", r#"{"S":"b"},{"N":"1"}"#), "AND")),
        "One or more parameter values were invalid: AttributeValues inside AttributeValueList \
         must be of same type"
    );
    assert_eq!(
        refusal(filter(&one("a", "BETWEEN", r#"{"S":"b"},{"S":"a"}"#), "AND")),
        "The BETWEEN condition was provided a range where the lower bound is greater than the \
         upper bound"
    );
    assert_eq!(
        refusal(filter(&one("a", "EQ", r#"{},{"S":""}"#), "AND")),
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    );
}

#[test]
fn what_is_expected_is_there_or_not() {
    for (conditions, holds) in [
        (r#""n":{"Value":{"N":"10"}}"#, true),
        (r#""n":{"Value":{"N":"11"},"Exists":true}"#, false),
        (r#""flag":{"Value":{"BOOL":true},"Exists":true}"#, true),
        (r#""n":{"Exists":false}"#, false),
        (r#""absent":{"Exists":false}"#, true),
        (r#""n":{"ComparisonOperator":"GT","Value":{"N":"9"}}"#, true),
        (r#""n":{"ComparisonOperator":"NOT_NULL"}"#, true),
        (r#""n":{"Value":{"N":"10"}},"s":{"Exists":false}"#, false),
    ] {
        assert_eq!(expected(conditions), Ok(Some(holds)), "{conditions}");
    }
    assert_eq!(
        with_members("", |members| legacy::expected(members).map(|it| it.is_some())),
        Ok(false)
    );
}

#[test]
fn expectations_that_make_no_sense_are_refused() {
    for (condition, expected_message) in [
        ("", "Value must be provided when Exists is null for Attribute: a"),
        (r#""Exists":true"#, "Value must be provided when Exists is true for Attribute: a"),
        (
            r#""Exists":false,"Value":{"S":"a"}"#,
            "Value cannot be used when Exists is false for Attribute: a",
        ),
        (
            r#""ComparisonOperator":"LT""#,
            "Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a",
        ),
        (
            r#""ComparisonOperator":"LT","Exists":true"#,
            "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            r#""ComparisonOperator":"LT","Value":{"S":"a"},"AttributeValueList":[{"S":"a"}]"#,
            "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            r#""AttributeValueList":[{"S":"a"}],"Exists":true"#,
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        (
            r#""ComparisonOperator":"EQ","AttributeValueList":[]"#,
            "Invalid number of argument(s) for the EQ ComparisonOperator",
        ),
        (
            r#""ComparisonOperator":"NULL","Value":{"S":"a"}"#,
            "Invalid number of argument(s) for the NULL ComparisonOperator",
        ),
        (
            r#""ComparisonOperator":"BETWEEN","Value":{"S":"a"}"#,
            "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
        ),
    ] {
        assert_eq!(
            refusal(expected(&format!(r#""a":{{{condition}}}"#))),
            format!("One or more parameter values were invalid: {expected_message}")
        );
    }
}

#[test]
fn a_filter_of_a_query_must_not_look_at_the_key() {
    let members = format!(r#""QueryFilter":{{{}}}"#, one("p", "NOT_NULL", ""));
    let filter = with_members(&members, |members| legacy::query_filter(members));
    let filter = filter.expect("it is sound").expect("there is a filter");
    assert_eq!(
        refusal(filter.check_not_key(["p"])),
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: p"
    );
    assert_eq!(filter.check_not_key(["r"]), Ok(()));
}

#[test]
fn key_conditions_find_a_range_of_keys() {
    let key = |name: &str| KeyAttribute { name: name.to_owned(), kind: KeyType::S };
    let keys = KeySchema { hash: key("p"), range: Some(key("r")) };
    let resolve = |conditions: &[String]| {
        let members = format!(r#""KeyConditions":{{{}}}"#, conditions.join(","));
        let condition = with_members(&members, |members| legacy::key_conditions(members))?;
        condition.expect("there are conditions").resolve(&keys, |_| Ok(()))
    };
    let hash = one("p", "EQ", r#"{"S":"a"}"#);
    let range = resolve(&[hash.clone(), one("r", "BEGINS_WITH", r#"{"S":"x"}"#)]);
    let range = range.expect("they are sound").range.expect("there is a sort key");
    assert!(range.holds(item(r#""r":{"S":"xy"}"#).value("r").expect("it is there")));
    for (conditions, expected_message) in [
        (vec![], "Conditions can be of length 1 or 2 only"),
        (
            vec![one("a", "NULL", ""), one("b", "NULL", ""), one("c", "NULL", "")],
            "Conditions can be of length 1 or 2 only",
        ),
        (vec![one("z", "NULL", "")], "Query condition missed key schema element: p"),
        (
            vec![one("p", "NULL", "")],
            "Attempted conditional constraint is not an indexable operation",
        ),
        (
            vec![hash.clone(), one("r", "NE", r#"{"S":"x"}"#)],
            "Attempted conditional constraint is not an indexable operation",
        ),
        (vec![one("p", "LT", r#"{"S":"x"}"#)], "Query key condition not supported"),
        (
            vec![one("p", "EQ", r#"{"N":"1"}"#)],
            "One or more parameter values were invalid: Condition parameter type does not match \
             schema type",
        ),
        (
            vec![one("p", "EQ", "")],
            "One or more parameter values were invalid: Invalid number of argument(s) for the EQ \
             ComparisonOperator",
        ),
    ] {
        assert_eq!(refusal(resolve(&conditions)), expected_message);
    }
}

#[test]
fn attributes_are_put_added_to_and_deleted() {
    let updates = r#"
        "s":{"Value":{"S":"new"}},
        "n":{"Action":"ADD","Value":{"N":"5"}},
        "ss":{"Action":"DELETE","Value":{"SS":["p"]}},
        "l":{"Action":"ADD","Value":{"L":[{"N":"1"}]}},
        "flag":{"Action":"DELETE"},
        "x.y":{"Action":"PUT","Value":{"N":"1"}}"#;
    assert_eq!(
        updated(updates, Some(ITEM)).expect("the updates are sound").json(),
        flat(
            r#"{"id":{"S":"a"},"l":{"L":[{"S":"x"},{"N":"1"}]},"n":{"N":"15"},"s":{"S":"new"},
            "ss":{"SS":["q"]},"x.y":{"N":"1"}}"#
        )
    );
    assert_eq!(
        updated(r#""n":{"Action":"ADD","Value":{"N":"5"}},"s":{"Action":"DELETE"}"#, None)
            .expect("the updates are sound")
            .json(),
        r#"{"id":{"S":"a"},"n":{"N":"5"}}"#
    );
}

#[test]
fn updates_that_make_no_sense_are_refused() {
    for (update, expected_message) in [
        (
            r#""Action":"ADD""#,
            "One or more parameter values were invalid: Only DELETE action is allowed when no \
             attribute value is specified",
        ),
        (
            r#""x":"whatever""#,
            "One or more parameter values were invalid: Only DELETE action is allowed when no \
             attribute value is specified",
        ),
        (
            r#""Action":"DELETE","Value":{"N":"1"}"#,
            "One or more parameter values were invalid: DELETE action with value is not supported \
             for the type N",
        ),
        (
            r#""Action":"ADD","Value":{"BOOL":true}"#,
            "One or more parameter values were invalid: ADD action is not supported for the type \
             BOOL",
        ),
        (
            r#""Action":"PUT","Value":{"N":"x"}"#,
            "The parameter cannot be converted to a numeric value: x",
        ),
        (r#""Action":"ADD","Value":{"NS":["1"]}"#, "Type mismatch for attribute to update"),
        (r#""Action":"DELETE","Value":{"NS":["1"]}"#, "Type mismatch for attribute to update"),
    ] {
        assert_eq!(
            refusal(updated(&format!(r#""ss":{{{update}}}"#), Some(ITEM))),
            expected_message
        );
    }
}

#[test]
fn attributes_to_get_are_whole_and_distinct() {
    let read = |names: &str| {
        with_members(&format!(r#""AttributesToGet":[{names}]"#), |members| {
            legacy::attributes_to_get(members)
        })
    };
    let projection = read(r#""n","absent","s""#).expect("it is sound").expect("it is there");
    let mut out = String::new();
    projection.write(&mut out, &item(ITEM));
    assert_eq!(out, r#"{"n":{"N":"10"},"s":{"S":"hello"}}"#);
    assert_eq!(
        refusal(read(r#""a","b","a""#)),
        "One or more parameter values were invalid: Duplicate value in attribute name: a"
    );
}

#[test]
fn both_kinds_of_parameters_do_not_go_together() {
    let legacy_names = ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"];
    let expressions = ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"];
    let check = |names: &[&str]| {
        let members: Vec<_> = names.iter().map(|name| format!(r#""{name}":"""#)).collect();
        with_members(&members.join(","), |members| {
            legacy::check_not_mixed(members, &legacy_names, &expressions)
        })
    };
    let all: Vec<_> = expressions.iter().chain(&legacy_names).copied().collect();
    for (names, expected_message) in [
        (
            &all[..],
            "Non-expression parameters: {AttributesToGet, QueryFilter, ConditionalOperator, \
             KeyConditions} Expression parameters: {ProjectionExpression, FilterExpression, \
             KeyConditionExpression}",
        ),
        (
            &["KeyConditions", "QueryFilter", "FilterExpression"],
            "Non-expression parameters: {QueryFilter} Expression parameters: {FilterExpression}",
        ),
        (
            &["KeyConditions", "KeyConditionExpression"],
            "Non-expression parameters: {KeyConditions} Expression parameters: \
             {KeyConditionExpression}",
        ),
    ] {
        let expected_message = format!(
            "Can not use both expression and non-expression parameters in the same request: \
             {expected_message}"
        );
        assert_eq!(refusal(check(names)), expected_message);
    }
    assert_eq!(check(&["KeyConditions", "FilterExpression"]), Ok(()));
    assert_eq!(check(&legacy_names), Ok(()));
    assert_eq!(check(&expressions), Ok(()));
}

#[test]
fn a_conditional_operator_needs_two_conditions() {
    let check = |filter: &str| {
        with_members(&format!(r#""ConditionalOperator":"AND"{filter}"#), |members| {
            legacy::check_conditional_operator(members, "ScanFilter")
        })
    };
    for filter in ["", r#","ScanFilter":{}"#] {
        assert_eq!(
            refusal(check(filter)),
            "ConditionalOperator cannot be used without Filter or Expected"
        );
    }
    assert_eq!(
        refusal(check(r#","ScanFilter":{"a":{}}"#)),
        "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    );
    assert_eq!(check(r#","ScanFilter":{"a":{},"b":{}}"#), Ok(()));
}

#[test]
fn words_that_violate_a_constraint_are_reported_with_their_places() {
    let violations = |body: &str, name: &str| {
        with_members(body, |members: &mut Members<'_>| {
            legacy::constrain(members, name)?;
            members.check()
        })
    };
    let operators = "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, \
                     GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]";
    assert_eq!(
        refusal(violations(
            r#""QueryFilter":{"a":{},"b":{"ComparisonOperator":""}}"#,
            "QueryFilter"
        )),
        format!(
            "2 validation errors detected: Value null at 'queryFilter.a.member.comparisonOperator' \
             failed to satisfy constraint: Member must not be null; Value '' at \
             'queryFilter.b.member.comparisonOperator' failed to satisfy constraint: {operators}"
        )
    );
    assert_eq!(
        refusal(violations(r#""Expected":{"a":{},"b":{"ComparisonOperator":"x"}}"#, "Expected")),
        format!(
            "1 validation error detected: Value 'x' at 'expected.b.member.comparisonOperator' \
             failed to satisfy constraint: {operators}"
        )
    );
    assert_eq!(
        refusal(violations(r#""AttributesToGet":[]"#, "AttributesToGet")),
        "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy \
         constraint: Member must have length greater than or equal to 1"
    );
    assert_eq!(
        refusal(violations(
            r#""AttributeUpdates":{"a":{"Action":"put"},"b":{}}"#,
            "AttributeUpdates"
        )),
        "1 validation error detected: Value 'put' at 'attributeUpdates.a.member.action' failed to \
         satisfy constraint: Member must satisfy enum value set: [ADD, PUT, DELETE]"
    );
}

#[test]
fn parameters_of_a_wrong_shape_are_refused() {
    for (members, expected_message) in [
        (r#""Expected":5"#, "Unexpected field type"),
        (
            r#""Expected":[]"#,
            "Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>",
        ),
        (r#""Expected":{"a":5}"#, "Unexpected value type in payload"),
        (
            r#""Expected":{"a":[]}"#,
            "Unrecognized collection type class \
             com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue",
        ),
        (r#""Expected":{"a":{"Value":5}}"#, "Unexpected field type"),
        (r#""Expected":{"a":{"AttributeValueList":5}}"#, "Unexpected field type"),
        (r#""Expected":{"a":{"Exists":5}}"#, "NUMBER_VALUE cannot be converted to Boolean"),
    ] {
        let answer = with_members(members, |members| legacy::expected(members));
        let answer = answer.expect_err(members);
        assert_eq!(message("SerializationException", &answer), expected_message);
    }
}
