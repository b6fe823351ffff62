//! Encryption with keys of the customer, and its changes.

use std::time::Duration;

use serde_json::json;

use super::{SMALL, TestTable, code, message};

const INVALID: &str = "One or more parameter values were invalid: ";
const MANAGED: &str = r#""SSESpecification":{"Enabled":true}"#;
const DEFAULT: &str = r#""SSESpecification":{"Enabled":false}"#;
const MINE: &str = "arn:aws:kms:eu-central-1:123456789012:key/mine";

fn mine(key: &str) -> String {
    format!(r#""SSESpecification":{{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"{key}"}}"#)
}

/// A table that is ready, and whose changes take ten seconds.
fn table(members: &str) -> TestTable {
    let mut table = TestTable::slow(&format!("{SMALL}{members}"), Duration::from_secs(10));
    table.wait(Duration::from_secs(10));
    table
}

#[test]
fn a_table_stays_active_while_its_encryption_changes() {
    let mut table = table("");
    let answer = table.update(MANAGED).expect("it can be encrypted");
    assert_eq!(answer["TableStatus"], "ACTIVE");
    assert_eq!(answer["SSEDescription"], json!({"Status": "UPDATING"}));
    assert_eq!(table.describe()["SSEDescription"], json!({"Status": "UPDATING"}));
    table.wait(Duration::from_secs(10));
    let description = &table.describe()["SSEDescription"];
    assert_eq!(
        (&description["Status"], &description["SSEType"]),
        (&json!("ENABLED"), &json!("KMS"))
    );
}

#[test]
fn the_old_key_is_shown_until_the_table_is_back_at_its_default() {
    let mut table = table(&format!(",{}", mine("mine")));
    let answer = table.update(DEFAULT).expect("it can go back");
    let old = json!({"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": MINE});
    assert_eq!(answer["SSEDescription"], old);
    table.wait(Duration::from_secs(10));
    assert_eq!(table.describe().get("SSEDescription"), None);
}

#[test]
fn a_change_that_changes_nothing_is_refused_if_the_key_is_named_by_its_arn() {
    assert_eq!(
        table("").update_refusal(DEFAULT),
        format!("{INVALID}Table is already encrypted by default")
    );
    let mut table = table(&format!(",{}", mine("mine")));
    assert_eq!(
        table.update_refusal(&mine(MINE)),
        format!(
            "{INVALID}Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId \
             parameter if you want to change Master Key"
        )
    );
    table.update(&mine("mine")).expect("by its id it is as good as another");
}

#[test]
fn one_change_of_the_encryption_waits_for_the_other() {
    let mut table = table("");
    table.update(MANAGED).expect("it can be encrypted");
    let refusal = table.update(DEFAULT).expect_err("the first is not done");
    assert_eq!(code(&refusal), "ResourceInUseException");
    assert_eq!(message(&refusal), "Server-Side Encryption is still being updated");
}
