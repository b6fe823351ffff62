//! The expiry of rows (FACTS 6.10).

use std::time::Duration;

use stormglass_spec::{EPOCH_MS, Time};

use super::{Account, described};
use crate::Limits;

/// The start of the run in seconds since 1970.
const START_S: u64 = EPOCH_MS / 1_000;

const FIVE_YEARS_S: u64 = 5 * 365 * 24 * 60 * 60;

/// A table whose rows expire by `gone_at`.
fn account(lag_max: Duration) -> Account {
    let limits = Limits { expiry_lag_max: lag_max, ..Limits::default() };
    let mut account = Account::with_limited_table(limits, "pk:S", &[]);
    expire_by(&mut account, "gone_at", true);
    account
}

fn prompt() -> Account {
    account(Duration::ZERO)
}

fn expire_by(account: &mut Account, attribute: &str, enabled: bool) {
    let body = format!(
        r#"{{"TableName":"one","TimeToLiveSpecification":
            {{"AttributeName":"{attribute}","Enabled":{enabled}}}}}"#
    );
    account.done("UpdateTimeToLive", &body);
}

/// Puts a row that expires this many seconds after the start of the run.
fn hold(account: &mut Account, key: &str, expiry_s: u64) {
    account.hold(&format!("pk=S:{key} gone_at=N:{}", START_S + expiry_s));
}

fn removed(key: &str) -> String {
    format!("-one/{key}")
}

fn seconds(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

#[test]
fn rows_go_when_they_have_expired_and_not_before() {
    let mut account = prompt();
    hold(&mut account, "late", 60);
    hold(&mut account, "early", 30);
    account.hold("pk=S:forever");
    assert_eq!(account.db.next_expiry(), Some(seconds(30)));
    assert_eq!(account.db.expire(Time::from_millis(29_999)), []);
    assert_eq!(described(&account.db.expire(seconds(30))), [removed("early")]);
    assert_eq!(account.db.next_expiry(), Some(seconds(60)));
    assert_eq!(described(&account.db.expire(seconds(3_600))), [removed("late")]);
    assert_eq!(account.db.next_expiry(), None);
    assert_eq!(account.db.keys("one"), ["forever"]);
}

#[test]
fn each_row_outlives_its_expiry_by_a_share_of_the_lag() {
    let lag_max_s = 1_000;
    let mut account = account(Duration::from_secs(lag_max_s));
    let mut removals = Vec::new();
    for key in ["a", "b", "c", "d"] {
        hold(&mut account, key, 60);
        let at = account.db.next_expiry().expect("the row expires");
        assert!((seconds(60)..=seconds(60 + lag_max_s)).contains(&at), "{at:?}");
        assert_eq!(account.db.expire(Time::from_millis(at.millis() - 1)), []);
        assert_eq!(described(&account.db.expire(at)), [removed(key)]);
        removals.push(at);
    }
    removals.sort_unstable();
    removals.dedup();
    assert_eq!(removals.len(), 4, "the shares differ");
}

#[test]
fn an_expired_row_is_read_until_it_is_removed() {
    let mut account = prompt();
    hold(&mut account, "a", 30);
    account.wait_s(60);
    assert_eq!(account.scan_of("").len(), 1);
    account.db.expire(account.now);
    assert_eq!(account.scan_of(""), [""; 0]);
}

#[test]
fn a_row_goes_by_the_expiry_that_was_written_last() {
    let mut account = prompt();
    hold(&mut account, "a", 30);
    hold(&mut account, "a", 60);
    assert_eq!(account.db.next_expiry(), Some(seconds(60)));
    hold(&mut account, "a", 20);
    assert_eq!(account.db.next_expiry(), Some(seconds(20)));
    account.change("pk=S:a", "REMOVE gone_at", "");
    assert_eq!(account.db.next_expiry(), None);
    hold(&mut account, "a", 40);
    account.drop_row("pk=S:a");
    assert_eq!(account.db.next_expiry(), None);
    assert_eq!(account.db.expire(seconds(3_600)), []);
}

#[test]
fn what_is_no_time_or_too_long_ago_never_expires() {
    for (ttl, expires) in [
        (format!("N:{}", START_S - FIVE_YEARS_S), true),
        (format!("N:{}", START_S - FIVE_YEARS_S - 1), false),
        (format!("N:{START_S}.9"), true),
        (format!("S:{START_S}"), false),
        ("N:-1".to_owned(), false),
        ("N:0".to_owned(), false),
        ("N:1e100".to_owned(), false),
    ] {
        let mut account = prompt();
        account.hold(&format!("pk=S:a gone_at={ttl}"));
        let changes = account.db.expire(Time::ZERO);
        assert_eq!(!changes.is_empty(), expires, "{ttl}");
    }
}

#[test]
fn rows_that_were_there_before_expire_too() {
    let mut account = Account::with_table("pk:S", &[]);
    hold(&mut account, "a", 30);
    assert_eq!(account.db.next_expiry(), None);
    expire_by(&mut account, "gone_at", true);
    // The change takes effect at the next request or removal.
    assert_eq!(described(&account.db.expire(seconds(30))), [removed("a")]);
}

#[test]
fn nothing_expires_once_that_is_turned_off() {
    let mut account = prompt();
    hold(&mut account, "a", 2 * 3_600);
    account.wait_s(3_600);
    expire_by(&mut account, "gone_at", false);
    assert_eq!(account.db.expire(seconds(3 * 3_600)), []);
    assert_eq!(account.db.next_expiry(), None);
    assert_eq!(account.db.keys("one"), ["a"]);
}

#[test]
fn another_attribute_can_take_over() {
    let mut account = prompt();
    account.hold(&format!("pk=S:a gone_at=N:{} later_at=N:{}", START_S + 9_000, START_S + 8_000));
    account.wait_s(3_600);
    expire_by(&mut account, "gone_at", false);
    account.wait_s(3_600);
    expire_by(&mut account, "later_at", true);
    account.scan_of("");
    assert_eq!(account.db.next_expiry(), Some(seconds(8_000)));
}

#[test]
fn an_expired_row_leaves_the_indexes_as_well() {
    let mut account = Account::with_table("pk:S", &["global by-x x:S ALL"]);
    expire_by(&mut account, "gone_at", true);
    account.hold(&format!("pk=S:a x=S:x gone_at=N:{START_S}"));
    let index = r#","IndexName":"by-x""#;
    assert_eq!(account.scan_of(index).len(), 1);
    account.db.expire(Time::ZERO);
    assert_eq!(account.scan_of(index), [""; 0]);
}
