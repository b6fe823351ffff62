//! Pages of scans.

use super::{Account, flat, message};
use crate::Limits;

fn crowd(count: usize, limits: Limits) -> Account {
    let mut account = Account::with_limits(limits);
    for index in 0..count {
        account.put(&format!("c{index}"), "");
    }
    account
}

/// The keys on every page of a scan.
fn pages(account: &mut Account, members: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut start = String::new();
    loop {
        let body = account.scan(&format!("{members}{start}"));
        pages.push(account.scanned(&format!("{members}{start}")));
        let body: serde_json::Value = serde_json::from_str(&body).expect("the body is JSON");
        match body.get("LastEvaluatedKey") {
            Some(key) => start = format!(r#","ExclusiveStartKey":{key}"#),
            None => return pages,
        }
    }
}

#[test]
fn an_empty_table_has_one_empty_page() {
    assert_eq!(Account::new().scan(""), r#"{"Count":0,"Items":[],"ScannedCount":0}"#);
}

#[test]
fn rows_come_in_the_order_of_their_hashes() {
    let mut account = crowd(6, Limits::default());
    assert_eq!(account.scanned(""), ["c5", "c0", "c1", "c2", "c3", "c4"]);
    assert_eq!(account.db.keys("conns"), ["c0", "c1", "c2", "c3", "c4", "c5"]);
}

#[test]
fn a_page_that_reaches_its_limit_names_its_last_key_even_if_nothing_is_left() {
    let mut account = crowd(2, Limits::default());
    assert_eq!(
        account.scan(r#","Limit":1"#),
        flat(
            r#"{"Count":1,"Items":[{"id":{"S":"c0"}}],
            "LastEvaluatedKey":{"id":{"S":"c0"}},"ScannedCount":1}"#
        )
    );
    assert_eq!(
        account.scan(r#","Limit":2"#),
        flat(
            r#"{"Count":2,"Items":[{"id":{"S":"c0"}},{"id":{"S":"c1"}}],
            "LastEvaluatedKey":{"id":{"S":"c1"}},"ScannedCount":2}"#
        )
    );
    assert_eq!(
        account.scan(r#","Limit":2,"ExclusiveStartKey":{"id":{"S":"c1"}}"#),
        r#"{"Count":0,"Items":[],"ScannedCount":0}"#
    );
    assert!(!account.scan(r#","Limit":3"#).contains("LastEvaluatedKey"));
}

#[test]
fn pages_together_visit_every_row_once() {
    let mut account = crowd(10, Limits::default());
    let all = account.scanned("");
    for limit in 1..=11 {
        let pages = pages(&mut account, &format!(r#","Limit":{limit}"#));
        assert_eq!(pages.len(), 10 / limit + 1);
        assert_eq!(pages.concat(), all);
    }
}

#[test]
fn small_worlds_have_pages_too() {
    let mut account = crowd(5, Limits { page_rows_max: Some(2), ..Limits::default() });
    let lengths = |pages: Vec<Vec<String>>| pages.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(pages(&mut account, "")), [2, 2, 1]);
    assert_eq!(lengths(pages(&mut account, r#","Limit":3"#)), [2, 2, 1]);
    assert_eq!(lengths(pages(&mut account, r#","Limit":1"#)), [1, 1, 1, 1, 1, 0]);
}

#[test]
fn a_scan_goes_on_behind_a_row_that_is_gone() {
    let mut account = crowd(3, Limits::default());
    let all = account.scanned("");
    account.delete(&all[0]);
    let start = format!(r#","ExclusiveStartKey":{{"id":{{"S":"{}"}}}}"#, all[0]);
    assert_eq!(account.scanned(&start), all[1..]);
}

#[test]
fn a_page_ends_at_1_mb_of_items_before_filter_and_projection() {
    let mut account = Account::new();
    let filler = "x".repeat(256 * 1024 - "idc0x".len());
    for index in 0..5 {
        account.put(&format!("c{index}"), &format!(r#","x":{{"S":"{filler}"}}"#));
    }
    let narrow = r#","ProjectionExpression":"id","FilterExpression":"attribute_not_exists(x)""#;
    let body = account.scan(narrow);
    assert!(body.starts_with(r#"{"Count":0,"Items":[],"LastEvaluatedKey":"#), "{body}");
    assert!(body.ends_with(r#""ScannedCount":4}"#), "{body}");
    let lengths: Vec<_> =
        pages(&mut account, r#","ProjectionExpression":"id""#).iter().map(Vec::len).collect();
    assert_eq!(lengths, [4, 1]);
}

#[test]
fn a_filter_hides_rows_but_not_that_they_were_scanned() {
    let mut account = Account::new();
    for index in 0..4 {
        account.put(&format!("c{index}"), &format!(r#","n":{{"N":"{index}"}}"#));
    }
    let filter = r#","FilterExpression":"n > :n","ExpressionAttributeValues":{":n":{"N":"2"}}"#;
    assert_eq!(
        account.scan(filter),
        r#"{"Count":1,"Items":[{"id":{"S":"c3"},"n":{"N":"3"}}],"ScannedCount":4}"#
    );
    assert_eq!(
        account.scan(&format!(r#"{filter},"Select":"COUNT""#)),
        r#"{"Count":1,"ScannedCount":4}"#
    );
}

#[test]
fn segments_share_the_rows_among_them() {
    let mut account = crowd(40, Limits { page_rows_max: Some(3), ..Limits::default() });
    let all = pages(&mut account, "").concat();
    for total in [1, 2, 3, 7] {
        let segment =
            |index| format!(r#","Segment":{index},"TotalSegments":{total},"ConsistentRead":true"#);
        let shares: Vec<_> =
            (0..total).map(|index| pages(&mut account, &segment(index)).concat()).collect();
        assert!(shares.iter().all(|share| !share.is_empty()));
        assert_eq!(shares.concat(), all);
    }
}

#[test]
fn segments_that_make_no_sense_are_refused() {
    let mut account = crowd(8, Limits::default());
    let first = account.scanned("").remove(0);
    let strange = format!(r#","ExclusiveStartKey":{{"id":{{"S":"{first}"}}}}"#);
    for (members, expected) in [
        (
            r#","Segment":0"#.to_owned(),
            "The TotalSegments parameter is required but was not present in the request when \
             Segment parameter is present",
        ),
        (
            r#","TotalSegments":2"#.to_owned(),
            "The Segment parameter is required but was not present in the request when parameter \
             TotalSegments is present",
        ),
        (
            r#","Segment":2,"TotalSegments":2"#.to_owned(),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: 2 is not less than TotalSegments: 2",
        ),
        (
            format!(r#","Segment":1,"TotalSegments":2{strange}"#),
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use \
             ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 1",
        ),
        (
            r#","ExclusiveStartKey":{"x":{"S":"a"}}"#.to_owned(),
            "The provided starting key is invalid: The provided key element does not match the \
             schema",
        ),
        (
            r#","ExclusiveStartKey":{"id":{}}"#.to_owned(),
            "The provided starting key is invalid: Supplied AttributeValue is empty, must contain \
             exactly one of the supported datatypes",
        ),
    ] {
        let body = format!(r#"{{"TableName":"conns"{members}}}"#);
        assert_eq!(message("ValidationException", &account.ask("Scan", &body)), expected);
    }
}

#[test]
fn what_is_selected_must_fit_the_projection() {
    for (members, expected) in [
        (
            r#","Select":"COUNT","ProjectionExpression":"id""#,
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            r#","Select":"ALL_ATTRIBUTES","ProjectionExpression":"id""#,
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
        ),
        (
            r#","Select":"SPECIFIC_ATTRIBUTES""#,
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
             SPECIFIC_ATTRIBUTES",
        ),
        (
            r#","Select":"ALL_PROJECTED_ATTRIBUTES""#,
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
    ] {
        let body = format!(r#"{{"TableName":"conns"{members}}}"#);
        assert_eq!(message("ValidationException", &Account::new().ask("Scan", &body)), expected);
    }
}

#[test]
fn a_scan_pays_for_what_it_scanned_and_half_if_it_may_be_stale() {
    let mut account = Account::new();
    account.put("a", &format!(r#","x":{{"S":"{}"}}"#, "x".repeat(8 * 1024)));
    let scan = |more: &str| format!(r#","Select":"COUNT","ReturnConsumedCapacity":"TOTAL"{more}"#);
    assert_eq!(
        account.scan(&scan("")),
        flat(
            r#"{"ConsumedCapacity":{"CapacityUnits":1.5,"TableName":"conns"},
            "Count":1,"ScannedCount":1}"#
        )
    );
    assert!(account.scan(&scan(r#","ConsistentRead":true"#)).contains(r#""CapacityUnits":3.0"#));
}

/// A scan is no snapshot: between its pages, rows come and go (FACTS 6.5, 6.6).
#[test]
fn a_row_put_behind_the_cursor_is_missed_and_one_ahead_of_it_is_seen() {
    let mut account = Account::new();
    for key in ["c0", "c2"] {
        account.put(key, "");
    }
    let next = r#","Limit":1,"ExclusiveStartKey":{"id":{"S":"c0"}}"#;
    assert_eq!(account.scanned(r#","Limit":1"#), ["c0"]);
    account.put("c5", "");
    account.put("c1", "");
    assert_eq!(account.scanned(""), ["c5", "c0", "c1", "c2"]);
    assert_eq!(account.scanned(next), ["c1"], "c5 stands before c0");
}
