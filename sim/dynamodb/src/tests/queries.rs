//! The rows that a query finds, and their order.

use std::time::Duration;

use super::tables::query;
use super::{Account, keys};
use crate::ReplicaView;

/// A table whose sort key has this type, with rows that have these values in one partition.
fn sorted(kind: &str, values: &[&str]) -> Account {
    let mut account = Account::with_table(&format!("pk:S sk:{kind}"), &[]);
    for value in values {
        account.hold(&format!("pk=S:a sk={kind}:{value}"));
        account.hold(&format!("pk=S:b sk={kind}:{value}"));
    }
    account
}

fn expected(kind: &str, values: &[&str]) -> Vec<String> {
    values.iter().map(|value| format!("pk=S:a sk={kind}:{value}")).collect()
}

/// Values out of order, then in order.
const NUMBERS: (&[&str], &[&str]) =
    (&["10", "9", "-1", "0.5", "-20", "0"], &["-20", "-1", "0", "0.5", "9", "10"]);

#[test]
fn rows_come_in_the_order_of_the_sort_key() {
    let strings: (&[&str], &[&str]) = (&["b", "a", "B", "aa", "é"], &["B", "a", "aa", "b", "é"]);
    // The bytes 0x00, 0x7f, 0x80, 0xff and 0xff 0x00.
    let bytes: (&[&str], &[&str]) =
        (&["/w==", "gA==", "/wA=", "fw==", "AA=="], &["AA==", "fw==", "gA==", "/w==", "/wA="]);
    for (kind, (values, in_order)) in [("N", NUMBERS), ("S", strings), ("B", bytes)] {
        let mut account = sorted(kind, values);
        assert_eq!(account.query("pk = :p", ":p=S:a", ""), expected(kind, in_order));
        let mut backward = expected(kind, in_order);
        backward.reverse();
        let more = r#","ScanIndexForward":false"#;
        assert_eq!(account.query("pk = :p", ":p=S:a", more), backward);
    }
}

#[test]
fn a_condition_on_the_sort_key_picks_rows_from_the_middle() {
    let mut account = sorted("N", NUMBERS.0);
    for (condition, values, found) in [
        ("sk = :v", ":v=N:0.50", &["0.5"][..]),
        ("sk < :v", ":v=N:0", &["-20", "-1"]),
        ("sk <= :v", ":v=N:0", &["-20", "-1", "0"]),
        ("sk > :v", ":v=N:0.4", &["0.5", "9", "10"]),
        ("sk >= :v", ":v=N:9", &["9", "10"]),
        ("sk BETWEEN :v AND :w", ":v=N:-1 :w=N:9", &["-1", "0", "0.5", "9"]),
        ("sk BETWEEN :v AND :w", ":v=N:1 :w=N:8", &[]),
        ("sk > :v", ":v=N:10", &[]),
    ] {
        let condition = format!("pk = :p AND {condition}");
        let values = format!(":p=S:a {values}");
        assert_eq!(account.query(&condition, &values, ""), expected("N", found), "{condition}");
        let mut backward = expected("N", found);
        backward.reverse();
        let more = r#","ScanIndexForward":false"#;
        assert_eq!(account.query(&condition, &values, more), backward, "{condition}");
    }
}

#[test]
fn a_prefix_picks_strings_and_bytes() {
    let mut account = sorted("S", &["a", "ab", "abc", "b", "aB"]);
    let condition = "pk = :p AND begins_with(sk, :v)";
    let found = account.query(condition, ":p=S:a :v=S:ab", "");
    assert_eq!(found, expected("S", &["ab", "abc"]));
    let more = r#","ScanIndexForward":false"#;
    let found = account.query(condition, ":p=S:a :v=S:a", more);
    assert_eq!(found, expected("S", &["abc", "ab", "aB", "a"]));
    // The prefix is 0x80.
    let mut account = sorted("B", &["fw==", "gA==", "gP8=", "gQ=="]);
    let found = account.query(condition, ":p=S:a :v=B:gA==", "");
    assert_eq!(found, expected("B", &["gA==", "gP8="]));
}

#[test]
fn partition_keys_are_found_by_value_whatever_their_type() {
    let mut numbers = Account::with_table("pk:N", &[]);
    numbers.hold("pk=N:100");
    assert_eq!(numbers.query("pk = :p", ":p=N:1e2", ""), ["pk=N:100"]);
    assert_eq!(numbers.query("pk = :p", ":p=N:10", ""), [""; 0]);
    let mut bytes = Account::with_table("pk:B", &[]);
    bytes.hold("pk=B:/wA=");
    assert_eq!(bytes.query("pk = :p", ":p=B:/wA=", ""), ["pk=B:/wA="]);
    assert_eq!(bytes.query("pk = :p", ":p=B:/w==", ""), [""; 0]);
}

#[test]
fn a_scan_keeps_partitions_together_and_each_in_its_order() {
    let mut account = Account::with_table("pk:N sk:N", &[]);
    for partition in [1, 2, 3, 10, 20] {
        for number in ["10", "9"] {
            account.hold(&format!("pk=N:{partition} sk=N:{number}"));
        }
    }
    let found = account.scan_of("");
    let mut partitions = Vec::new();
    for rows in found.chunks(2) {
        let partition = rows[0].strip_suffix(" sk=N:9").expect("9 comes before 10");
        assert_eq!(rows[1], format!("{partition} sk=N:10"));
        partitions.push(partition);
    }
    // The order is that of a hash. Cases depend on it, so it must not change.
    assert_eq!(partitions, ["pk=N:1", "pk=N:20", "pk=N:2", "pk=N:10", "pk=N:3"]);
}

#[test]
fn a_filter_hides_rows_that_were_read() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    for number in 0..4 {
        account.hold(&format!("pk=S:a sk=N:{number} x=N:{number}"));
    }
    let filtered = r#","FilterExpression":"x > :x""#;
    let body =
        account.done("Query", &query("pk = :p AND sk > :s", ":p=S:a :s=N:0 :x=N:2", filtered));
    assert_eq!(body["Items"][0]["sk"]["N"], "3");
    assert_eq!((&body["Count"], &body["ScannedCount"]), (&1.into(), &3.into()));
    let counted = format!(r#"{filtered},"Select":"COUNT""#);
    let body = account.ask("Query", &query("pk = :p", ":p=S:a :x=N:1", &counted)).body;
    assert_eq!(body, r#"{"Count":2,"ScannedCount":4}"#);
    let on_key = r#","FilterExpression":"sk > :x""#;
    assert_eq!(
        account.refused("Query", &query("pk = :p", ":p=S:a :x=N:2", on_key)),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
    );
}

#[test]
fn a_query_of_an_empty_partition_is_empty() {
    let mut account = sorted("N", &["1"]);
    let body = account.ask("Query", &query("pk = :p", ":p=S:c", "")).body;
    assert_eq!(body, r#"{"Count":0,"Items":[],"ScannedCount":0}"#);
}

#[test]
fn a_query_is_eventually_consistent_unless_it_asks() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    account.wait_s(1);
    account.hold("pk=S:a sk=N:1");
    account.wait_s(1);
    account.hold("pk=S:a sk=N:2");
    account.read = ReplicaView::Behind(Duration::from_secs(1));
    assert_eq!(account.query("pk = :p", ":p=S:a", ""), ["pk=S:a sk=N:1"]);
    let consistent = r#","ConsistentRead":true"#;
    assert_eq!(account.query("pk = :p", ":p=S:a", consistent).len(), 2);
}

#[test]
fn a_query_says_which_rows_it_returned() {
    let mut account = sorted("N", &["2", "1"]);
    let answer = account.ask("Query", &query("pk = :p", ":p=S:a", ""));
    assert_eq!(keys(&answer.rows), ["a|1", "a|2"]);
    assert!(!answer.has_more);
}
