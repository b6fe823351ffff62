//! Rows in dispute, by table and key as the application writes them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stormglass_dynamodb::RowKey;
use stormglass_spec::history::{Event, EventKind};
use stormglass_spec::name::{ConnectionName, RowName};

use crate::stack::{KeyAttribute, Table};
use crate::translate::{connection_id, row_name};

/// Describes rows by the first request that names each: `games/red: table games, game "red"`.
///
/// A row that no request names, because it expired or because the stack has it from the beginning,
/// has no description.
pub(super) fn describe_rows(
    events: &[Event],
    rows: &BTreeSet<&RowName>,
    tables: &[Table],
) -> Vec<String> {
    let connections = connections(events);
    let mut described = BTreeMap::new();
    for event in events {
        let EventKind::CallSent { request, request_text, .. } = &event.kind else { continue };
        if !request.rows().iter().any(|row| rows.contains(row) && !described.contains_key(row)) {
            continue;
        }
        for (table, item) in items_in(request_text) {
            let Some(key) = Key::of(tables, &table, &item) else { continue };
            let named = key.name(tables, &connections);
            if let Some(row) = rows.get(&named) {
                described.entry(*row).or_insert_with(|| format!("{row}: {}", key.words()));
            }
        }
    }
    described.into_values().collect()
}

/// The key of a row: the attributes of the key in order, each with its value.
struct Key<'a> {
    table: &'a str,
    attributes: Vec<(&'a KeyAttribute, String)>,
}

impl<'a> Key<'a> {
    /// Returns the key in an item of a table; `None` if there is no such table, or no whole key.
    fn of(tables: &'a [Table], name: &str, item: &Value) -> Option<Key<'a>> {
        let table = tables.iter().find(|table| table.name == name)?;
        let attributes = [&table.partition_key].into_iter().chain(&table.sort_key);
        let attributes = attributes.map(|it| Some((it, value_text(&item[&it.name])?)));
        Some(Key { table: &table.name, attributes: attributes.collect::<Option<_>>()? })
    }

    fn name(&self, tables: &[Table], connections: &BTreeMap<String, ConnectionName>) -> RowName {
        let values: Vec<&str> = self.attributes.iter().map(|(_, value)| value.as_str()).collect();
        let key = RowKey { table: self.table.into(), key: values.join("|") };
        row_name(&key, tables.len() > 1, |id| connections.get(id).cloned())
    }

    fn words(&self) -> String {
        let mut words = format!("table {}", self.table);
        for (attribute, value) in &self.attributes {
            words.push_str(&format!(", {} {value:?}", attribute.name));
        }
        words
    }
}

/// Returns the text of an attribute value that can be a key.
fn value_text(value: &Value) -> Option<String> {
    ["S", "N", "B"].iter().find_map(|kind| value[kind].as_str()).map(str::to_owned)
}

/// Returns the names of all connections of a run, by their ids.
fn connections(events: &[Event]) -> BTreeMap<String, ConnectionName> {
    let asked = events.iter().filter_map(|event| match &event.kind {
        EventKind::HandshakeAsked { connection } => Some(connection),
        _ => None,
    });
    asked.map(|name| (connection_id(name), name.clone())).collect()
}

/// Returns the items and keys in the text of a request, each with its table.
fn items_in(request_text: &str) -> Vec<(String, Value)> {
    let json = request_text.split_once(' ').map_or("", |(_, json)| json);
    let body: Value = serde_json::from_str(json).unwrap_or_default();
    let mut items = Vec::new();
    add_item(&mut items, None, &body);
    for action in body["TransactItems"].as_array().into_iter().flatten() {
        action.as_object().into_iter().flatten().for_each(|(_, it)| add_item(&mut items, None, it));
    }
    for (table, share) in body["RequestItems"].as_object().into_iter().flatten() {
        for key in share["Keys"].as_array().into_iter().flatten() {
            items.push((table.clone(), key.clone()));
        }
        let writes = share.as_array().into_iter().flatten().filter_map(Value::as_object);
        writes.flatten().for_each(|(_, write)| add_item(&mut items, Some(table), write));
    }
    items
}

/// Adds the item or the key of one read or write.
fn add_item(items: &mut Vec<(String, Value)>, table: Option<&str>, request: &Value) {
    let Some(table) = table.or_else(|| request["TableName"].as_str()) else { return };
    if let Some(item) = request.get("Item").or_else(|| request.get("Key")) {
        items.push((table.to_owned(), item.clone()));
    }
}
