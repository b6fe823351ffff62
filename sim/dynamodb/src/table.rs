//! Tables with their rows and their indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::{Sketch, Time};

use crate::answer::{Answer, Change, RowContent};
use crate::capacity::IndexWrite;
use crate::expiries::Expiries;
use crate::index::Index;
use crate::item::Item;
use crate::key::{Key, KeyFault};
use crate::row_key::RowKey;
use crate::rows::{Position, Rows};
use crate::schema::{Definition, IndexDefinition, KeyAttribute, KeySchema, Scope};
use crate::size::Statistics;
use crate::state::TableState;
use crate::stream::{ItemWrite, StreamLog};

/// The tables of one account.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    tables: BTreeMap<String, Table>,
    /// The time of the last request.
    now: Time,
    /// The longest time from the expiry of a row to its removal.
    expiry_lag_max: Duration,
    /// True if new tables keep a journal too.
    is_journaled: bool,
    /// The number of open shards of a stream.
    stream_shards: NonZeroU8,
    /// The streams of tables that were deleted.
    orphans: Vec<StreamLog>,
}

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    definition: Definition,
    state: TableState,
    rows: Rows,
    indexes: Vec<Index>,
    expiries: Expiries,
    /// The rows that have changed since the driver last asked, if it keeps a journal.
    journal: Option<RowChanges>,
    /// The keys of the rows that transactions in progress have.
    locks: BTreeSet<Key>,
    /// The streams of the table that can be read, oldest first.
    streams: Vec<StreamLog>,
    /// The number of open shards of a stream.
    stream_shards: NonZeroU8,
}

/// The cause of a write, for the stream of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WriteCause {
    Request,
    Expiry,
    /// A new process restores the row, which no stream sees.
    Restoration,
}

/// Rows of one table that were written or removed, each with its new item.
pub(super) type RowChanges = Vec<(Key, Option<Arc<Item>>)>;

impl Tables {
    pub(super) fn new(expiry_lag_max: Duration, stream_shards: NonZeroU8) -> Tables {
        Tables {
            tables: BTreeMap::new(),
            now: Time::ZERO,
            expiry_lag_max,
            is_journaled: false,
            stream_shards,
            orphans: Vec::new(),
        }
    }

    /// Carries out the changes of tables and indexes that are done by `now`.
    ///
    /// The caller does so before every request.
    pub(super) fn settle(&mut self, now: Time) {
        self.now = self.now.max(now);
        let is_gone = |(_, table): &(&String, &Table)| table.state.is_gone(now);
        let gone: Vec<_> =
            self.tables.iter().filter(is_gone).map(|(name, _)| name.clone()).collect();
        for name in gone {
            let table = self.tables.remove(&name);
            self.orphans.extend(table.into_iter().flat_map(Table::close_streams));
        }
        self.orphans.iter_mut().for_each(|stream| stream.forget(now));
        self.orphans.retain(|stream| !stream.is_gone(now));
        self.tables.values_mut().for_each(|table| table.settle(now));
    }

    /// The table of this name, if it serves operations on items.
    ///
    /// # Errors
    ///
    /// If there is no such table, or if it does not serve yet: the answer of AWS.
    pub(super) fn table(&self, name: &str) -> Result<&Table, Answer> {
        let table = self.tables.get(name).filter(|table| table.state.serves(self.now));
        table.ok_or_else(Answer::table_not_found)
    }

    /// Like [`Tables::table`], for a write.
    pub(super) fn table_mut(&mut self, name: &str) -> Result<&mut Table, Answer> {
        let now = self.now;
        let table = self.tables.get_mut(name).filter(|table| table.state.serves(now));
        table.ok_or_else(Answer::table_not_found)
    }

    /// The table of this name, even if it does not serve.
    pub(super) fn any(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// Like [`Tables::any`], for a change.
    pub(super) fn any_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.get_mut(name)
    }

    /// All tables, in the order of their names, for a change.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Table> {
        self.tables.values_mut()
    }

    /// Starts a journal of the rows of every table.
    pub(super) fn keep_journals(&mut self) {
        self.is_journaled = true;
        for table in self.tables.values_mut() {
            table.journal.get_or_insert_default();
        }
    }

    /// The names of all tables, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Creates an empty table, which must not exist yet.
    pub(super) fn create(&mut self, definition: Definition, state: TableState) {
        let expiries = Expiries::new(self.expiry_lag_max);
        let mut table = Table::new(definition, state, expiries, self.stream_shards);
        table.journal = self.is_journaled.then(Vec::new);
        let earlier = self.tables.insert(table.name().to_owned(), table);
        assert!(earlier.is_none(), "a table was created twice");
    }

    /// All streams that can be read, also those of deleted tables.
    pub(super) fn streams(&self) -> impl Iterator<Item = &StreamLog> {
        self.tables.values().flat_map(|table| &table.streams).chain(&self.orphans)
    }

    /// The latest stream of a table, for a change.
    pub(super) fn latest_stream_mut(&mut self, table: &str) -> Option<&mut StreamLog> {
        self.tables.get_mut(table)?.streams.last_mut()
    }

    /// The time of the next removal of an expired row.
    pub(super) fn next_expiry(&self) -> Option<Time> {
        self.tables.values().filter_map(Table::next_expiry).min()
    }

    /// Removes the expired rows whose lag is over (FACTS 6.10).
    pub(super) fn expire(&mut self, now: Time) -> Vec<Change> {
        self.tables.values_mut().flat_map(|table| table.expire(now)).collect()
    }

    /// Adds the tables, if no read sees the time before `horizon`.
    pub(super) fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        // The next request sets `now`. A run never changes the lag and the shards, and keeps no
        // journal.
        let Tables {
            tables,
            now: _,
            expiry_lag_max: _,
            is_journaled: _,
            stream_shards: _,
            orphans,
        } = self;
        sketch.list(tables.values(), |sketch, table| table.sketch(horizon, sketch));
        sketch.list(orphans, |sketch, stream| stream.sketch(sketch));
    }
}

impl Table {
    fn new(
        definition: Definition,
        state: TableState,
        expiries: Expiries,
        stream_shards: NonZeroU8,
    ) -> Table {
        let indexes = definition.indexes.iter().cloned().map(Index::new).collect();
        let mut table = Table {
            definition,
            state,
            rows: Rows::default(),
            indexes,
            expiries,
            journal: None,
            locks: BTreeSet::new(),
            streams: Vec::new(),
            stream_shards,
        };
        table.follow_stream();
        table
    }

    pub(super) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(super) fn keys(&self) -> &KeySchema {
        &self.definition.keys
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The index of this name.
    ///
    /// # Errors
    ///
    /// If there is no such index, or if it cannot be read: the answer of AWS.
    pub(super) fn index(&self, name: &str, now: Time) -> Result<&Index, Answer> {
        self.state.check_index(name, now)?;
        let index = self.indexes.iter().find(|index| index.definition.name == name);
        index.ok_or_else(|| {
            let message = format!("The table does not have the specified index: {name}");
            Answer::validation(&message)
        })
    }

    /// The parts that the control plane changes.
    pub(super) fn declaration_mut(&mut self) -> (&mut Definition, &mut TableState) {
        (&mut self.definition, &mut self.state)
    }

    /// The sizes of the table and of its indexes.
    pub(super) fn statistics(&self) -> Statistics {
        let index = |index: &Index| (index.definition.name.clone(), index.rows.size());
        Statistics { table: self.rows.size(), indexes: self.indexes.iter().map(index).collect() }
    }

    /// Carries out the changes of indexes and of the expiry that are done by `now`.
    pub(super) fn settle(&mut self, now: Time) {
        self.state.settle(&mut self.definition, now);
        let Table { definition, state, rows, indexes, expiries, .. } = self;
        let declared = &definition.indexes;
        // A new index is filled at once. Until its creation is done, the state refuses reads of it.
        indexes.retain(|index| declared.contains(&index.definition));
        for index in declared {
            if !indexes.iter().any(|known| known.definition == *index) {
                indexes.push(Index::filled(index.clone(), now, rows, &definition.keys));
            }
        }
        expiries.watch(state.time_to_live.attribute(now), rows, now);
        self.follow_stream();
        self.streams.iter_mut().for_each(|stream| stream.forget(now));
        self.streams.retain(|stream| !stream.is_gone(now));
    }

    /// Opens or closes the stream as declared.
    fn follow_stream(&mut self) {
        let Some(declared) = self.state.stream else { return };
        let is_known = self.streams.last_mut().is_some_and(|stream| stream.follow(declared));
        // A closed stream that was deleted does not come back.
        if !is_known && declared.closed.is_none() {
            let Definition { name, keys, .. } = &self.definition;
            let places = u32::from(self.stream_shards.get());
            self.streams.push(StreamLog::new(name, keys, declared, places));
        }
    }

    /// Closes the streams of a table that is gone, and returns them.
    fn close_streams(mut self) -> Vec<StreamLog> {
        let span = self.state.change.span;
        self.streams.iter_mut().for_each(|stream| stream.close(span));
        self.streams
    }

    /// The latest stream, unless it is deleted.
    pub(super) fn latest_stream(&self) -> Option<&StreamLog> {
        self.streams.last()
    }

    fn expire(&mut self, now: Time) -> Vec<Change> {
        let mut due = self.expiries.due(now);
        due.retain(|key| !self.is_locked(key));
        let mut remove = |key: Key| {
            let change = self.write_as(now, &key, None, WriteCause::Expiry).change;
            change.expect("only rows of the table are due to expire")
        };
        due.into_iter().map(&mut remove).collect()
    }

    /// The time of the next removal of an expired row that no transaction in progress has.
    fn next_expiry(&self) -> Option<Time> {
        let has_locks = !self.locks.is_empty();
        self.expiries.next_but(|position| has_locks && self.is_locked(&position.key()))
    }

    /// Keeps other writes from a row, for a transaction in progress.
    pub(super) fn lock(&mut self, key: Key) {
        self.locks.insert(key);
    }

    /// Lets other writes to a row again.
    pub(super) fn unlock(&mut self, key: &Key) {
        self.locks.remove(key);
    }

    /// True if a transaction in progress has the row.
    pub(super) fn is_locked(&self, key: &Key) -> bool {
        self.locks.contains(key)
    }

    /// The newest item with this key.
    pub(super) fn item(&self, key: &Key) -> Option<&Arc<Item>> {
        self.rows.item(&Position::new(key))
    }

    pub(super) fn has_local_index(&self) -> bool {
        self.indexes.iter().any(|index| index.definition.scope == Scope::Local)
    }

    /// Refuses an expression with a path into a key of the table or of an index.
    pub(super) fn check_paths(&self, looks_into: impl Fn(&str) -> bool) -> Result<(), Answer> {
        let is_looked_into = |attribute: &&KeyAttribute| looks_into(&attribute.name);
        if let Some(key) = self.keys().attributes().find(is_looked_into) {
            return Err(key_is_scalar("Key", &key.name));
        }
        let mut of_indexes =
            self.definition.indexes.iter().flat_map(|index| index.keys.attributes());
        match of_indexes.find(is_looked_into) {
            Some(key) => Err(key_is_scalar("IndexKey", &key.name)),
            None => Ok(()),
        }
    }

    /// Refuses an item that does not fit an index; see [`KeySchema::check_in_index`].
    ///
    /// AWS names the first such index by name.
    pub(super) fn check_indexes(
        &self,
        item: &Item,
        before: Option<Option<&Item>>,
    ) -> Result<(), KeyFault> {
        self.indexes_by_name()
            .into_iter()
            .try_for_each(|index| index.keys.check_in_index(item, &index.name, before))
    }

    /// Refuses an update of an index key; see [`KeySchema::check_types_in_index`].
    pub(super) fn check_index_types<'a>(
        &self,
        type_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<(), KeyFault> {
        self.indexes_by_name()
            .into_iter()
            .try_for_each(|index| index.keys.check_types_in_index(&index.name, &type_of))
    }

    fn indexes_by_name(&self) -> Vec<&IndexDefinition> {
        let mut indexes: Vec<_> =
            self.indexes.iter().map(|Index { definition, .. }| definition).collect();
        indexes.sort_unstable_by_key(|index| &index.name);
        indexes
    }

    /// Puts an item or, with `None`, removes the item with this key.
    pub(super) fn write(&mut self, now: Time, key: &Key, item: Option<Arc<Item>>) -> WriteOutcome {
        self.write_as(now, key, item, WriteCause::Request)
    }

    /// Puts an item that an earlier process had.
    pub(super) fn restore(&mut self, now: Time, key: &Key, item: Arc<Item>) {
        self.write_as(now, key, Some(item), WriteCause::Restoration);
    }

    fn write_as(
        &mut self,
        now: Time,
        key: &Key,
        item: Option<Arc<Item>>,
        cause: WriteCause,
    ) -> WriteOutcome {
        let position = Position::new(key);
        let old = self.rows.item(&position).cloned();
        let indexes = self
            .indexes
            .iter_mut()
            .map(|index| index.write(now, key, old.as_ref(), item.as_ref(), &self.definition.keys))
            .collect();
        let row = || RowKey { table: self.definition.name.as_str().into(), key: key.to_string() };
        let change = match (&old, &item) {
            (_, Some(item)) => {
                Some(Change::Written { row: row(), content: RowContent(Arc::clone(item)) })
            }
            (Some(old), None) => {
                Some(Change::Removed { row: row(), content: RowContent(Arc::clone(old)) })
            }
            (None, None) => None,
        };
        if let Some(journal) = &mut self.journal
            && change.is_some()
        {
            journal.push((key.clone(), item.clone()));
        }
        if let Some(stream) = self.streams.last_mut()
            && cause != WriteCause::Restoration
        {
            let (old, new) = (old.as_ref(), item.as_ref());
            let is_expiry = cause == WriteCause::Expiry;
            stream.note(now, ItemWrite { key, old, new, is_expiry });
        }
        self.expiries.note(&position, item.as_deref(), now);
        self.rows.write(now, position, item);
        WriteOutcome { change, indexes }
    }

    /// Takes the changes of rows since the last call; none without a journal.
    pub(super) fn take_journal(&mut self) -> RowChanges {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The number of rows.
    pub(super) fn row_count(&self) -> usize {
        self.rows.all().count()
    }

    /// The keys of the rows as text, in order.
    pub(super) fn row_keys(&self) -> Vec<String> {
        let mut keys: Vec<_> =
            self.rows.all().map(|(position, _)| position.key().to_string()).collect();
        keys.sort_unstable();
        keys
    }

    fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        // Expiries follow from the rows and the state. No request reads the journal.
        let Table {
            definition,
            state,
            rows,
            indexes,
            expiries: _,
            journal: _,
            // They follow from the transactions.
            locks: _,
            streams,
            stream_shards: _,
        } = self;
        sketch.debug(definition);
        sketch.debug(state);
        rows.sketch(horizon, sketch);
        sketch.list(indexes, |sketch, index| index.sketch(horizon, sketch));
        sketch.list(streams, |sketch, stream| stream.sketch(sketch));
    }
}

/// The changes that a write made to the row and to the indexes.
#[derive(Clone, Debug)]
pub(super) struct WriteOutcome {
    /// None if the write removed a row that was not there.
    pub(super) change: Option<Change>,
    pub(super) indexes: Vec<IndexWrite>,
}

/// Refuses a path into a key, which is a scalar.
fn key_is_scalar(kind: &str, name: &str) -> Answer {
    Answer::validation(&format!(
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not \
         allowed: {kind}: {name}"
    ))
}
