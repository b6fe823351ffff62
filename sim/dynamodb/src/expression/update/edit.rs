//! Edits of an item, carried out together.

use std::collections::BTreeMap;

use crate::expression::path::{Path, Step};
use crate::item::Item;
use crate::value::Value;

/// A change of a value.
#[derive(Debug)]
pub(super) enum Edit {
    Write(Value),
    Remove,
    /// Changes of parts of the value, which is a map or a list.
    Within(BTreeMap<Step, Edit>),
}

/// Carries out edits of an item. No path contains another, and each has room in the item.
///
/// Indexes are those of the lists before the edits. Elements written behind the end of a list are
/// appended, in the order of their indexes.
pub(super) fn apply(edits: Vec<(&Path, Edit)>, item: &Item) -> Item {
    let mut attributes: BTreeMap<_, _> =
        item.values().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    // One tree of edits for each top-level attribute, so that each value is rebuilt once.
    let mut whole: BTreeMap<&str, Edit> = BTreeMap::new();
    for (path, edit) in edits {
        whole.entry(&path.attribute).or_insert_with(Edit::nothing).put(&path.steps, edit);
    }
    for (name, edit) in whole {
        if let Some(value) = edit.apply(attributes.remove(name)) {
            attributes.insert(name.to_owned(), value);
        }
    }
    Item::new(attributes)
}

impl Edit {
    fn nothing() -> Edit {
        Edit::Within(BTreeMap::new())
    }

    fn put(&mut self, steps: &[Step], edit: Edit) {
        match (self, steps) {
            (Edit::Within(parts), [first, rest @ ..]) => {
                parts.entry(first.clone()).or_insert_with(Edit::nothing).put(rest, edit);
            }
            (whole, _) => {
                let is_new = matches!(whole, Edit::Within(parts) if parts.is_empty());
                assert!(is_new, "no path contains another");
                *whole = edit;
            }
        }
    }

    fn apply(self, value: Option<Value>) -> Option<Value> {
        match (self, value) {
            (Edit::Write(value), _) => Some(value),
            (Edit::Remove, _) => None,
            (Edit::Within(parts), Some(Value::M(map))) => Some(Value::M(edit_map(parts, map))),
            (Edit::Within(parts), Some(Value::L(list))) => Some(Value::L(edit_list(parts, list))),
            (Edit::Within(_), _) => unreachable!("each path has room in the item"),
        }
    }
}

fn edit_map(
    parts: BTreeMap<Step, Edit>,
    mut map: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    for (step, edit) in parts {
        let Step::Attribute(name) = step else {
            unreachable!("a path with an index into a map has no room");
        };
        if let Some(value) = edit.apply(map.remove(&name)) {
            map.insert(name, value);
        }
    }
    map
}

fn edit_list(mut parts: BTreeMap<Step, Edit>, list: Vec<Value>) -> Vec<Value> {
    // Old elements keep their order. Edits that are left have indexes behind the end.
    let mut kept = Vec::with_capacity(list.len());
    for (index, value) in list.into_iter().enumerate() {
        match parts.remove(&Step::Index(index)) {
            Some(edit) => kept.extend(edit.apply(Some(value))),
            None => kept.push(value),
        }
    }
    kept.extend(parts.into_values().filter_map(|edit| edit.apply(None)));
    kept
}
