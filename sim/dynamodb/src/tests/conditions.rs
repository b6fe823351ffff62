//! `FilterExpression` and `ConditionExpression`.

use super::{Account, message, values_in};

const ITEM: &str = r#",
    "b":{"B":"AQIDBA=="},
    "flag":{"BOOL":true},
    "l":{"L":[{"N":"1"},{"S":"x"},{"M":{"deep":{"S":"deep"}}}]},
    "m":{"M":{"k":{"N":"5"}}},
    "n":{"N":"10"},
    "nothing":{"NULL":true},
    "ns":{"NS":["1","2"]},
    "s":{"S":"hello"},
    "ss":{"SS":["p","q"]}"#;

const VALUES: [(&str, &str); 17] = [
    (":10", r#"{"N":"10"}"#),
    (":10s", r#"{"S":"10"}"#),
    (":11", r#"{"N":"11.0"}"#),
    (":2", r#"{"N":"2"}"#),
    (":9", r#"{"N":"9"}"#),
    (":N", r#"{"S":"N"}"#),
    (":b12", r#"{"B":"AQI="}"#),
    (":b23", r#"{"B":"AgM="}"#),
    (":false", r#"{"BOOL":false}"#),
    (":hell", r#"{"S":"hell"}"#),
    (":hello", r#"{"S":"hello"}"#),
    (":l", r#"{"L":[{"N":"1.0"}]}"#),
    (":m", r#"{"M":{"k":{"N":"5.0"}}}"#),
    (":ns", r#"{"NS":["2","1"]}"#),
    (":p", r#"{"S":"p"}"#),
    (":true", r#"{"BOOL":true}"#),
    (":x", r#"{"S":"x"}"#),
];

/// Scans with a filter, and with the values that it contains.
fn filter(expression: &str) -> super::Answer {
    let values = values_in(expression, &VALUES);
    Account::holding(ITEM).ask(
        "Scan",
        &format!(
            r#"{{"TableName":"conns","Select":"COUNT","FilterExpression":"{expression}"{values}}}"#
        ),
    )
}

fn holds(expression: &str) -> bool {
    match filter(expression).body.as_str() {
        r#"{"Count":1,"ScannedCount":1}"# => true,
        r#"{"Count":0,"ScannedCount":1}"# => false,
        other => panic!("{expression}: {other}"),
    }
}

#[track_caller]
fn all_hold(expressions: &[&str]) {
    for expression in expressions {
        assert!(holds(expression), "{expression}");
        assert!(!holds(&format!("NOT ({expression})")), "NOT ({expression})");
    }
}

#[track_caller]
fn none_hold(expressions: &[&str]) {
    for expression in expressions {
        assert!(!holds(expression), "{expression}");
    }
}

#[test]
fn comparisons_compare_values_of_one_type() {
    all_hold(&[
        "n = :10",
        "n <> :11",
        "n < :11",
        "n <= :10",
        "n > :9",
        "n >= :10",
        ":9 < n",
        "s = :hello",
        "s > :hell",
        "b > :b12",
        "flag = :true",
        "flag <> :false",
        "m = :m",
        "ns = :ns",
        "m.k < n",
    ]);
    none_hold(&["n = :11", "n < :10", "n > :10", "s < :hell", "l = :l", "n < s"]);
}

#[test]
fn values_of_different_types_are_unequal_and_have_no_order() {
    all_hold(&["n <> :10s", "s <> n"]);
    none_hold(&["n = :10s", "n < :10s", "n >= :10s", "flag < n", "n BETWEEN s AND :11"]);
}

#[test]
fn what_is_missing_is_unequal_to_everything_and_has_no_order() {
    all_hold(&["absent <> :10", "absent <> gone", "m.z <> :10", "l[9] <> :10"]);
    none_hold(&[
        "absent = :10",
        "absent = gone",
        "absent < :10",
        ":10 < absent",
        "absent >= gone",
        "absent BETWEEN :9 AND :11",
        "absent IN (:10, gone)",
        "begins_with(absent, :hell)",
        "contains(absent, :x)",
        "size(absent) > :2",
        "size(absent) = :2",
        "attribute_type(absent, :N)",
    ]);
}

#[test]
fn between_has_both_its_ends() {
    all_hold(&["n BETWEEN :9 AND :10", "n between :10 and :11", "n BETWEEN m.k AND :11"]);
    none_hold(&["m.k BETWEEN :9 AND :11"]);
    all_hold(&["n BETWEEN :9 AND :10 AND s = :hello", "s = :hello AND n BETWEEN :9 AND :10"]);
}

#[test]
fn in_looks_for_an_equal() {
    all_hold(&["n IN (:9, :10)", "s in (:hello)", "n IN (:10s, :10)", "n IN (m.z, :10)"]);
    none_hold(&["n IN (:9, :11)", "n IN (:10s)"]);
}

#[test]
fn functions_say_what_is_there() {
    all_hold(&[
        "attribute_exists(n)",
        "attribute_exists(m.k)",
        "attribute_exists(l[2].deep)",
        "attribute_not_exists(absent)",
        "attribute_not_exists(n.k)",
        "attribute_exists(nothing)",
        "attribute_type(n, :N)",
        "begins_with(s, :hell)",
        "begins_with(b, :b12)",
        "contains(s, :hell)",
        "contains(b, :b23)",
        "contains(ss, :p)",
        "contains(ns, :2)",
        "contains(l, :x)",
        "size(s) > :2",
        "size(ss) = :2",
        "size(m) < :2",
        "size(l) > :2",
        "size(b) > :2",
        "size(ns) BETWEEN :2 AND :9",
        "n > size(s)",
    ]);
    none_hold(&[
        "attribute_exists(absent)",
        "attribute_not_exists(s)",
        "attribute_type(s, :N)",
        "begins_with(s, :x)",
        "begins_with(n, :hell)",
        "contains(s, :2)",
        "contains(n, :2)",
        "contains(ss, :x)",
        "contains(m, :p)",
        "size(n) = :2",
        "size(flag) = :2",
    ]);
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    all_hold(&[
        "n = :10 OR n = :9 AND n = :11",
        "(n = :10 OR n = :9) AND s = :hello",
        "NOT n = :9 AND s = :hello",
        "NOT NOT n = :10",
        "not (n = :9 or s = :x) aNd attribute_exists ( n )",
        "(n) = (:10)",
    ]);
    assert!(holds("(n = :10)"));
    none_hold(&["(n = :10 OR n = :9) AND n = :11", "NOT n = :10 AND s = :x"]);
}

#[test]
fn expressions_that_make_no_sense_are_refused_in_the_words_of_aws() {
    for (expression, expected) in [
        ("", "The expression can not be empty;"),
        ("n", r#"Syntax error; token: "<EOF>", near: "n""#),
        ("n =", r#"Syntax error; token: "<EOF>", near: "=""#),
        ("n = :10 AND NOT s", r#"Syntax error; token: "<EOF>", near: "s""#),
        ("n == :10", r#"Syntax error; token: "=", near: "== :10""#),
        ("n IN ()", r#"Syntax error; token: ")", near: "()""#),
        ("n = :10 $ s", r#"Syntax error; token: "$", near: ":10 $ s""#),
        ("(n = :10", r#"Syntax error; token: "<EOF>", near: ":10""#),
        ("(n = :10) = :9", r#"Syntax error; token: "=", near: ") = :9""#),
        ("((n = :10))", "The expression has redundant parentheses;"),
        ("((n)) = :10", "The expression has redundant parentheses;"),
        (
            "n = :nine",
            "An expression attribute value used in expression is not defined; attribute value: \
             :nine",
        ),
        (
            "#n = :10",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #n",
        ),
        ("ttl = :10", "Attribute name is a reserved keyword; reserved keyword: ttl"),
        ("dog(n)", "Invalid function name; function: dog"),
        ("Size(n) = :10", "Invalid function name; function: Size"),
        (
            "size(n)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "if_not_exists(n, s) = :10",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            "contains(n, s) = :10",
            "The function is not allowed to be used this way in an expression; function: contains",
        ),
        (
            "size(s, n) = :10",
            "Incorrect number of operands for operator or function; operator or function: size, \
             number of operands: 2",
        ),
        (
            "begins_with(s)",
            "Incorrect number of operands for operator or function; operator or function: \
             begins_with, number of operands: 1",
        ),
        (
            "attribute_exists(:10)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "attribute_type(n, s)",
            "Incorrect operand type for operator or function; operator or function: \
             attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
        (
            "attribute_type(n, :x)",
            "Invalid attribute type name found; type: x, valid types: \
             {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "begins_with(s, :10)",
            "Incorrect operand type for operator or function; operator or function: begins_with, \
             operand type: N",
        ),
        (
            "n < :true",
            "Incorrect operand type for operator or function; operator or function: <, operand \
             type: BOOL",
        ),
        (
            "size(:10) = n",
            "Incorrect operand type for operator or function; operator or function: size, operand \
             type: N",
        ),
        (
            "m.k = m.k",
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: =, first operand: [m, k]",
        ),
        (
            "n BETWEEN :11 AND :9",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower \
             bound; lower bound operand: AttributeValue: {N:11}, upper bound operand: \
             AttributeValue: {N:9}",
        ),
        (
            "n BETWEEN :9 AND :x",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound \
             operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {S:x}",
        ),
    ] {
        assert_eq!(
            message("ValidationException", &filter(expression)),
            format!("Invalid FilterExpression: {expected}"),
            "{expression}"
        );
    }
    assert_eq!(
        message("ValidationException", &filter("id.x = :10")),
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not \
         allowed: Key: id"
    );
}

#[test]
fn complaints_come_in_the_order_of_aws() {
    for (expression, expected) in [
        ("(a)between(b.(c.d))and(c)", r#"Syntax error; token: "(", near: ".(c""#),
        ("size(a).b > a", r#"Syntax error; token: ".", near: ").b""#),
        ("a > dog((:things), ((ttl)))", "The expression has redundant parentheses;"),
        ("(a)between(((b.c)).d)and(c)", "The expression has redundant parentheses;"),
        ("a=a and dog((ttl)) > a", "Invalid function name; function: dog"),
        ("size(things) AND dog(a)", "Invalid function name; function: dog"),
        (
            "ttl = a OR attribute_exists((views), (#a)) > b",
            "The function is not allowed to be used this way in an expression; function: \
             attribute_exists",
        ),
        (
            "size(contains(a, b)) > a",
            "The function is not allowed to be used this way in an expression; function: contains",
        ),
        (
            "attribute_exists(#a) AND :x < abOrT",
            "Attribute name is a reserved keyword; reserved keyword: abOrT",
        ),
        (
            "attribute_exists(#a, :nine) and a=a",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #a",
        ),
        (
            "begins_with(:hello_there, #a, #b)",
            "An expression attribute value used in expression is not defined; attribute value: \
             :hello_there",
        ),
        (
            "a = a AND :nine > a",
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: =, first operand: [a]",
        ),
        (
            "begins_with(a, size(a), b)",
            "Incorrect number of operands for operator or function; operator or function: \
             begins_with, number of operands: 3",
        ),
        (
            "a IN (b, a)",
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: IN, first operand: [a]",
        ),
        (
            "attribute_type(m.k, m.k)",
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: attribute_type, first operand: [m, k]",
        ),
        (
            "attribute_type(a, size(a)) and a=a and a=:10",
            "Incorrect operand type for operator or function; operator or function: \
             attribute_type, operand type: N",
        ),
        (
            "attribute_not_exists(size(:10))",
            "Incorrect operand type for operator or function; operator or function: size, operand \
             type: N",
        ),
        (
            "attribute_not_exists(size(:x))",
            "Operator or function requires a document path; operator or function: \
             attribute_not_exists",
        ),
        (
            "size(size(a)) > :10",
            "Incorrect operand type for operator or function; operator or function: size, operand \
             type: N",
        ),
    ] {
        assert_eq!(
            message("ValidationException", &filter(expression)),
            format!("Invalid FilterExpression: {expected}"),
            "{expression}"
        );
    }
}

#[test]
fn a_path_may_begin_in_parentheses() {
    all_hold(&["(m).k < n", "(m.k) < n", "(l)[0] < :2"]);
}

#[test]
fn a_filter_has_at_most_300_operators() {
    let filter_with = |comparisons: usize| filter(&vec!["n<>s"; comparisons].join(" AND "));
    assert!(filter_with(150).is_success());
    assert_eq!(
        message("ValidationException", &filter_with(151)),
        "Invalid FilterExpression: The expression contains too many operators; operator count: 301"
    );
}

#[test]
fn a_list_of_in_has_at_most_99_members() {
    let list = |count: usize| format!("n IN ({})", vec![":10"; count].join(","));
    assert!(holds(&list(99)));
    assert_eq!(
        message("ValidationException", &filter(&list(100))),
        "Invalid FilterExpression: The IN operator is provided with too many operands; number of \
         operands: 101"
    );
}

#[test]
fn no_expression_can_exhaust_the_stack() {
    for deep in ["(", "NOT ", "size(", "n = (", "a.", "a[0]", "n=:10 AND ", "n=:10 OR "] {
        let expression = deep.repeat(4096 / deep.len());
        message("ValidationException", &filter(&expression));
    }
    let long = format!("n = :10{}", " ".repeat(4096));
    assert_eq!(
        message("ValidationException", &filter(&long)),
        "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; \
         expression size: 4103"
    );
}

#[test]
fn placeholders_must_be_sound_and_used() {
    for (members, expected) in [
        (
            r##","ExpressionAttributeNames":{"#n":"n"}"##,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            r#","ExpressionAttributeValues":{":n":{"N":"1"}}"#,
            "ExpressionAttributeValues can only be specified when using expressions: \
             ConditionExpression is null",
        ),
        (
            r#","ConditionExpression":"n = s","ExpressionAttributeNames":{}"#,
            "ExpressionAttributeNames must not be empty",
        ),
        (
            r#","ConditionExpression":"n = s","ExpressionAttributeNames":{"n":"n"}"#,
            r#"ExpressionAttributeNames contains invalid key: Syntax error; key: "n""#,
        ),
        (
            r##","ConditionExpression":"n = s","ExpressionAttributeNames":{"#b":"b","#a":"a"}"##,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}",
        ),
        (
            r#","ConditionExpression":"n = s","ExpressionAttributeValues":{":n":{"N":"1"}}"#,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:n}",
        ),
        (
            r#","ConditionExpression":"n = :n","ExpressionAttributeValues":{":n":{"N":"x"}}"#,
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted \
             to a numeric value: x for key :n",
        ),
    ] {
        let put = format!(r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}}}}{members}}}"#);
        let answer = Account::new().ask("PutItem", &put);
        assert_eq!(message("ValidationException", &answer), expected);
    }
}

#[test]
fn names_hide_what_could_not_be_written() {
    let mut account = Account::holding(r#","and":{"M":{"o.r":{"S":"x"}}}"#);
    let names = r##","ExpressionAttributeNames":{"#1":"and","#2":"o.r"}"##;
    let found = account.scanned(&format!(
        r##","FilterExpression":"#1.#2 = :x",
            "ExpressionAttributeValues":{{":x":{{"S":"x"}}}}{names}"##
    ));
    assert_eq!(found, ["a"]);
}
