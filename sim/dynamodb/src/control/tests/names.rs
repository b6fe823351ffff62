//! Names of tables, which have one rule for items and another one for tables.

use super::{SMALL, body, code, message, parsed, refusal};
use crate::control::{CreateTable, DeleteTable, DescribeTable, DescribeTimeToLive};
use crate::members::Members;

fn of_data(name: &str) -> Result<String, String> {
    let body = body(&format!(r#"{{"TableName":{name}}}"#));
    let mut members = Members::new(&body).expect("the request is an object");
    let table = members.table().and_then(|table| members.check().map(|()| table));
    table.map_err(|answer| message(&answer))
}

#[test]
fn a_table_without_a_name_is_refused_in_words_of_its_own() {
    for request in ["{}", r#"{"TableName":null}"#] {
        let answer = refusal(DescribeTable::parse, request);
        assert_eq!(
            message(&answer),
            "The parameter 'TableName' is required but was not present in the request"
        );
    }
}

#[test]
fn a_name_of_the_wrong_length_is_reported_alone() {
    let long = "a".repeat(256);
    for (name, constraint) in [
        ("", "Member must have length greater than or equal to 3"),
        ("x!", "Member must have length greater than or equal to 3"),
        (long.as_str(), "Member must have length less than or equal to 255"),
    ] {
        let request = format!(r#"{{"TableName":"{name}","KeySchema":[]}}"#);
        assert_eq!(
            message(&refusal(CreateTable::parse, &request)),
            format!(
                "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy \
                 constraint: {constraint}"
            )
        );
    }
}

#[test]
fn the_characters_of_a_name_are_reported_with_everything_else() {
    let answer = refusal(CreateTable::parse, r#"{"TableName":"abc;"}"#);
    assert_eq!(
        message(&answer),
        "3 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy \
         constraint: Member must not be null; Value 'abc;' at 'tableName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value null \
         at 'keySchema' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn the_control_plane_takes_arns() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/conns";
    let request = format!(r#"{{"TableName":"{arn}",{SMALL}}}"#);
    assert_eq!(parsed(CreateTable::parse, &request).table(), "conns");
    assert_eq!(parsed(DeleteTable::parse, &request).table(), "conns");
    assert_eq!(parsed(DescribeTimeToLive::parse, &request).table(), "conns");
}

#[test]
fn there_is_no_table_of_another_account() {
    let arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/conns";
    let answer = refusal(DescribeTable::parse, &format!(r#"{{"TableName":"{arn}"}}"#));
    assert_eq!(code(&answer), "ResourceNotFoundException");
    assert_eq!(message(&answer), "Requested resource not found: Table: conns not found");
    assert_eq!(of_data(&format!("{arn:?}")), Err("Requested resource not found".to_owned()));
}

#[test]
fn operations_on_data_take_short_names_and_arns() {
    for (name, table) in [
        (r#""a""#, "a"),
        (r#""conns""#, "conns"),
        (r#""arn:aws:dynamodb:us-east-1:123456789012:table/conns""#, "conns"),
    ] {
        assert_eq!(of_data(name).as_deref(), Ok(table));
    }
}

#[test]
fn operations_on_data_name_each_constraint_of_a_name() {
    let long = format!(r#""{}""#, "a".repeat(256));
    let far = format!(r#""arn:aws:dynamodb:{}:123456789012:table/conns""#, "x".repeat(1024));
    for (name, constraint) in [
        (r#""""#, "Member must have length greater than or equal to 1"),
        (r#""a;""#, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
        (long.as_str(), "Member must have length less than or equal to 255"),
        (far.as_str(), "Member must have length less than or equal to 1024"),
        ("null", "Member must not be null"),
    ] {
        let message = of_data(name).expect_err("the name is refused");
        assert!(message.starts_with("1 validation error detected: Value "), "{message}");
        let end = format!(" at 'tableName' failed to satisfy constraint: {constraint}");
        assert!(message.ends_with(&end), "{message}");
    }
}
