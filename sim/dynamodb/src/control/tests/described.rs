//! Descriptions, lists, limits and endpoints.

use std::time::Duration;

use stormglass_spec::Time;

use super::{INDEXED, TestTable, code, json, message, parsed, refusal};
use crate::control::{DescribeTable, ListTables, describe_endpoints, describe_limits};
use crate::refusals::table_not_found;
use crate::size::{Size, Statistics};

fn listed(request: &str, names: &[&str]) -> String {
    parsed(ListTables::parse, request).apply(names.iter().copied()).body
}

#[test]
fn a_description_counts_what_is_in_the_table_and_its_indexes() {
    let table = TestTable::new(INDEXED);
    let statistics = Statistics {
        table: Size { items: 3, bytes: 70 },
        indexes: [("by-b".to_owned(), Size { items: 2, bytes: 40 })].into(),
    };
    let request = parsed(DescribeTable::parse, r#"{"TableName":"conns"}"#);
    let answer = request.apply(&table.definition, &table.state, &statistics, Time::ZERO);
    let table = &json(&answer)["Table"];
    assert_eq!((&table["ItemCount"], &table["TableSizeBytes"]), (&3.into(), &70.into()));
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!((&index["ItemCount"], &index["IndexSizeBytes"]), (&2.into(), &40.into()));
}

#[test]
fn attributes_are_described_by_name() {
    let create = r#""AttributeDefinitions":[{"AttributeName":"z","AttributeType":"S"},
        {"AttributeName":"b","AttributeType":"N"}],"KeySchema":[{"AttributeName":"z",
        "KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
        "BillingMode":"PAY_PER_REQUEST""#;
    let described = TestTable::new(create).describe();
    let names: Vec<_> = described["AttributeDefinitions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|attribute| &attribute["AttributeName"])
        .collect();
    assert_eq!(names, ["b", "z"]);
}

#[test]
fn times_are_seconds_since_1970() {
    let mut table = TestTable::slow(INDEXED, Duration::from_millis(1_042));
    table.wait(Duration::from_secs(2));
    let summary = &table.describe()["BillingModeSummary"];
    assert_eq!(summary["LastUpdateToPayPerRequestDateTime"], 1_767_225_601.042);
}

#[test]
fn an_index_that_is_being_built_cannot_be_read() {
    let mut table = TestTable::slow(INDEXED, Duration::from_secs(5));
    let refusal = table.state.check_index("by-b", table.now).expect_err("it is being built");
    assert_eq!(message(&refusal), "Cannot read from backfilling global secondary index: by-b");
    assert_eq!(table.state.check_index("other", table.now), Ok(()));
    table.wait(Duration::from_secs(5));
    assert_eq!(table.state.check_index("by-b", table.now), Ok(()));
}

#[test]
fn a_list_goes_on_after_the_name_where_the_last_one_ended() {
    let names = ["abc", "abd", "abe"];
    assert_eq!(listed("{}", &names), r#"{"TableNames":["abc","abd","abe"]}"#);
    assert_eq!(
        listed(r#"{"Limit":2}"#, &names),
        r#"{"TableNames":["abc","abd"],"LastEvaluatedTableName":"abd"}"#
    );
    assert_eq!(
        listed(r#"{"Limit":2,"ExclusiveStartTableName":"abd"}"#, &names),
        r#"{"TableNames":["abe"]}"#
    );
    assert_eq!(
        listed(r#"{"ExclusiveStartTableName":"abcd"}"#, &names),
        r#"{"TableNames":["abd","abe"]}"#
    );
    assert_eq!(listed(r#"{"Limit":3}"#, &names), r#"{"TableNames":["abc","abd","abe"]}"#);
    assert_eq!(listed("{}", &[]), r#"{"TableNames":[]}"#);
}

#[test]
fn a_list_has_at_most_a_hundred_names() {
    let names: Vec<_> = (0..101).map(|number| format!("table-{number:03}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    assert!(listed("{}", &names).ends_with(r#""LastEvaluatedTableName":"table-099"}"#));
}

#[test]
fn the_members_of_a_list_have_constraints() {
    let answer = refusal(ListTables::parse, r#"{"ExclusiveStartTableName":"a;","Limit":500}"#);
    assert_eq!(
        message(&answer),
        "3 validation errors detected: Value 'a;' at 'exclusiveStartTableName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' \
         at 'exclusiveStartTableName' failed to satisfy constraint: Member must have length \
         greater than or equal to 3; Value '500' at 'limit' failed to satisfy constraint: Member \
         must have value less than or equal to 100"
    );
}

#[test]
fn a_table_that_is_not_there_is_named() {
    let answer = table_not_found("conns");
    assert_eq!(code(&answer), "ResourceNotFoundException");
    assert_eq!(message(&answer), "Requested resource not found: Table: conns not found");
}

#[test]
fn limits_and_endpoints_are_those_of_a_new_account() {
    assert_eq!(json(&describe_limits())["TableMaxReadCapacityUnits"], 40_000);
    assert_eq!(
        describe_endpoints().body,
        "{\"Endpoints\":[{\"Address\":\"dynamodb.eu-central-1.amazonaws.com\",\
         \"CachePeriodInMinutes\":1440}]}"
    );
}
