//! Secondary indexes, with their entries for rows of a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::{Sketch, Time};

use crate::capacity::IndexWrite;
use crate::item::Item;
use crate::key::Key;
use crate::rows::{Position, Rows};
use crate::schema::{IndexDefinition, IndexProjection, KeySchema};

/// A secondary index, with its entries for rows of the table.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) definition: IndexDefinition,
    pub(super) rows: Rows,
}

impl Index {
    /// An index without entries.
    pub(super) fn new(definition: IndexDefinition) -> Index {
        Index { definition, rows: Rows::default() }
    }

    /// A new index with entries for all rows of the table.
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

    /// Follows a write to a row of the table, whose key is `owner`.
    pub(super) fn write(
        &mut self,
        now: Time,
        owner: &Key,
        old: Option<&Arc<Item>>,
        new: Option<&Arc<Item>>,
        table: &KeySchema,
    ) -> IndexWrite {
        let entry = |item: &Arc<Item>| {
            let key = self.definition.keys.key_if_any(item)?;
            Some((Position::in_index(&key, owner), self.definition.project(item, table)))
        };
        let (old, new) = (old.and_then(entry), new.and_then(entry));
        let mut entries_bytes = Vec::new();
        // An entry moves if the key in the index changes: a removal, and a write elsewhere.
        if let Some((position, entry)) = &old
            && new.as_ref().is_none_or(|(place, _)| place != position)
        {
            entries_bytes.push(entry.bytes());
            self.rows.write(now, position.clone(), None);
        }
        if let Some((position, entry)) = new {
            // An entry that stays in its place and does not change costs nothing.
            let before = old.filter(|(place, _)| *place == position).map(|(_, before)| before);
            if before.as_ref() != Some(&entry) {
                entries_bytes.push(before.map_or(0, |before| before.bytes()).max(entry.bytes()));
                self.rows.write(now, position, Some(entry));
            }
        }
        let IndexDefinition { name, scope, .. } = &self.definition;
        IndexWrite { index: name.clone(), scope: *scope, entries_bytes }
    }

    /// Adds the entries, if no read sees the time before `horizon`.
    pub(super) fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        // The definition of the table holds that of the index.
        let Index { definition: _, rows } = self;
        rows.sketch(horizon, sketch);
    }
}

impl IndexDefinition {
    /// The part of an item that the index holds.
    pub(super) fn project(&self, item: &Arc<Item>, table: &KeySchema) -> Arc<Item> {
        if self.projection == IndexProjection::All {
            return item.clone();
        }
        let values: BTreeMap<_, _> = item
            .values()
            .filter(|(name, _)| self.holds(name, table))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        Arc::new(Item::new(values))
    }

    /// True if the index holds the attribute of this name.
    pub(super) fn holds(&self, name: &str, table: &KeySchema) -> bool {
        match &self.projection {
            IndexProjection::All => true,
            _ if self.keys.has(name) || table.has(name) => true,
            IndexProjection::KeysOnly => false,
            IndexProjection::Include(names) => names.contains(name),
        }
    }
}
