//! A table: its rows, and its indexes with theirs.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::Time;

use super::answer::{Answer, Change};
use super::item::Item;
use super::key::{Key, KeyFault};
use super::rows::{Position, Rows};
use super::schema::{Definition, IndexDefinition, KeySchema, Projected, Scope};

/// The tables of one account.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables(BTreeMap<String, Table>);

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    definition: Definition,
    rows: Rows,
    indexes: Vec<Index>,
}

/// One secondary index and the rows of the table that it holds.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) definition: IndexDefinition,
    pub(super) rows: Rows,
}

/// What a write did to one index, in bytes of the entries that it wrote or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexWrite {
    pub(super) index: String,
    pub(super) scope: Scope,
    /// One for each entry, of which there are two where the key changed.
    pub(super) entries_bytes: Vec<usize>,
}

impl Tables {
    /// The table of this name, or what AWS says where there is none.
    pub(super) fn table(&self, name: &str) -> Result<&Table, Answer> {
        self.0.get(name).ok_or_else(Answer::table_not_found)
    }

    pub(super) fn table_mut(&mut self, name: &str) -> Result<&mut Table, Answer> {
        self.0.get_mut(name).ok_or_else(Answer::table_not_found)
    }

    /// Creates an empty table; one that exists stays as it is.
    pub(super) fn create(&mut self, definition: Definition) {
        let name = definition.name.clone();
        self.0.entry(name).or_insert_with(|| Table::new(definition));
    }
}

impl Table {
    pub(super) fn new(definition: Definition) -> Table {
        let indexes = definition.indexes.iter().cloned().map(Index::new).collect();
        Table { definition, rows: Rows::default(), indexes }
    }

    pub(super) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(super) fn keys(&self) -> &KeySchema {
        &self.definition.keys
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.definition
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(super) fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    pub(super) fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.definition.name == name)
    }

    /// The item that is at the key now.
    pub(super) fn item(&self, key: &Key) -> Option<&Arc<Item>> {
        self.rows.item(&Position::of(key))
    }

    pub(super) fn has_local_index(&self) -> bool {
        self.indexes.iter().any(|index| index.definition.scope == Scope::Local)
    }

    /// Checks the paths of an expression against every attribute that is part of a key.
    pub(super) fn check_paths(
        &self,
        check: impl FnMut(&str) -> Result<(), Answer>,
    ) -> Result<(), Answer> {
        self.keys().attributes().map(|attribute| attribute.name.as_str()).try_for_each(check)
    }

    /// Refuses an item that an index could not hold; see [`KeySchema::check_in_index`].
    ///
    /// Of several such indexes the first by name is what AWS complains about.
    pub(super) fn check_indexes(
        &self,
        item: &Item,
        before: Option<Option<&Item>>,
    ) -> Result<(), KeyFault> {
        let mut indexes: Vec<_> =
            self.indexes.iter().map(|Index { definition, .. }| definition).collect();
        indexes.sort_unstable_by_key(|index| &index.name);
        indexes
            .into_iter()
            .try_for_each(|index| index.keys.check_in_index(item, &index.name, before))
    }

    /// Puts an item at the key or, with `None`, removes what is there.
    pub(super) fn write(&mut self, now: Time, key: &Key, item: Option<Arc<Item>>) -> Written {
        let position = Position::of(key);
        let old = self.rows.item(&position).cloned();
        let indexes = self
            .indexes
            .iter_mut()
            .map(|index| index.write(now, key, old.as_ref(), item.as_ref(), &self.definition.keys))
            .collect();
        let (table, text) = (self.definition.name.clone(), key.to_string());
        let change = match (&old, &item) {
            (_, Some(_)) => Some(Change::Written { table, key: text }),
            (Some(_), None) => Some(Change::Removed { table, key: text }),
            (None, None) => None,
        };
        self.rows.write(now, position, item);
        Written { change, indexes }
    }

    /// The keys of the rows that there are now, in the order of their text.
    pub(super) fn row_keys(&self) -> Vec<String> {
        let mut keys: Vec<_> =
            self.rows.all().map(|(position, _)| position.key().to_string()).collect();
        keys.sort_unstable();
        keys
    }
}

/// What a write changed.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// Nothing changes where a row is removed that was not there.
    pub(super) change: Option<Change>,
    pub(super) indexes: Vec<IndexWrite>,
}

impl Index {
    pub(super) fn new(definition: IndexDefinition) -> Index {
        Index { definition, rows: Rows::default() }
    }

    /// The index with the rows that the table has.
    pub(super) fn filled(
        definition: IndexDefinition,
        now: Time,
        rows: &Rows,
        table: &KeySchema,
    ) -> Index {
        let mut index = Index::new(definition);
        for (position, item) in rows.all() {
            index.write(now, &position.key(), None, Some(item), table);
        }
        index
    }

    fn write(
        &mut self,
        now: Time,
        owner: &Key,
        old: Option<&Arc<Item>>,
        new: Option<&Arc<Item>>,
        table: &KeySchema,
    ) -> IndexWrite {
        let entry = |item: &Arc<Item>| {
            let key = self.definition.keys.key_if_any(item)?;
            Some((Position::in_index(&key, owner), self.definition.projection_of(item, table)))
        };
        let (old, new) = (old.and_then(entry), new.and_then(entry));
        let mut entries_bytes = Vec::new();
        if let Some((position, entry)) = &old
            && new.as_ref().is_none_or(|(place, _)| place != position)
        {
            entries_bytes.push(entry.bytes());
            self.rows.write(now, position.clone(), None);
        }
        if let Some((position, entry)) = new {
            let before = old.filter(|(place, _)| *place == position).map(|(_, before)| before);
            if before.as_ref() != Some(&entry) {
                entries_bytes.push(before.map_or(0, |before| before.bytes()).max(entry.bytes()));
                self.rows.write(now, position, Some(entry));
            }
        }
        let IndexDefinition { name, scope, .. } = &self.definition;
        IndexWrite { index: name.clone(), scope: *scope, entries_bytes }
    }
}

impl IndexDefinition {
    /// What the index holds of an item.
    pub(super) fn projection_of(&self, item: &Arc<Item>, table: &KeySchema) -> Arc<Item> {
        if self.projected == Projected::All {
            return item.clone();
        }
        let values: BTreeMap<_, _> = item
            .values()
            .filter(|(name, _)| self.holds(name, table))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        Arc::new(Item::new(values))
    }

    /// Whether the index holds the attribute of this name.
    pub(super) fn holds(&self, name: &str, table: &KeySchema) -> bool {
        match &self.projected {
            Projected::All => true,
            _ if self.keys.has(name) || table.has(name) => true,
            Projected::KeysOnly => false,
            Projected::Include(names) => names.contains(name),
        }
    }
}
