//! Sketches of the tables.

use std::time::Duration;

use stormglass_spec::Sketch;

use super::Account;

/// A sketch for reads that are behind by 500 ms at most.
fn sketch(account: &Account) -> u128 {
    let mut sketch = Sketch::default();
    account.db.sketch(account.now, Duration::from_millis(500), &mut sketch);
    sketch.finish()
}

#[test]
fn rows_count_and_what_is_in_them() {
    let mut account = Account::new();
    account.wait(1_000);
    let mut sketches = vec![sketch(&account)];
    for attributes in ["", r#","x":{"S":"1"}"#, r#","x":{"S":"2"}"#] {
        account.put("a", attributes);
        account.wait(1_000);
        sketches.push(sketch(&account));
    }
    account.put("b", "");
    account.wait(1_000);
    sketches.push(sketch(&account));
    let distinct: std::collections::BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}

#[test]
fn the_past_counts_for_as_long_as_a_read_can_see_it() {
    let after = |since_ms| {
        let mut account = Account::new();
        account.wait(1_000);
        account.put("a", "");
        account.wait(1_000);
        account.put("a", r#","x":{"S":"2"}"#);
        account.put("b", "");
        account.delete("b");
        account.wait(since_ms);
        let mut fresh = Account::new();
        fresh.wait(1_000);
        fresh.put("a", r#","x":{"S":"2"}"#);
        fresh.wait(1_000 + since_ms);
        (sketch(&account), sketch(&fresh))
    };
    let (recent, fresh) = after(499);
    assert_ne!(recent, fresh);
    let (old, fresh) = after(500);
    assert_eq!(old, fresh);
}
