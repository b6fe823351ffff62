//! Limits of on-demand tables and indexes.

use serde_json::json;

use super::{INDEXED, PROVISIONED, SMALL, TestTable, create_refusal, refusal};
use crate::control::{CreateTable, UpdateTable};

const INVALID: &str = "One or more parameter values were invalid: ";

fn ceilings(members: &str) -> String {
    format!(r#""OnDemandThroughput":{{{members}}}"#)
}

fn with_index_ceilings(table: &str, members: &str) -> String {
    let index = format!(r#""IndexName":"by-b",{}"#, ceilings(members));
    table.replace(r#""IndexName":"by-b""#, &index)
}

fn limited() -> TestTable {
    let both = ceilings(r#""MaxReadRequestUnits":20,"MaxWriteRequestUnits":15"#);
    TestTable::new(&format!("{SMALL},{both}"))
}

#[test]
fn a_table_and_its_indexes_show_the_ceilings_they_were_created_with() {
    let both = json!({"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": 15});
    assert_eq!(limited().created["OnDemandThroughput"], both);
    assert_eq!(limited().describe()["OnDemandThroughput"], both);
    let table = TestTable::new(&with_index_ceilings(INDEXED, r#""MaxReadRequestUnits":7"#));
    let index = &table.describe()["GlobalSecondaryIndexes"][0];
    assert_eq!(index["OnDemandThroughput"], json!({"MaxReadRequestUnits": 7}));
}

#[test]
fn a_new_table_without_ceilings_shows_none() {
    let table = TestTable::new(&format!("{SMALL},{}", ceilings("")));
    assert_eq!(table.describe().get("OnDemandThroughput"), None);
    TestTable::new(&format!("{PROVISIONED},{}", ceilings("")));
}

#[test]
fn ceilings_of_a_new_table_must_fit_its_billing_and_be_at_least_one() {
    let write = ceilings(r#""MaxWriteRequestUnits":0"#);
    assert_eq!(
        create_refusal(&format!("{PROVISIONED},{write}")),
        format!(
            "{INVALID}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when table \
             BillingMode is PROVISIONED."
        )
    );
    for units in [0, -1] {
        let read = ceilings(&format!(r#""MaxReadRequestUnits":{units}"#));
        assert_eq!(
            create_refusal(&format!("{SMALL},{read}")),
            format!(
                "{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is \
                 outside of valid range"
            )
        );
    }
    assert_eq!(
        create_refusal(&with_index_ceilings(INDEXED, r#""MaxReadRequestUnits":-1"#)),
        format!(
            "{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for index : by-b is \
             outside of valid range"
        )
    );
}

#[test]
fn a_change_of_one_ceiling_leaves_the_other() {
    let mut table = limited();
    table.update(&ceilings(r#""MaxReadRequestUnits":40"#)).expect("it can be raised");
    assert_eq!(
        table.describe()["OnDemandThroughput"],
        json!({"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": 15})
    );
}

#[test]
fn a_ceiling_that_is_taken_away_is_minus_one_in_the_answer_and_then_gone() {
    let mut table = limited();
    let answer = table.update(&ceilings(r#""MaxReadRequestUnits":-1"#)).expect("it can go");
    assert_eq!(
        answer["OnDemandThroughput"],
        json!({"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 15})
    );
    assert_eq!(table.describe()["OnDemandThroughput"], json!({"MaxWriteRequestUnits": 15}));
    table.update(&ceilings(r#""MaxWriteRequestUnits":-1"#)).expect("the other can go too");
    assert_eq!(table.describe().get("OnDemandThroughput"), None);
}

#[test]
fn changed_ceilings_must_fit_the_billing_that_is_to_be() {
    let read = ceilings(r#""MaxReadRequestUnits":0"#);
    assert_eq!(
        TestTable::new(PROVISIONED).update_refusal(&read),
        format!(
            "{INVALID}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the \
             table BillingMode is PROVISIONED"
        )
    );
    assert_eq!(
        TestTable::new(SMALL).update_refusal(&read),
        format!(
            "{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside \
             of valid range"
        )
    );
    let one = ceilings(r#""MaxReadRequestUnits":1"#);
    let switch = format!(r#""BillingMode":"PAY_PER_REQUEST",{one}"#);
    let mut table = TestTable::new(PROVISIONED);
    table.update(&switch).expect("both go together");
    assert_eq!(table.describe()["OnDemandThroughput"], json!({"MaxReadRequestUnits": 1}));
}

#[test]
fn a_table_that_leaves_on_demand_loses_its_ceilings() {
    let mut table = limited();
    let back = r#""BillingMode":"PROVISIONED",
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}"#;
    table.update(back).expect("it can leave");
    assert_eq!(table.describe().get("OnDemandThroughput"), None);
}

#[test]
fn empty_ceilings_change_nothing_and_alone_are_not_modelled() {
    let mut table = limited();
    let empty = ceilings("");
    table.update(&format!(r#""DeletionProtectionEnabled":true,{empty}"#)).expect("they do nothing");
    assert_eq!(table.describe()["OnDemandThroughput"]["MaxReadRequestUnits"], 20);
    let alone = format!(r#"{{"TableName":"conns",{empty}}}"#);
    assert!(refusal(UpdateTable::parse, &alone).is_unsupported);
}

#[test]
fn warm_throughput_is_not_modelled() {
    let warm = r#""WarmThroughput":{"ReadUnitsPerSecond":13000}"#;
    let create = format!(r#"{{"TableName":"conns",{SMALL},{warm}}}"#);
    assert!(refusal(CreateTable::parse, &create).is_unsupported);
}
