//! Rows and their recent past, in the order in which a scan visits them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeBounds;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::hash::{self, Fnv};
use stormglass_spec::{Sketch, Time};

use crate::item::Item;
use crate::key::{Key, KeyValue};
use crate::size::Size;

/// The longest lag of a replica; "usually within one second or less" (FACTS 6.4).
const HISTORY: Duration = Duration::from_secs(10);

/// The rows of a table or of an index.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    rows: BTreeMap<Position, Row>,
    /// The removals that a replica may not have seen yet, oldest first.
    tombstones: VecDeque<(Time, Position)>,
}

/// The place of a row in a table or in an index.
///
/// Rows are ordered by the hash of the partition key, then by the keys. Several rows of an index
/// can have the same keys there: the key of the row in the table tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    hash: u64,
    pub(super) partition: KeyValue,
    pub(super) range: Place<KeyValue>,
    pub(super) owner: Place<Key>,
}

/// A value, or an end of all values. A missing sort key or owner is at the front.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<T> {
    Front,
    At(T),
    Back,
}

/// The versions of the rows that a read sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadView {
    /// The newest version of every row.
    Now,
    /// The version of every row at one time.
    At(Time),
    /// The version of each row at a time of its own, at most `lag_max` ago.
    Uneven { now: Time, lag_max: Duration, seed: u64 },
}

/// The versions of a row, oldest first. There is at least one, except before the first write.
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

impl Rows {
    /// Puts an item at a place or, with `None`, removes the item there.
    pub(super) fn write(&mut self, now: Time, position: Position, item: Option<Arc<Item>>) {
        self.forget(now);
        if item.is_some() {
            self.rows.entry(position).or_insert_with(Row::new).push(now, item);
            return;
        }
        let row = self.rows.get_mut(&position).filter(|row| row.now().is_some());
        if let Some(row) = row {
            row.push(now, None);
            self.tombstones.push_back((now, position));
        }
    }

    /// The newest item at a place.
    pub(super) fn item(&self, position: &Position) -> Option<&Arc<Item>> {
        self.rows.get(position).and_then(Row::now)
    }

    /// The item that a read sees at a place.
    pub(super) fn item_seen(&self, position: &Position, view: ReadView) -> Option<&Arc<Item>> {
        self.rows.get(position).and_then(|row| row.seen(position, view))
    }

    /// The items that a read sees, in order.
    ///
    /// # Panics
    ///
    /// If the lower bound is above the upper one.
    pub(super) fn items(
        &self,
        bounds: impl RangeBounds<Position>,
        view: ReadView,
    ) -> impl DoubleEndedIterator<Item = (&Position, &Arc<Item>)> {
        self.rows
            .range(bounds)
            .filter_map(move |(position, row)| Some((position, row.seen(position, view)?)))
    }

    /// The newest items, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Position, &Arc<Item>)> {
        self.rows.iter().filter_map(|(position, row)| Some((position, row.now()?)))
    }

    /// The number of the newest items and their bytes together.
    pub(super) fn size(&self) -> Size {
        let mut size = Size::default();
        for (_, item) in self.all() {
            size.items += 1;
            size.bytes += item.bytes() as u64;
        }
        size
    }

    /// Adds every version that a read can still see, if none sees the time before `horizon`.
    pub(super) fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        // Tombstones repeat removals that are versions of the rows.
        let Rows { rows, tombstones: _ } = self;
        let visible = rows.iter().filter(|(_, row)| !row.is_gone_at(horizon));
        sketch.list(visible, |sketch, (position, row)| {
            position.sketch(sketch);
            row.sketch(horizon, sketch);
        });
    }

    /// Drops the rows whose removal every replica has seen by now.
    fn forget(&mut self, now: Time) {
        let horizon = now - HISTORY;
        while let Some((_, position)) = self.tombstones.pop_front_if(|(at, _)| *at < horizon) {
            // A row that was put again has lived on, or has a later tombstone.
            if self.rows.get(&position).is_some_and(|row| row.is_gone_at(horizon)) {
                self.rows.remove(&position);
            }
        }
    }
}

impl Position {
    /// The place of a row in its table.
    pub(super) fn new(key: &Key) -> Position {
        Position {
            hash: hash_of(&key.hash),
            partition: key.hash.clone(),
            range: key.range.clone().map_or(Place::Front, Place::At),
            owner: Place::Front,
        }
    }

    /// The place in an index of a row, whose key in the table is `owner`.
    pub(super) fn in_index(key: &Key, owner: &Key) -> Position {
        Position { owner: Place::At(owner.clone()), ..Position::new(key) }
    }

    /// A place in a partition that no row has, as a bound.
    pub(super) fn edge(
        partition: &KeyValue,
        range: Place<KeyValue>,
        owner: Place<Key>,
    ) -> Position {
        Position { hash: hash_of(partition), partition: partition.clone(), range, owner }
    }

    /// The first place of a segment of a parallel scan.
    pub(super) fn segment_start(segment: u32, segments: u32) -> Position {
        let hash = (u128::from(segment) << 64).div_ceil(u128::from(segments));
        Position {
            hash: u64::try_from(hash).expect("a segment is one of the segments"),
            partition: KeyValue::S(String::new()),
            range: Place::Front,
            owner: Place::Front,
        }
    }

    /// The segment of a parallel scan that visits the place: equal shares of the hash range.
    pub(super) fn segment(&self, segments: u32) -> u32 {
        let segment = (u128::from(self.hash) * u128::from(segments)) >> 64;
        u32::try_from(segment).expect("a hash is below the end of the last segment")
    }

    /// The key of the row in the table or index that this place is in.
    pub(super) fn key(&self) -> Key {
        let range = match &self.range {
            Place::At(range) => Some(range.clone()),
            Place::Front | Place::Back => None,
        };
        Key { hash: self.partition.clone(), range }
    }

    /// The key of the row in its table.
    pub(super) fn table_key(&self) -> Key {
        match &self.owner {
            Place::At(owner) => owner.clone(),
            Place::Front | Place::Back => self.key(),
        }
    }

    /// Adds the key of the row in its table.
    fn sketch(&self, sketch: &mut Sketch) {
        // The hash follows from the partition key, and the place in an index from the item.
        let Position { hash: _, partition: _, range: _, owner: _ } = self;
        sketch.text(&self.table_key().to_string());
    }
}

impl ReadView {
    /// The view of a read that is `lag` behind, or as far back as versions are kept.
    pub(super) fn behind(now: Time, lag: Duration) -> ReadView {
        ReadView::At(now - lag.min(HISTORY))
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
        // The newest version before the horizon is what the slowest replica sees.
        let oldest = self.versions.iter().rposition(|version| version.at <= horizon).unwrap_or(0);
        self.versions.drain(..oldest);
        self.versions.push(Version { at, item });
    }

    fn now(&self) -> Option<&Arc<Item>> {
        self.versions.last()?.item.as_ref()
    }

    fn at(&self, time: Time) -> Option<&Arc<Item>> {
        self.versions.iter().rfind(|version| version.at <= time)?.item.as_ref()
    }

    /// The item that a read sees; `position` is the place of the row.
    fn seen(&self, position: &Position, view: ReadView) -> Option<&Arc<Item>> {
        match view {
            ReadView::Now => self.now(),
            ReadView::At(time) => self.at(time),
            ReadView::Uneven { now, lag_max, seed } => {
                let lag_max = lag_max.min(HISTORY);
                let share = hash::keyed(seed, &position.table_key().to_string());
                let lag_max_ms =
                    u64::try_from(lag_max.as_millis()).expect("no lag is longer than the history");
                let lag_ms = share % (lag_max_ms + 1);
                self.at(now - Duration::from_millis(lag_ms))
            }
        }
    }

    /// True if the row was removed at `horizon` or earlier, and not put again.
    fn is_gone_at(&self, horizon: Time) -> bool {
        self.versions.last().is_none_or(|last| last.item.is_none() && last.at <= horizon)
    }

    /// Adds the version at `horizon`, and every later one with its time.
    fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        let Row { versions } = self;
        sketch.option(self.at(horizon), |sketch, item| sketch.text(item.json()));
        let later = versions.iter().filter(|version| version.at > horizon);
        sketch.list(later, |sketch, Version { at, item }| {
            sketch.time(*at);
            sketch.option(item.as_deref(), |sketch, item| sketch.text(item.json()));
        });
    }
}

/// Returns the hash that orders partitions.
fn hash_of(partition: &KeyValue) -> u64 {
    let mut hash = Fnv::default();
    match partition {
        KeyValue::S(string) => hash.write(string.as_bytes()),
        KeyValue::N(number) => hash.write(number.to_string().as_bytes()),
        KeyValue::B(bytes) => hash.write(bytes),
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn item(text: &str) -> Option<Arc<Item>> {
        Some(Arc::new(Item::new([("id".to_owned(), Value::S(text.to_owned()))].into())))
    }

    fn key(text: &str) -> Key {
        Key { hash: KeyValue::S(text.to_owned()), range: None }
    }

    fn seconds(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    fn write(rows: &mut Rows, second: u64, text: &str, item: Option<Arc<Item>>) {
        rows.write(seconds(second), Position::new(&key(text)), item);
    }

    #[test]
    fn every_place_lies_in_the_segment_that_starts_before_it() {
        for segments in [1, 2, 3, 7, 1_000_000] {
            for number in 0..50 {
                let position = Position::new(&key(&format!("conn-{number}")));
                let segment = position.segment(segments);
                assert!(segment < segments);
                assert!(Position::segment_start(segment, segments) <= position);
                if segment + 1 < segments {
                    assert!(position < Position::segment_start(segment + 1, segments));
                }
            }
        }
    }

    #[test]
    fn the_past_is_kept_for_ten_seconds_and_no_longer() {
        let mut rows = Rows::default();
        for second in 0..30 {
            write(&mut rows, second, "a", item("a"));
        }
        assert_eq!(rows.rows[&Position::new(&key("a"))].versions.len(), 11);
    }

    #[test]
    fn a_removed_row_is_forgotten_once_no_replica_can_see_it() {
        let mut rows = Rows::default();
        write(&mut rows, 0, "a", item("a"));
        write(&mut rows, 1, "a", None);
        write(&mut rows, 11, "b", item("b"));
        assert_eq!(rows.rows.len(), 2);
        write(&mut rows, 12, "b", item("b"));
        assert_eq!(rows.rows.len(), 1);
        assert!(rows.tombstones.is_empty());
    }

    #[test]
    fn a_row_that_was_put_again_outlives_its_old_tombstone() {
        let mut rows = Rows::default();
        write(&mut rows, 0, "a", item("a"));
        write(&mut rows, 1, "a", None);
        write(&mut rows, 2, "a", item("a"));
        write(&mut rows, 30, "b", item("b"));
        assert_eq!(rows.all().count(), 2);
    }

    #[test]
    fn an_uneven_replica_has_some_of_what_was_written_at_once() {
        let mut rows = Rows::default();
        for number in 0..100 {
            write(&mut rows, 1, &number.to_string(), item("a"));
        }
        let seen = |now, seed| {
            let lag_max = Duration::from_secs(1);
            rows.items(.., ReadView::Uneven { now, lag_max, seed }).count()
        };
        let half = Time::from_millis(1_500);
        assert!((20..80).contains(&seen(half, 1)));
        assert_eq!(seen(half, 1), seen(half, 1));
        assert_ne!(seen(half, 1), seen(half, 2));
        assert_eq!(seen(seconds(2), 1), 100);
    }
}
