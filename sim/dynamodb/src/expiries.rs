//! The times at which expired rows of a table are removed (FACTS 6.10).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use stormglass_spec::{EPOCH_MS, Time, hash};

use crate::item::Item;
use crate::key::Key;
use crate::rows::{Position, Rows};
use crate::value::Value;

/// The age beyond which a number is no expiry: five years (FACTS 6.10).
const AGE_MAX_S: u64 = 5 * 365 * 24 * 60 * 60;

/// The rows of a table that expire, in the order in which they are removed.
#[derive(Clone, Debug, Default)]
pub(super) struct Expiries {
    /// The attribute that holds the expiry of a row, while expiry is on.
    attribute: Option<String>,
    /// The longest time from the expiry of a row to its removal.
    lag_max: Duration,
    removals: BTreeSet<(Time, Position)>,
    /// The time of each removal, by row.
    times: BTreeMap<Position, Time>,
}

impl Expiries {
    pub(super) fn new(lag_max: Duration) -> Expiries {
        Expiries { lag_max, ..Expiries::default() }
    }

    /// Starts to expire rows by another attribute, or by none.
    pub(super) fn watch(&mut self, attribute: Option<&str>, rows: &Rows, now: Time) {
        if self.attribute.as_deref() == attribute {
            return;
        }
        self.attribute = attribute.map(str::to_owned);
        self.removals.clear();
        self.times.clear();
        for (position, item) in rows.all() {
            self.note(position, Some(item), now);
        }
    }

    /// Notes a write; `item` is none if it removes the row.
    pub(super) fn note(&mut self, position: &Position, item: Option<&Item>, now: Time) {
        if let Some(time) = self.times.remove(position) {
            let was_due = self.removals.remove(&(time, position.clone()));
            assert!(was_due, "each row has one removal");
        }
        if let Some(time) = item.and_then(|item| self.removal_of(position, item, now)) {
            self.removals.insert((time, position.clone()));
            self.times.insert(position.clone(), time);
        }
    }

    /// The time of the next removal, but for the rows that are locked.
    pub(super) fn next_but(&self, is_locked: impl Fn(&Position) -> bool) -> Option<Time> {
        let mut removals = self.removals.iter();
        removals.find(|(_, position)| !is_locked(position)).map(|(time, _)| *time)
    }

    /// The keys of the rows to remove by `now`.
    pub(super) fn due(&self, now: Time) -> Vec<Key> {
        let due = self.removals.iter().take_while(|(time, _)| *time <= now);
        due.map(|(_, position)| position.key()).collect()
    }

    /// The time at which a row is removed, if it ever expires.
    ///
    /// Each row has its own lag, a hash of its key.
    fn removal_of(&self, position: &Position, item: &Item, now: Time) -> Option<Time> {
        let now_s = (EPOCH_MS + now.millis()) / 1_000;
        let expiry_s = expires_at(item, self.attribute.as_deref()?, now_s)?;
        let lag_max_ms = u64::try_from(self.lag_max.as_millis()).unwrap_or(u64::MAX - 1);
        let lag_ms =
            hash::keyed(stormglass_spec::CONSTANT, &position.key().to_string()) % (lag_max_ms + 1);
        let removal_ms = expiry_s.saturating_mul(1_000).saturating_add(lag_ms);
        Some(Time::from_millis(removal_ms.saturating_sub(EPOCH_MS)))
    }
}

/// The expiry that an attribute of a row holds, in seconds since 1970.
///
/// Drops the fraction of a number. A row that expired more than five years before `now_s` never
/// expires (FACTS 6.10).
fn expires_at(item: &Item, attribute: &str, now_s: u64) -> Option<u64> {
    let Value::N(number) = item.value(attribute)? else { return None };
    let text = number.to_string();
    let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
    let seconds: u64 = whole.parse().ok()?;
    (seconds >= now_s.saturating_sub(AGE_MAX_S)).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    const NOW_S: u64 = 1_767_225_600;

    #[test]
    fn a_row_expires_by_a_number_that_is_at_most_five_years_old() {
        let number = |text: &str| Value::N(Number::parse(text).expect("it is a number"));
        let five_years = 5 * 365 * 24 * 60 * 60;
        for (value, expected) in [
            (number("1767225600"), Some(NOW_S)),
            (number("1767225600.9"), Some(NOW_S)),
            (number("9999999999"), Some(9_999_999_999)),
            (number(&(NOW_S - five_years).to_string()), Some(NOW_S - five_years)),
            (number(&(NOW_S - five_years - 1).to_string()), None),
            (number("-1767225600"), None),
            (number("1E100"), None),
            (Value::S("1767225600".to_owned()), None),
            (Value::Null, None),
        ] {
            let item = Item::new([("ttl".to_owned(), value.clone())].into());
            assert_eq!(expires_at(&item, "ttl", NOW_S), expected, "{value:?}");
            assert_eq!(expires_at(&item, "other", NOW_S), None);
        }
    }
}
