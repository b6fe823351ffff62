//! `UpdateExpression`, called directly.

use super::{item, message, values_in, with_members};
use crate::Answer;
use crate::expression::{Placeholders, Update};

const KEY: &str = r#""id":{"S":"a"}"#;

const OLD: &str = r#"
    "id":{"S":"a"},
    "l":{"L":[{"S":"zero"},{"S":"one"},{"S":"two"},{"S":"three"}]},
    "m":{"M":{"inside":{"L":[{"N":"1"}]},"k":{"N":"5"},"tags":{"SS":["p"]}}},
    "n":{"N":"10"},
    "s":{"S":"text"},
    "tags":{"SS":["p","q"]}"#;

const VALUES: [(&str, &str); 17] = [
    (":1", r#"{"N":"1"}"#),
    (":2", r#"{"N":"2"}"#),
    (":b", r#"{"B":"YQ=="}"#),
    (":bool", r#"{"BOOL":true}"#),
    (":bs", r#"{"BS":["YQ=="]}"#),
    (":huge", r#"{"N":"9e125"}"#),
    (":l", r#"{"L":[{"S":"x"}]}"#),
    (":m", r#"{"M":{"a":{"N":"1"}}}"#),
    (":ns", r#"{"NS":["1"]}"#),
    (":null", r#"{"NULL":true}"#),
    (":p", r#"{"SS":["p"]}"#),
    (":pq", r#"{"SS":["p","q"]}"#),
    (":qr", r#"{"SS":["q","r"]}"#),
    (":s", r#"{"S":"new"}"#),
    (":tiny", r#"{"N":"0.1"}"#),
    (":x", r#"{"S":"x"}"#),
    (":y", r#"{"S":"y"}"#),
];

/// Reads an update, with the values that it contains.
fn read(expression: &str, members: &str) -> Result<Update, Answer> {
    let values = values_in(expression, &VALUES);
    with_members(&format!(r#""UpdateExpression":"{expression}"{values}{members}"#), |members| {
        let expressions = ["UpdateExpression", "ConditionExpression"];
        let mut placeholders = Placeholders::read(members, &expressions)?;
        let update = Update::read(members, "UpdateExpression", &mut placeholders)?;
        placeholders.check_all_used()?;
        Ok(update.expect("there is an expression"))
    })
}

fn update(expression: &str) -> Update {
    read(expression, "").unwrap_or_else(|answer| panic!("{expression}: {}", answer.body))
}

/// The old item after an update.
fn updated(expression: &str) -> String {
    let new = update(expression).apply(&item(KEY), Some(&item(OLD)));
    new.unwrap_or_else(|answer| panic!("{expression}: {}", answer.body)).json().to_owned()
}

/// One attribute of the old item after an update.
fn updated_attribute(name: &str, expression: &str) -> String {
    let new = update(expression).apply(&item(KEY), Some(&item(OLD)));
    let new = new.unwrap_or_else(|answer| panic!("{expression}: {}", answer.body));
    new.json_member(name).unwrap_or("absent").to_owned()
}

#[track_caller]
fn assert_refused(expression: &str, expected: &str) {
    let answer = read(expression, "").expect_err(expression);
    assert_eq!(
        message("ValidationException", &answer),
        format!("Invalid UpdateExpression: {expected}"),
        "{expression}"
    );
}

#[track_caller]
fn assert_fails(expression: &str, expected: &str) {
    let answer = update(expression).apply(&item(KEY), Some(&item(OLD))).expect_err(expression);
    assert_eq!(message("ValidationException", &answer), expected, "{expression}");
}

#[test]
fn an_item_that_is_not_there_is_made_from_its_key() {
    let new = update("SET b = if_not_exists(b, id), c = :s").apply(&item(KEY), None);
    assert_eq!(
        new.expect("the update is sound").json(),
        r#"{"b":{"S":"a"},"c":{"S":"new"},"id":{"S":"a"}}"#
    );
}

#[test]
fn every_value_is_worked_out_from_the_old_item() {
    let swapped = update("SET n = s, s = n").apply(&item(KEY), Some(&item(OLD)));
    let swapped = swapped.expect("the update is sound");
    assert_eq!(swapped.json_member("n"), Some(r#""n":{"S":"text"}"#));
    assert_eq!(swapped.json_member("s"), Some(r#""s":{"N":"10"}"#));
}

#[test]
fn set_adds_subtracts_appends_and_defaults() {
    for (expression, expected) in [
        ("SET x = n + :2", r#""x":{"N":"12"}"#),
        ("SET x = :2 - n", r#""x":{"N":"-8"}"#),
        ("set x=((n)-(m.k))", r#""x":{"N":"5"}"#),
        ("SET x = (n)", r#""x":{"N":"10"}"#),
        ("SET x = if_not_exists(n, :s)", r#""x":{"N":"10"}"#),
        ("SET x = if_not_exists(gone, :s)", r#""x":{"S":"new"}"#),
        ("SET x = if_not_exists(gone, :2) + :1", r#""x":{"N":"3"}"#),
        ("SET x = list_append(m.inside, :l)", r#""x":{"L":[{"N":"1"},{"S":"x"}]}"#),
        (
            "SET x = list_append(if_not_exists(gone, :l), m.inside)",
            r#""x":{"L":[{"S":"x"},{"N":"1"}]}"#,
        ),
    ] {
        assert_eq!(updated_attribute("x", expression), expected, "{expression}");
    }
}

#[test]
fn add_counts_and_unites() {
    assert_eq!(updated_attribute("n", "ADD n :2"), r#""n":{"N":"12"}"#);
    assert_eq!(updated_attribute("x", "ADD x :2"), r#""x":{"N":"2"}"#);
    assert_eq!(updated_attribute("tags", "ADD tags :qr"), r#""tags":{"SS":["p","q","r"]}"#);
    assert_eq!(updated_attribute("x", "ADD x :qr"), r#""x":{"SS":["q","r"]}"#);
}

#[test]
fn delete_leaves_no_empty_set() {
    assert_eq!(updated_attribute("tags", "DELETE tags :qr"), r#""tags":{"SS":["p"]}"#);
    assert_eq!(updated_attribute("tags", "DELETE tags :pq"), "absent");
    assert_eq!(updated_attribute("x", "DELETE x :pq"), "absent");
    assert_eq!(
        updated_attribute("m", "DELETE m.tags :p"),
        r#""m":{"M":{"inside":{"L":[{"N":"1"}]},"k":{"N":"5"}}}"#
    );
}

#[test]
fn remove_passes_over_what_is_not_there() {
    assert_eq!(updated_attribute("s", "REMOVE s, gone"), "absent");
    assert_eq!(updated("REMOVE gone, m.gone, l[9]"), item(OLD).json());
}

#[test]
fn indexes_are_those_of_the_old_list() {
    for (expression, expected) in [
        ("REMOVE l[1]", r#"{"S":"zero"},{"S":"two"},{"S":"three"}"#),
        ("REMOVE l[0], l[2]", r#"{"S":"one"},{"S":"three"}"#),
        ("REMOVE l[0] SET l[1] = :x", r#"{"S":"x"},{"S":"two"},{"S":"three"}"#),
        (
            "SET l[9] = :y, l[7] = :x",
            r#"{"S":"zero"},{"S":"one"},{"S":"two"},{"S":"three"},{"S":"x"},{"S":"y"}"#,
        ),
    ] {
        let expected = format!(r#""l":{{"L":[{expected}]}}"#);
        assert_eq!(updated_attribute("l", expression), expected, "{expression}");
    }
}

#[test]
fn parts_are_changed_in_their_places() {
    assert_eq!(
        updated_attribute("m", "SET m.inside[0] = :x, m.k = m.k + :1 REMOVE m.tags"),
        r#""m":{"M":{"inside":{"L":[{"S":"x"}]},"k":{"N":"6"}}}"#
    );
}

#[test]
fn only_the_paths_that_are_written_are_returned() {
    let expression = "SET m.k = :1, m.fresh = :2, l[6] = :x, l[3] = :y REMOVE n, l[1]";
    let update = update(expression);
    assert_eq!(update.attributes().collect::<Vec<_>>(), ["m", "m", "l", "l", "n", "l"]);
    let old = item(OLD);
    let new = update.apply(&item(KEY), Some(&old)).expect("the update is sound");
    assert_eq!(
        update.part_of(&old).expect("some of it was there").json(),
        r#"{"l":{"L":[{"S":"one"},{"S":"three"}]},"m":{"M":{"k":{"N":"5"}}},"n":{"N":"10"}}"#
    );
    assert_eq!(
        update.part_of(&new).expect("some of it is there").json(),
        r#"{"l":{"L":[{"S":"two"},{"S":"x"}]},"m":{"M":{"fresh":{"N":"2"},"k":{"N":"1"}}}}"#
    );
}

#[test]
fn an_update_that_only_removes_leaves_nothing_to_return() {
    let update = update("REMOVE s, gone");
    let new = update.apply(&item(KEY), Some(&item(OLD))).expect("the update is sound");
    assert_eq!(update.part_of(&new), None);
}

#[test]
fn wrong_syntax_is_refused() {
    for (expression, expected) in [
        ("", "The expression can not be empty;"),
        ("INVALID SYNTAX HERE", r#"Syntax error; token: "INVALID", near: "INVALID SYNTAX""#),
        ("SET", r#"Syntax error; token: "<EOF>", near: "SET""#),
        ("SET a", r#"Syntax error; token: "<EOF>", near: "a""#),
        ("set a=set", r#"Syntax error; token: "set", near: "=set""#),
        ("SET :x = b", r#"Syntax error; token: ":x", near: "SET :x =""#),
        ("SET a = b + n + :1", r#"Syntax error; token: "+", near: "n + :1""#),
        ("SET a = (n + :1) + :1", r#"Syntax error; token: "+", near: ") + :1""#),
        ("SET a = (b.c).d", r#"Syntax error; token: ".", near: ").d""#),
        ("set (a = n)", r#"Syntax error; token: "(", near: "set (a""#),
        ("SET a = 1", r#"Syntax error; token: "1", near: "= 1""#),
        ("add a = :1", r#"Syntax error; token: "=", near: "a = :1""#),
        ("delete a b", r#"Syntax error; token: "b", near: "a b""#),
        ("remove a b", r#"Syntax error; token: "b", near: "a b""#),
        ("SET #, b = :1", r##"Syntax error; token: "#", near: "SET #,""##),
        ("SET a = ((n))", "The expression has redundant parentheses;"),
        ("SET a = n, SET b = n", r#"Syntax error; token: "SET", near: ", SET b""#),
    ] {
        assert_refused(expression, expected);
    }
}

#[test]
fn what_makes_no_sense_is_refused_in_the_order_of_aws() {
    for (expression, expected) in [
        (
            " set #c = :c set abOrt = true ",
            "Attribute name is a reserved keyword; reserved keyword: abOrt",
        ),
        ("SET and = :x", "Attribute name is a reserved keyword; reserved keyword: and"),
        ("set #c = dog(:c) set c = d", "Invalid function name; function: dog"),
        ("SET a = size(b)", "The function is not allowed in an update expression; function: size"),
        (
            "add #d :e set a = b add e :f",
            "The \"ADD\" section can only be used once in an update expression;",
        ),
        (
            "SET a = if_not_exists(:c), b = #d",
            "An expression attribute name used in the document path is not defined; attribute \
             name: #d",
        ),
        (
            "SET a = if_not_exists(:c)",
            "An expression attribute value used in expression is not defined; attribute value: :c",
        ),
        (
            "set d[1] = a, d.b = a, c[1].a = a, c = if_not_exists(a)",
            "Two document paths overlap with each other; must remove or rewrite one of these \
             paths; path one: [c, [1], a], path two: [c]",
        ),
        (
            "remove a.c set a[1] = list_append(b)",
            "Two document paths conflict with each other; must remove or rewrite one of these \
             paths; path one: [a, c], path two: [a, [1]]",
        ),
        (
            "set b = list_append(:s, a), c = if_not_exists(a) add a.b :s",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        ),
        (
            "set b = list_append(:s, a), c = if_not_exists(a)",
            "Incorrect operand type for operator or function; operator or function: list_append, \
             operand type: S",
        ),
        (
            "set c = if_not_exists(a)",
            "Incorrect number of operands for operator or function; operator or function: \
             if_not_exists, number of operands: 1",
        ),
        (
            "set a = if_not_exists(if_not_exists(a, b), c)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "set a = a - :l",
            "Incorrect operand type for operator or function; operator or function: -, operand \
             type: L",
        ),
    ] {
        assert_refused(expression, expected);
    }
}

#[test]
fn add_and_delete_take_only_some_types() {
    for (operand, name) in [
        (":s", "STRING"),
        (":b", "BINARY"),
        (":bool", "BOOLEAN"),
        (":null", "NULL"),
        (":m", "MAP"),
        (":l", "LIST"),
    ] {
        for verb in ["ADD", "DELETE"] {
            let expected = format!(
                "Incorrect operand type for operator or function; operator: {verb}, operand \
                 type: {name}"
            );
            assert_refused(&format!("{verb} a {operand}"), &expected);
        }
    }
    assert_refused(
        "DELETE a :1",
        "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
    );
}

#[test]
fn what_does_not_fit_the_item_fails() {
    let no_place = "The document path provided in the update expression is invalid for update";
    let wrong_type = "An operand in the update expression has an incorrect data type";
    let no_attribute =
        "The provided expression refers to an attribute that does not exist in the item";
    for expression in [
        "SET gone.a = :x",
        "SET gone[0] = :x",
        "SET s.a = :x",
        "SET m[0] = :x",
        "SET l.a = :x",
        "REMOVE gone.a",
        "REMOVE s[1]",
        "ADD l.a :1",
        "DELETE gone.a :p",
        "SET m.gone.a = :x",
    ] {
        assert_fails(expression, no_place);
    }
    for expression in [
        "DELETE tags :ns",
        "DELETE n :ns",
        "ADD tags :1",
        "ADD tags :bs",
        "ADD m :ns",
        "SET x = s + :1",
        "SET x = :1 - m",
        "SET x = list_append(tags, :l)",
    ] {
        assert_fails(expression, wrong_type);
    }
    assert_fails("SET x = gone", no_attribute);
    assert_fails("SET x = list_append(gone, :l), gone.a = :x", no_attribute);
    assert_fails(
        "SET x = if_not_exists(gone, :huge) + :huge",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    );
    assert_fails(
        "ADD m.k :huge",
        "Attempting to store more than 38 significant digits in a Number",
    );
    assert_eq!(updated_attribute("n", "ADD n :tiny"), r#""n":{"N":"10.1"}"#);
}

#[test]
fn an_update_looks_into_what_it_reads_as_well_as_into_what_it_writes() {
    let update = update("SET c = list_append(id.x, :l), d = n + :1, e = m.k REMOVE f.g ADD h :p");
    let looked_into = ["id", "m", "f", "c", "n", "h"].map(|name| update.looks_into(name));
    assert_eq!(looked_into, [true, true, true, false, false, false]);
}

#[test]
fn an_expression_has_at_most_300_operators() {
    let sums = |count: usize| {
        let sums: Vec<_> = (0..count).map(|index| format!("a{index}=n+n")).collect();
        format!("SET {}", sums.join(","))
    };
    update(&sums(300));
    assert_refused(&sums(301), "The expression contains too many operators; operator count: 301");
}

#[test]
fn no_update_can_exhaust_the_stack() {
    for deep in ["SET a = (", "SET a = if_not_exists(", "("] {
        let expression = format!("SET a = {}", deep.repeat(4000 / deep.len()));
        read(&expression, "").expect_err("the expression is unsound");
    }
}
