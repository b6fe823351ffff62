//! Changes of tables.

use std::time::Duration;

use serde_json::json;

use super::{INDEXED, PROVISIONED, SMALL, TestTable, code, message, refusal};
use crate::control::UpdateTable;

const INVALID: &str = "One or more parameter values were invalid: ";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn units(units: u64) -> String {
    format!(
        r#""ProvisionedThroughput":{{"ReadCapacityUnits":{units},"WriteCapacityUnits":{units}}}"#
    )
}

fn new_index(name: &str, attribute: &str, more: &str) -> String {
    format!(
        r#""GlobalSecondaryIndexUpdates":[{{"Create":{{"IndexName":"{name}",
        "KeySchema":[{{"AttributeName":"{attribute}","KeyType":"HASH"}}],
        "Projection":{{"ProjectionType":"ALL"}}{more}}}}}]"#
    )
}

fn defined(attribute: &str) -> String {
    format!(r#""AttributeDefinitions":[{{"AttributeName":"{attribute}","AttributeType":"S"}}]"#)
}

fn deletion(index: &str) -> String {
    format!(r#""GlobalSecondaryIndexUpdates":[{{"Delete":{{"IndexName":"{index}"}}}}]"#)
}

fn index_units(index: &str, count: u64) -> String {
    format!(
        r#""GlobalSecondaryIndexUpdates":[{{"Update":{{"IndexName":"{index}",{}}}}}]"#,
        units(count)
    )
}

#[test]
fn a_request_must_ask_for_something() {
    let at_least = "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
                    GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, \
                    MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, \
                    DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is \
                    required";
    let one_of = "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, \
                  GlobalSecondaryIndexUpdate.Delete must not be null";
    let one_each = "Only one global secondary index update per index is allowed simultaneously. \
                    Index: abc";
    let one_action = "Only one global secondary index action is allowed per \
                      GlobalSecondaryIndexUpdate object";
    let delete = r#"{"Delete":{"IndexName":"abc"}}"#;
    let both = format!(
        r#"{{"Delete":{{"IndexName":"abc"}},"Update":{{"IndexName":"abc",{}}}}}"#,
        units(1)
    );
    for (updates, expected) in [
        (String::new(), at_least.to_owned()),
        ("{}".to_owned(), format!("{INVALID}{one_of}")),
        (format!("{delete},{delete}"), format!("{INVALID}{one_each}")),
        (both, format!("{INVALID}{one_action}")),
    ] {
        let request =
            format!(r#"{{"TableName":"conns","GlobalSecondaryIndexUpdates":[{updates}]}}"#);
        assert_eq!(message(&refusal(UpdateTable::parse, &request)), expected);
    }
}

#[test]
fn violations_within_updates_of_indexes_are_named() {
    let request = r#"{"TableName":"conns","GlobalSecondaryIndexUpdates":[{"Update":{}},
        {"Delete":{"IndexName":"a"}}]}"#;
    assert_eq!(
        message(&refusal(UpdateTable::parse, request)),
        "3 validation errors detected: Value null at \
         'globalSecondaryIndexUpdates.1.member.update.indexName' failed to satisfy constraint: \
         Member must not be null; Value null at \
         'globalSecondaryIndexUpdates.1.member.update.provisionedThroughput' failed to satisfy \
         constraint: Member must not be null; Value 'a' at \
         'globalSecondaryIndexUpdates.2.member.delete.indexName' failed to satisfy constraint: \
         Member must have length greater than or equal to 3"
    );
}

#[test]
fn some_changes_must_come_alone() {
    for (members, expected) in [
        (
            format!(r#""TableClass":"STANDARD",{}"#, units(2)),
            "TableClass modification must be the only operation in the request",
        ),
        (
            format!(r#""DeletionProtectionEnabled":true,{}"#, units(2)),
            "DeletionProtection modification must be the only operation in the request",
        ),
        (
            format!(r#""SSESpecification":{{"Enabled":true}},{}"#, units(2)),
            "Server-Side Encryption modification must be the only operation in the request",
        ),
        (
            format!("{},{}", deletion("by-b"), units(2)),
            "You cannot create or delete index while updating table IOPS",
        ),
    ] {
        let refusal = TestTable::new(PROVISIONED).update_refusal(&members);
        assert_eq!(refusal, format!("{INVALID}{expected}"));
    }
}

#[test]
fn the_old_throughput_is_shown_until_the_change_is_done() {
    let mut table = TestTable::slow(PROVISIONED, Duration::from_secs(5));
    table.wait(Duration::from_secs(5));
    let answer = table.update(&units(3)).expect("the throughput can be changed");
    assert_eq!(answer["TableStatus"], "UPDATING");
    assert_eq!(
        answer["ProvisionedThroughput"],
        json!({"LastIncreaseDateTime": 1_767_225_605.0, "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    );
    table.wait(Duration::from_secs(5));
    let description = table.describe();
    assert_eq!(description["TableStatus"], "ACTIVE");
    assert_eq!(
        description["ProvisionedThroughput"],
        json!({"LastIncreaseDateTime": 1_767_225_610.0, "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 3, "WriteCapacityUnits": 3})
    );
}

#[test]
fn decreases_are_counted_by_the_day() {
    let mut table = TestTable::new(PROVISIONED);
    table.update(&units(9)).expect("the throughput can be changed");
    for (count, less) in [(1, 8), (2, 7)] {
        let answer = table.update(&units(less)).expect("the throughput can be changed");
        assert_eq!(answer["ProvisionedThroughput"]["ReadCapacityUnits"], less + 1);
        let shown = table.describe()["ProvisionedThroughput"].clone();
        assert_eq!(shown["NumberOfDecreasesToday"], count);
        assert_eq!(shown["LastDecreaseDateTime"], 1_767_225_600.0);
    }
    table.wait(DAY);
    assert_eq!(table.describe()["ProvisionedThroughput"]["NumberOfDecreasesToday"], 0);
}

#[test]
fn a_throughput_that_stays_the_same_is_refused() {
    assert_eq!(
        TestTable::new(PROVISIONED).update_refusal(&units(1)),
        "The provisioned throughput for the table will not change. The requested value equals the \
         current value. Current ReadCapacityUnits provisioned for the table: 1. Requested \
         ReadCapacityUnits: 1. Current WriteCapacityUnits provisioned for the table: 1. Requested \
         WriteCapacityUnits: 1. Refer to the Amazon DynamoDB Developer Guide for current limits \
         and how to request higher limits."
    );
}

#[test]
fn throughput_and_billing_must_fit() {
    let on_demand = format!(
        "{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when \
         BillingMode is PAY_PER_REQUEST"
    );
    assert_eq!(TestTable::new(SMALL).update_refusal(&units(1)), on_demand);
    let both = format!(r#""BillingMode":"PAY_PER_REQUEST",{}"#, units(5));
    assert_eq!(TestTable::new(PROVISIONED).update_refusal(&both), on_demand);
    assert_eq!(
        TestTable::new(SMALL).update_refusal(r#""BillingMode":"PROVISIONED""#),
        format!("{INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    );
    TestTable::new(SMALL).update(r#""BillingMode":"PAY_PER_REQUEST""#).expect("nothing changes");
}

#[test]
fn a_table_goes_on_demand_and_back() {
    let mut table = TestTable::new(PROVISIONED);
    let answer = table.update(r#""BillingMode":"PAY_PER_REQUEST""#).expect("it can go on demand");
    assert_eq!(answer["BillingModeSummary"], json!({"BillingMode": "PAY_PER_REQUEST"}));
    assert_eq!(answer["ProvisionedThroughput"]["ReadCapacityUnits"], 0);
    let back = format!(r#""BillingMode":"PROVISIONED",{}"#, units(5));
    let answer = table.update(&back).expect("it can go back");
    assert_eq!(answer["ProvisionedThroughput"]["ReadCapacityUnits"], 5);
    assert_eq!(
        table.describe()["BillingModeSummary"],
        json!({"BillingMode": "PROVISIONED", "LastUpdateToPayPerRequestDateTime": 1_767_225_600.0})
    );
}

#[test]
fn a_table_that_leaves_on_demand_says_what_its_indexes_get() {
    let mut table = TestTable::new(INDEXED);
    let back = format!(r#""BillingMode":"PROVISIONED",{}"#, units(5));
    assert_eq!(
        table.update_refusal(&back),
        format!("{INVALID}ProvisionedThroughput must be specified for index: by-b")
    );
    let with = format!("{back},{}", index_units("by-b", 7));
    let answer = table.update(&with).expect("every index has its throughput");
    let index = &answer["GlobalSecondaryIndexes"][0];
    assert_eq!(index["ProvisionedThroughput"]["ReadCapacityUnits"], 7);
    assert_eq!(index["IndexStatus"], "UPDATING");
}

#[test]
fn an_index_comes_and_goes() {
    let mut table = TestTable::slow(SMALL, Duration::from_secs(5));
    table.wait(Duration::from_secs(5));
    let create = format!("{},{}", defined("b"), new_index("by-b", "b", ""));
    let answer = table.update(&create).expect("an index can be created");
    assert_eq!(answer["TableStatus"], "UPDATING");
    assert_eq!(answer["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING");
    assert_eq!(answer["AttributeDefinitions"][1]["AttributeName"], "b");
    table.wait(Duration::from_secs(5));
    assert_eq!(table.describe()["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE");
    let answer = table.update(&deletion("by-b")).expect("an index can be deleted");
    assert_eq!(answer["GlobalSecondaryIndexes"][0]["IndexStatus"], "DELETING");
    assert_eq!(
        message(&table.state.check_index("by-b", table.now).expect_err("it is on its way out")),
        "The table does not have the specified index: by-b"
    );
    table.wait(Duration::from_secs(5));
    let description = table.describe();
    assert_eq!(description.get("GlobalSecondaryIndexes"), None);
    assert_eq!(description["AttributeDefinitions"].as_array().map(Vec::len), Some(1));
    assert_eq!(table.definition.indexes, []);
    table.update(&create).expect("the index can be created again");
}

#[test]
fn a_new_index_is_checked_against_the_table_and_the_request() {
    let undefined = "AttributeDefinitions is not specified for index: by-c";
    let missing = "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], \
                   AttributeDefinitions: [c]";
    let units = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: by-c \
                 when BillingMode is PAY_PER_REQUEST";
    let throughput = format!(",{}", self::units(1));
    for (members, expected) in [
        (new_index("by-c", "c", ""), format!("{INVALID}{undefined}")),
        (format!("{},{}", defined("c"), new_index("by-c", "a", "")), format!("{INVALID}{missing}")),
        (
            format!("{},{}", defined("c"), new_index("by-c", "c", &throughput)),
            format!("{INVALID}{units}"),
        ),
        (
            new_index("by-b", "nowhere", ""),
            "Attempting to create an index which already exists".to_owned(),
        ),
    ] {
        assert_eq!(TestTable::new(INDEXED).update_refusal(&members), expected);
    }
}

#[test]
fn the_throughput_of_an_index_is_checked_in_this_order() {
    let blocked = "This operation cannot be performed with given input values. Please contact \
                   DynamoDB service team for more info: Action Blocked: IndexUpdate";
    let mut table = TestTable::new(INDEXED);
    assert_eq!(table.update_refusal(&index_units("none", 1_000_000_000_001)), blocked);
    assert_eq!(
        table.update_refusal(&index_units("by-b", 1)),
        format!(
            "{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: \
             by-b when BillingMode is PAY_PER_REQUEST"
        )
    );
    let refusal = table.update(&index_units("none", 1)).expect_err("there is no such index");
    assert_eq!(code(&refusal), "ResourceNotFoundException");
}

#[test]
fn an_index_that_is_not_there_or_not_global_cannot_be_deleted() {
    let refusal = TestTable::new(SMALL).update(&deletion("by-b")).expect_err("there is no index");
    assert_eq!(code(&refusal), "ResourceNotFoundException");
    let mut table = TestTable::new(
        r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
        {"AttributeName":"b","AttributeType":"N"}],"BillingMode":"PAY_PER_REQUEST",
        "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
        {"AttributeName":"b","KeyType":"RANGE"}],
        "LocalSecondaryIndexes":[{"IndexName":"local","Projection":{"ProjectionType":"ALL"},
        "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
        {"AttributeName":"b","KeyType":"RANGE"}]}]"#,
    );
    assert_eq!(
        table.update_refusal(&deletion("local")),
        "Cannot delete an index that is not a GlobalSecondaryIndex: local"
    );
}

#[test]
fn one_index_at_a_time_comes_or_goes() {
    let updates: Vec<_> = ["abc", "abd"]
        .iter()
        .map(|name| format!(r#"{{"Delete":{{"IndexName":"{name}"}}}}"#))
        .collect();
    let members = format!(r#""GlobalSecondaryIndexUpdates":[{}]"#, updates.join(","));
    let refusal = TestTable::new(SMALL).update(&members).expect_err("there are two deletions");
    assert_eq!(code(&refusal), "LimitExceededException");
    assert_eq!(
        message(&refusal),
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously \
         per table"
    );
}

#[test]
fn a_busy_table_cannot_be_changed() {
    let mut table = TestTable::slow(PROVISIONED, Duration::from_secs(5));
    let refusal = table.update(&units(2)).expect_err("the table is busy");
    assert_eq!(code(&refusal), "ResourceInUseException");
    assert_eq!(
        message(&refusal),
        "Attempt to change a resource which is still in use: Table is being created: conns"
    );
}

#[test]
fn a_class_and_a_protection_can_be_changed() {
    let mut table = TestTable::new(SMALL);
    let class = r#""TableClass":"STANDARD_INFREQUENT_ACCESS""#;
    let answer = table.update(class).expect("the class can be changed");
    assert_eq!(answer["TableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS");
    table.update(r#""DeletionProtectionEnabled":true"#).expect("the table can be protected");
    assert_eq!(table.describe()["DeletionProtectionEnabled"], true);
}

#[test]
fn a_stream_that_was_never_there_cannot_be_turned_off() {
    assert_eq!(
        TestTable::new(SMALL).update_refusal(r#""StreamSpecification":{"StreamEnabled":false}"#),
        "Table has no stream to disable: TableName: conns"
    );
}

#[test]
fn a_protection_changes_at_once_even_while_the_table_is_updated() {
    let mut table = TestTable::slow(SMALL, Duration::from_secs(10));
    table.wait(Duration::from_secs(10));
    let protect = r#""DeletionProtectionEnabled":true"#;
    let answer = table.update(protect).expect("the table can be protected");
    assert_eq!(answer["TableStatus"], "ACTIVE");
    assert_eq!(answer["DeletionProtectionEnabled"], true);
    table.update(r#""TableClass":"STANDARD""#).expect("nothing keeps the table busy");
    let answer = table.update(r#""DeletionProtectionEnabled":false"#).expect("it need not wait");
    assert_eq!(answer["TableStatus"], "UPDATING");
    assert_eq!(table.describe()["DeletionProtectionEnabled"], false);
}
