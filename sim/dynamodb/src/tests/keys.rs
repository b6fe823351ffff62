//! Values of keys.

use super::Account;
use super::tables::{item_json, row};

const INVALID: &str = "One or more parameter values were invalid:";

/// Requests that name the row with these keys.
fn requests(key: &str) -> Vec<(&'static str, String)> {
    let named = format!("{{{}}}", row(key));
    let item = item_json(key);
    vec![
        ("PutItem", format!(r#"{{"TableName":"one","Item":{item}}}"#)),
        ("GetItem", named.clone()),
        ("UpdateItem", named.clone()),
        ("DeleteItem", named),
        ("BatchGetItem", format!(r#"{{"RequestItems":{{"one":{{"Keys":[{item}]}}}}}}"#)),
        (
            "BatchWriteItem",
            format!(r#"{{"RequestItems":{{"one":[{{"PutRequest":{{"Item":{item}}}}}]}}}}"#),
        ),
    ]
}

#[test]
fn a_partition_key_has_2048_bytes_and_a_sort_key_1024() {
    let long = |bytes: usize| "é".repeat(bytes / 2);
    let (partition, sort) = (long(2048), long(1024));
    for (key, expected) in [
        (format!("pk=S:{partition} sk=S:{sort}"), None),
        (
            format!("pk=S:{partition}k sk=S:a"),
            Some("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
        ),
        (
            format!("pk=S:a sk=S:{sort}k"),
            Some("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
        ),
    ] {
        for (operation, body) in requests(&key) {
            let mut account = Account::with_table("pk:S sk:S", &[]);
            match expected {
                None => assert_eq!(account.ask(operation, &body).status, 200, "{operation}"),
                Some(expected) => assert_eq!(
                    account.refused(operation, &body),
                    format!("{INVALID} {expected}"),
                    "{operation}"
                ),
            }
        }
    }
}

#[test]
fn an_empty_part_of_a_key_is_refused_whatever_its_place() {
    let not_valid = "One or more parameter values are not valid. The AttributeValue for a key \
                     attribute cannot contain an empty";
    for (keys, key, expected) in [
        ("pk:S sk:B", "pk=S: sk=B:AA==", "string value. Key: pk"),
        ("pk:S sk:B", "pk=S:a sk=B:", "binary value. Key: sk"),
        ("pk:B sk:S", "pk=B: sk=S:a", "binary value. Key: pk"),
        ("pk:B sk:S", "pk=B:AA== sk=S:", "string value. Key: sk"),
    ] {
        for (operation, body) in requests(key) {
            let mut account = Account::with_table(keys, &[]);
            let message = account.refused(operation, &body);
            assert_eq!(message, format!("{not_valid} {expected}"), "{operation} {key}");
        }
    }
}

#[test]
fn a_key_of_an_index_has_the_same_limits() {
    let mut account = Account::with_table("pk:S", &["global by-x x:S y:S KEYS_ONLY"]);
    let (partition, sort) = ("x".repeat(2048), "y".repeat(1024));
    account.hold(&format!("pk=S:a x=S:{partition} y=S:{sort}"));
    for (item, expected) in [
        (
            format!("pk=S:b x=S:{partition}x"),
            "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            format!("pk=S:b y=S:{sort}y"),
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
    ] {
        let body = format!(r#"{{"TableName":"one","Item":{}}}"#, item_json(&item));
        assert_eq!(account.refused("PutItem", &body), format!("{INVALID} {expected}"));
    }
}

#[test]
fn a_number_is_the_same_key_however_it_is_written() {
    let mut account = Account::with_table("pk:N sk:N", &[]);
    account.hold("pk=N:100 sk=N:-0.5 x=S:old");
    account.hold("pk=N:1E+2 sk=N:-00.50 x=S:new");
    assert_eq!(account.scan_of(""), ["pk=N:100 sk=N:-0.5 x=S:new"]);
    assert_eq!(account.db.keys("one"), ["100|-0.5"]);
    account.drop_row("pk=N:1e2 sk=N:-5e-1");
    assert_eq!(account.scan_of(""), [""; 0]);
}

#[test]
fn an_update_gives_a_new_row_its_key_in_normal_form() {
    let mut account = Account::with_table("pk:N", &[]);
    account.change("pk=N:1.50", "SET x = :x", ":x=N:01");
    assert_eq!(account.scan_of(""), ["pk=N:1.5 x=N:1"]);
}
