//! Reads of replicas that are behind.

use std::time::Duration;

use super::Account;
use super::tables::shown;
use crate::ReplicaView;

fn behind(millis: u64) -> ReplicaView {
    ReplicaView::Behind(Duration::from_millis(millis))
}

#[test]
fn a_replica_that_is_behind_misses_new_rows_and_shows_old_ones() {
    let mut account = Account::new();
    account.wait(1_000);
    account.put("a", r#","x":{"S":"old"}"#);
    account.wait(100);
    account.put("a", r#","x":{"S":"new"}"#);
    account.wait(100);
    account.delete("a");
    let seen = |account: &mut Account, lag| {
        account.read = behind(lag);
        account.scan(r#","ProjectionExpression":"x""#)
    };
    let page = |text: &str| {
        format!(r#"{{"Count":1,"Items":[{{"x":{{"S":"{text}"}}}}],"ScannedCount":1}}"#)
    };
    let empty = r#"{"Count":0,"Items":[],"ScannedCount":0}"#;
    assert_eq!(seen(&mut account, 0), empty);
    assert_eq!(seen(&mut account, 1), page("new"));
    assert_eq!(seen(&mut account, 100), page("new"));
    assert_eq!(seen(&mut account, 101), page("old"));
    assert_eq!(seen(&mut account, 200), page("old"));
    assert_eq!(seen(&mut account, 201), empty);
    assert_eq!(account.scanned(r#","ConsistentRead":true"#), Vec::<String>::new());
}

#[test]
fn a_row_that_nobody_has_seen_yet_takes_no_place_on_a_page() {
    let mut account = Account::new();
    account.wait(1_000);
    account.put("a", "");
    account.put("b", "");
    account.wait(500);
    account.put("c", "");
    account.put("d", "");
    account.read = behind(100);
    assert_eq!(account.scanned(r#","Limit":3"#).len(), 2);
    assert!(!account.scan(r#","Limit":3"#).contains("LastEvaluatedKey"));
    assert_eq!(account.scanned(r#","Limit":3,"ConsistentRead":true"#).len(), 3);
}

#[test]
fn conditions_and_keys_always_see_what_is_there_now() {
    let mut account = Account::new();
    account.wait(1_000);
    account.put("a", "");
    account.read = behind(500);
    let put = r#"{"TableName":"conns","Item":{"id":{"S":"a"}},
        "ConditionExpression":"attribute_not_exists(id)"}"#;
    assert_eq!(account.ask("PutItem", put).status, 400);
    assert_eq!(account.db.keys("conns"), ["a"]);
}

#[test]
fn no_replica_is_further_behind_than_ten_seconds() {
    let mut account = Account::new();
    account.wait(1_000);
    account.put("a", "");
    account.wait(10_000);
    account.put("b", "");
    account.read = behind(60_000);
    assert_eq!(account.scanned(""), ["a"]);
}

#[test]
fn the_start_of_the_run_is_the_oldest_that_a_replica_shows() {
    let mut account = Account::holding("");
    account.read = behind(1_000);
    assert_eq!(account.scanned(""), ["a"]);
}

/// Writes reach a replica row by row, so a page can hold a later write and lack an earlier one.
#[test]
fn an_uneven_replica_has_some_rows_and_lacks_others() {
    let lag_max = Duration::from_secs(1);
    let mut account = Account::new();
    account.wait(1_000);
    for number in 0..20 {
        account.put(&format!("c{number}"), "");
    }
    account.wait(500);
    let mut views = Vec::new();
    for seed in 0..10 {
        account.read = ReplicaView::Uneven { lag_max, seed };
        let seen = account.scanned("");
        assert!((1..20).contains(&seen.len()), "{seed}");
        assert_eq!(seen, account.scanned(""), "a view is what it is");
        views.push(seen);
    }
    views.dedup();
    assert_eq!(views.len(), 10, "each seed has a view of its own");
    assert_eq!(account.scanned(r#","ConsistentRead":true"#).len(), 20);
    account.wait(500);
    assert_eq!(account.scanned("").len(), 20);
}

/// All reads of one replica see the same version of a row.
#[test]
fn every_read_of_an_uneven_replica_sees_the_same_of_a_row() {
    let mut account = Account::with_table("pk:S", &["global by-x x:S ALL"]);
    account.wait(1_000);
    for number in 0..20 {
        account.hold(&format!("pk=S:c{number} x=S:x"));
    }
    account.wait(500);
    account.read = ReplicaView::Uneven { lag_max: Duration::from_secs(1), seed: 7 };
    let mut of_table = account.scan_of("");
    of_table.sort_unstable();
    let mut of_index = account.query("x = :x", ":x=S:x", r#","IndexName":"by-x""#);
    of_index.sort_unstable();
    let mut of_gets = Vec::new();
    for number in 0..20 {
        let body = format!(r#"{{"TableName":"one","Key":{{"pk":{{"S":"c{number}"}}}}}}"#);
        of_gets.extend(account.done("GetItem", &body).get("Item").map(shown));
    }
    of_gets.sort_unstable();
    assert!((1..20).contains(&of_table.len()));
    assert_eq!(of_index, of_table);
    assert_eq!(of_gets, of_table);
}
