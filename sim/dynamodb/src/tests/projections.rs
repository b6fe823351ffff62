//! `ProjectionExpression`.

use super::{Account, message};

const ITEM: &str = r#",
    "elements":{"L":[{"S":"zero"},{"S":"one"},{"M":{"x":{"N":"2"}}}]},
    "m":{"M":{"x":{"N":"1"},"y":{"S":"why"}}},
    "name":{"S":"ana"}"#;

/// The one item of a page, projected.
fn projected(expression: &str, more: &str) -> String {
    let body =
        Account::holding(ITEM).scan(&format!(r#","ProjectionExpression":"{expression}"{more}"#));
    let prefix = r#"{"Count":1,"Items":["#;
    let suffix = r#"],"ScannedCount":1}"#;
    let item = body.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
    item.unwrap_or_else(|| panic!("no page of one item: {body}")).to_owned()
}

fn complaint(expression: &str) -> String {
    let body = format!(r#"{{"TableName":"conns","ProjectionExpression":"{expression}"}}"#);
    message("ValidationException", &Account::holding(ITEM).ask("Scan", &body))
}

#[test]
fn top_level_attributes_come_in_the_order_of_their_names() {
    let names = r##","ExpressionAttributeNames":{"#n":"name"}"##;
    assert_eq!(projected("#n, id", names), r#"{"id":{"S":"a"},"name":{"S":"ana"}}"#);
}

#[test]
fn what_is_not_there_is_left_out() {
    assert_eq!(projected("absent", ""), "{}");
    assert_eq!(projected("id,m.z,elements[7],id2.x", ""), r#"{"id":{"S":"a"}}"#);
    assert_eq!(projected("m[0], elements.x", ""), "{}");
}

#[test]
fn parts_of_maps_keep_their_place() {
    assert_eq!(projected("m.x", ""), r#"{"m":{"M":{"x":{"N":"1"}}}}"#);
    assert_eq!(
        projected("m.#y, m.x", r##","ExpressionAttributeNames":{"#y":"y"}"##),
        r#"{"m":{"M":{"x":{"N":"1"},"y":{"S":"why"}}}}"#
    );
}

#[test]
fn elements_of_lists_move_together() {
    let names = r##","ExpressionAttributeNames":{"#l":"elements"}"##;
    assert_eq!(
        projected("#l[2].x, #l[0], #l[9]", names),
        r#"{"elements":{"L":[{"S":"zero"},{"M":{"x":{"N":"2"}}}]}}"#
    );
}

#[test]
fn paths_that_overlap_or_conflict_are_refused() {
    for (expression, expected) in [
        (
            "m, m.x",
            "Invalid ProjectionExpression: Two document paths overlap with each other; must \
             remove or rewrite one of these paths; path one: [m], path two: [m, x]",
        ),
        (
            "m.x, m.x",
            "Invalid ProjectionExpression: Two document paths overlap with each other; must \
             remove or rewrite one of these paths; path one: [m, x], path two: [m, x]",
        ),
        (
            "m.x, m[0], l, l",
            "Invalid ProjectionExpression: Two document paths overlap with each other; must \
             remove or rewrite one of these paths; path one: [l], path two: [l]",
        ),
        (
            "m.x, m[0]",
            "Invalid ProjectionExpression: Two document paths conflict with each other; must \
             remove or rewrite one of these paths; path one: [m, x], path two: [m, [0]]",
        ),
    ] {
        assert_eq!(complaint(expression), expected);
    }
}

#[test]
fn reserved_words_and_wrong_syntax_are_refused() {
    for (expression, expected) in [
        ("", "Invalid ProjectionExpression: The expression can not be empty;"),
        (
            "id, ttl",
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: \
             ttl",
        ),
        (
            "#x, and, id, id",
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: \
             and",
        ),
        (
            "#x",
            "Invalid ProjectionExpression: An expression attribute name used in the document path \
             is not defined; attribute name: #x",
        ),
        ("id,", r#"Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ",""#),
        ("id x", r#"Invalid ProjectionExpression: Syntax error; token: "x", near: "id x""#),
        ("m[x]", r#"Invalid ProjectionExpression: Syntax error; token: "x", near: "[x]""#),
        ("m-x", r#"Invalid ProjectionExpression: Syntax error; token: "-", near: "m-x""#),
        ("!!!", r#"Invalid ProjectionExpression: Syntax error; token: "!", near: "!!""#),
        ("[0]", r#"Invalid ProjectionExpression: Syntax error; token: "[", near: "[0""#),
        (
            "id.x",
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not \
             allowed: Key: id",
        ),
    ] {
        assert_eq!(complaint(expression), expected);
    }
}
