//! Items, which know their wire form from the time when they are written.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::json;
use crate::value::Value;

/// The most that an item may measure, by the rule that [`Item::bytes`] follows: 400 KB.
pub(super) const ITEM_BYTES_MAX: usize = 400 * 1024;

/// The attributes of one row or one key.
///
/// A page of a scan is made by copying wire forms, so that a scan costs no more than its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Sorted by name, each name once.
    attributes: Vec<Attribute>,
    wire: String,
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    name: String,
    value: Value,
    /// Where name and value are in the wire form of the item.
    span: Range<usize>,
}

impl Item {
    pub(super) fn new(values: BTreeMap<String, Value>) -> Item {
        let bytes = values.iter().map(|(name, value)| name.len() + value.bytes()).sum();
        let mut attributes = Vec::with_capacity(values.len());
        let mut wire = String::new();
        json::write_list(&mut wire, ['{', '}'], values, |wire, (name, value)| {
            let start = wire.len();
            json::write_string(wire, &name);
            wire.push(':');
            value.write(wire);
            attributes.push(Attribute { name, value, span: start..wire.len() });
        });
        Item { attributes, wire, bytes }
    }

    /// The value of a top-level attribute.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// The name and the value of a top-level attribute as they go over the wire.
    pub(super) fn wire_of(&self, name: &str) -> Option<&str> {
        self.attribute(name).and_then(|attribute| self.wire.get(attribute.span.clone()))
    }

    /// The names of the top-level attributes, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|attribute| attribute.name.as_str())
    }

    /// The top-level attributes, in the order of their names.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.attributes.iter().map(|attribute| (attribute.name.as_str(), &attribute.value))
    }

    /// The JSON object that goes over the wire.
    pub(super) fn wire(&self) -> &str {
        &self.wire
    }

    /// The size by which AWS limits items and pages: the names and the values (FACTS 6.2).
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        let index =
            self.attributes.binary_search_by(|attribute| attribute.name.as_str().cmp(name)).ok()?;
        self.attributes.get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value::S(text.to_owned())
    }

    #[test]
    fn the_wire_form_is_sorted_by_name_and_can_be_had_in_parts() {
        let values = [("b\"", "x"), ("a", "y")].map(|(name, text)| (name.to_owned(), string(text)));
        let item = Item::new(values.into());
        assert_eq!(item.wire(), r#"{"a":{"S":"y"},"b\"":{"S":"x"}}"#);
        assert_eq!(item.wire_of("b\""), Some(r#""b\"":{"S":"x"}"#));
        assert_eq!(item.wire_of("c"), None);
    }

    #[test]
    fn a_row_of_only_a_connection_id_measures_28_bytes() {
        let values = [("connectionId".to_owned(), string("L0SM9cOFvHcCIhw="))];
        assert_eq!(Item::new(values.into()).bytes(), 28);
    }
}
