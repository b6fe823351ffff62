//! `DeleteTable`.

use std::time::Duration;

use super::{INDEXED, SMALL, TestTable, code, message};

#[test]
fn a_deleted_table_is_gone_when_its_time_has_come_and_serves_until_then() {
    let mut table = TestTable::slow(INDEXED, Duration::from_secs(5));
    table.wait(Duration::from_secs(5));
    let description = table.delete().expect("the table can be deleted");
    assert_eq!(description["TableStatus"], "DELETING");
    for absent in ["GlobalSecondaryIndexes", "KeySchema", "CreationDateTime"] {
        assert_eq!(description.get(absent), None);
    }
    assert_eq!(table.describe()["TableStatus"], "DELETING");
    assert!(table.state.serves(table.now) && !table.state.is_gone(table.now));
    table.wait(Duration::from_secs(5));
    assert!(!table.state.serves(table.now) && table.state.is_gone(table.now));
}

#[test]
fn the_answer_says_deleting_even_if_that_takes_no_time() {
    let mut table = TestTable::new(SMALL);
    assert_eq!(table.delete().expect("it can be deleted")["TableStatus"], "DELETING");
    assert!(table.state.is_gone(table.now));
}

#[test]
fn a_table_that_is_busy_cannot_be_deleted() {
    let mut table = TestTable::slow(SMALL, Duration::from_secs(5));
    let refusal = table.delete().expect_err("the table is busy");
    assert_eq!(code(&refusal), "ResourceInUseException");
    let text = "Attempt to change a resource which is still in use: Table is being";
    assert_eq!(message(&refusal), format!("{text} created: conns"));
    table.wait(Duration::from_secs(5));
    table.update(r#""BillingMode":"PAY_PER_REQUEST""#).expect("the table can be updated");
    let refusal = table.delete().expect_err("the table is busy");
    assert_eq!(message(&refusal), format!("{text} updated: conns"));
    table.wait(Duration::from_secs(5));
    table.delete().expect("the table can be deleted");
    let refusal = table.delete().expect_err("the table is busy");
    assert_eq!(message(&refusal), format!("{text} deleted: conns"));
}

#[test]
fn a_protected_table_can_be_deleted_once_its_protection_is_off() {
    let mut table = TestTable::new(&format!(r#"{SMALL},"DeletionProtectionEnabled":true"#));
    let refusal = table.delete().expect_err("the table is protected");
    assert_eq!(code(&refusal), "ValidationException");
    assert_eq!(
        message(&refusal),
        "Resource cannot be deleted as it is currently protected against deletion. Disable \
         deletion protection first."
    );
    table.update(r#""DeletionProtectionEnabled":false"#).expect("the protection can be turned off");
    table.delete().expect("the table can be deleted");
}
