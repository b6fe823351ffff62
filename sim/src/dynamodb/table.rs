//! Rows and their recent past, in the order in which a scan visits them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Time;

use super::answer::Change;
use super::item::Item;
use super::value::Value;
use crate::hash::Fnv;

/// How far back a replica can be; "usually within one second or less" (FACTS 6.4).
const HISTORY: Duration = Duration::from_secs(10);

const KEY_BYTES_MAX: usize = 2048;

const INVALID: &str = "One or more parameter values were invalid:";

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    name: String,
    partition_key: String,
    rows: BTreeMap<Position, Row>,
    /// The removals that replicas may not have seen yet, oldest first.
    tombstones: VecDeque<(Time, Position)>,
}

/// The place of a row in a scan: by the hash of its key, then by the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    hash: u64,
    key: String,
}

/// The versions of a row, oldest first, and none only before the first write.
#[derive(Clone, Debug)]
struct Row {
    versions: Vec<Version>,
}

/// An item, or its absence, from a time on.
#[derive(Clone, Debug)]
struct Version {
    at: Time,
    item: Option<Arc<Item>>,
}

impl Table {
    pub(super) fn new(name: &str, partition_key: &str) -> Table {
        Table {
            name: name.to_owned(),
            partition_key: partition_key.to_owned(),
            rows: BTreeMap::new(),
            tombstones: VecDeque::new(),
        }
    }

    /// Puts an item at the key or, with `None`, removes what is there.
    pub(super) fn write(&mut self, now: Time, key: &str, item: Option<Arc<Item>>) -> Vec<Change> {
        self.forget(now);
        let (table, owned) = (self.name.clone(), key.to_owned());
        let position = Position::of(key);
        if item.is_some() {
            self.rows.entry(position).or_insert_with(Row::new).push(now, item);
            return vec![Change::Written { table, key: owned }];
        }
        let Some(row) = self.rows.get_mut(&position).filter(|row| row.now().is_some()) else {
            return Vec::new();
        };
        row.push(now, None);
        self.tombstones.push_back((now, position));
        vec![Change::Removed { table, key: owned }]
    }

    /// The item that is at the key now.
    pub(super) fn item(&self, key: &str) -> Option<&Arc<Item>> {
        self.rows.get(&Position::of(key)).and_then(Row::now)
    }

    /// The items that there were at `time`, from a place on; `None` stands for now.
    pub(super) fn items_from(
        &self,
        start: Bound<Position>,
        time: Option<Time>,
    ) -> impl Iterator<Item = (&Position, &Arc<Item>)> {
        let item = move |row| match time {
            Some(time) => Row::at(row, time),
            None => Row::now(row),
        };
        self.rows
            .range((start, Bound::Unbounded))
            .filter_map(move |(position, row)| Some((position, item(row)?)))
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let present = self.rows.iter().filter(|(_, row)| row.now().is_some());
        let mut keys: Vec<_> = present.map(|(position, _)| position.key.clone()).collect();
        keys.sort_unstable();
        keys
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn partition_key(&self) -> &str {
        &self.partition_key
    }

    /// The key of an item that is to be put, or what is wrong with it.
    pub(super) fn key_of_item<'a>(&self, item: &'a Item) -> Result<&'a str, String> {
        let name = &self.partition_key;
        match item.value(name) {
            None => Err(format!("{INVALID} Missing the key {name} in the item")),
            Some(Value::S(key)) => self.checked(key, "One or more parameter values are not valid."),
            Some(other) => Err(format!(
                "{INVALID} Type mismatch for key {name} expected: S actual: {}",
                other.type_name()
            )),
        }
    }

    /// The key that `key` consists of, and nothing else, or what is wrong with it.
    pub(super) fn key_alone<'a>(&self, key: &'a Item) -> Result<&'a str, String> {
        let value = key.value(&self.partition_key).and_then(Value::as_str);
        match value.filter(|_| key.names().count() == 1) {
            Some(key) => self.checked(key, INVALID),
            None => Err("The provided key element does not match the schema".to_owned()),
        }
    }

    /// AWS begins its complaint about an empty key in two ways.
    fn checked<'a>(&self, key: &'a str, if_empty: &str) -> Result<&'a str, String> {
        match key.len() {
            0 => Err(format!(
                "{if_empty} The AttributeValue for a key attribute cannot contain an empty string \
                 value. Key: {}",
                self.partition_key
            )),
            // The missing space is AWS's.
            length if length > KEY_BYTES_MAX => Err(format!(
                "{INVALID} Size of hashkey has exceeded the maximum size limit of{KEY_BYTES_MAX} \
                 bytes"
            )),
            _ => Ok(key),
        }
    }

    /// Drops the rows whose removal every replica has seen by now.
    fn forget(&mut self, now: Time) {
        let horizon = now - HISTORY;
        while self.tombstones.front().is_some_and(|(at, _)| *at < horizon) {
            let Some((_, position)) = self.tombstones.pop_front() else { break };
            // A row that was put again has lived on, or has a later tombstone.
            if self.rows.get(&position).is_some_and(|row| row.is_gone_at(horizon)) {
                self.rows.remove(&position);
            }
        }
    }
}

impl Position {
    pub(super) fn of(key: &str) -> Position {
        Position { hash: hash(key), key: key.to_owned() }
    }

    /// The first place of a segment of a parallel scan.
    pub(super) fn first_of(segment: u32, segments: u32) -> Position {
        let hash = (u128::from(segment) << 64).div_ceil(u128::from(segments));
        Position { hash: u64::try_from(hash).unwrap_or(u64::MAX), key: String::new() }
    }

    /// The segment of a parallel scan that visits the place: equal shares of the hash range.
    pub(super) fn segment(&self, segments: u32) -> u32 {
        let segment = (u128::from(self.hash) * u128::from(segments)) >> 64;
        u32::try_from(segment).unwrap_or(u32::MAX)
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

impl Row {
    fn new() -> Row {
        Row { versions: Vec::with_capacity(1) }
    }

    fn push(&mut self, now: Time, item: Option<Arc<Item>>) {
        // Time does not run backwards within one row, even if a driver's clock does.
        let at = self.versions.last().map_or(now, |last| last.at.max(now));
        let horizon = now - HISTORY;
        let needed = self.versions.iter().rposition(|version| version.at <= horizon).unwrap_or(0);
        self.versions.drain(..needed);
        self.versions.push(Version { at, item });
    }

    fn now(&self) -> Option<&Arc<Item>> {
        self.versions.last()?.item.as_ref()
    }

    fn at(&self, time: Time) -> Option<&Arc<Item>> {
        self.versions.iter().rfind(|version| version.at <= time)?.item.as_ref()
    }

    fn is_gone_at(&self, horizon: Time) -> bool {
        self.versions.last().is_none_or(|last| last.item.is_none() && last.at <= horizon)
    }
}

/// The time that a read sees which is `lag` behind.
pub(super) fn seen_at(now: Time, lag: Duration) -> Time {
    now - lag.min(HISTORY)
}

/// The hash that orders a scan.
fn hash(key: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.write(key.as_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Option<Arc<Item>> {
        Some(Arc::new(Item::new([("id".to_owned(), Value::S(text.to_owned()))].into())))
    }

    fn seconds(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    #[test]
    fn every_place_lies_in_the_segment_that_starts_before_it() {
        for segments in [1, 2, 3, 7, 1_000_000] {
            for key in 0..50 {
                let position = Position::of(&format!("conn-{key}"));
                let segment = position.segment(segments);
                assert!(segment < segments);
                assert!(Position::first_of(segment, segments) <= position);
                if segment + 1 < segments {
                    assert!(position < Position::first_of(segment + 1, segments));
                }
            }
        }
    }

    #[test]
    fn the_past_is_kept_for_ten_seconds_and_no_longer() {
        let mut table = Table::new("t", "id");
        for second in 0..30 {
            table.write(seconds(second), "a", item("a"));
        }
        assert_eq!(table.rows[&Position::of("a")].versions.len(), 11);
    }

    #[test]
    fn a_removed_row_is_forgotten_once_no_replica_can_see_it() {
        let mut table = Table::new("t", "id");
        table.write(seconds(0), "a", item("a"));
        table.write(seconds(1), "a", None);
        table.write(seconds(11), "b", item("b"));
        assert_eq!(table.rows.len(), 2);
        table.write(seconds(12), "b", item("b"));
        assert_eq!(table.rows.len(), 1);
        assert!(table.tombstones.is_empty());
    }

    #[test]
    fn a_row_that_was_put_again_outlives_its_old_tombstone() {
        let mut table = Table::new("t", "id");
        table.write(seconds(0), "a", item("a"));
        table.write(seconds(1), "a", None);
        table.write(seconds(2), "a", item("a"));
        table.write(seconds(30), "b", item("b"));
        assert_eq!(table.keys(), ["a", "b"]);
    }
}
