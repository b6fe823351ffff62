//! Items, each with its JSON, which is written once.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::json;
use crate::value::Value;

/// The size limit of an item, as [`Item::bytes`] measures it: 400 KB.
pub(super) const ITEM_BYTES_MAX: usize = 400 * 1024;

/// The attributes of one row or one key.
///
/// A page of a scan copies the JSON of its items, so a scan costs no more than its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Sorted by name, each name once.
    attributes: Vec<Attribute>,
    json: String,
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    name: String,
    value: Value,
    /// The part of the item's JSON that holds the name and the value.
    span: Range<usize>,
}

impl Item {
    pub(super) fn new(values: BTreeMap<String, Value>) -> Item {
        let bytes = values.iter().map(|(name, value)| name.len() + value.bytes()).sum();
        let mut attributes = Vec::with_capacity(values.len());
        let mut out = String::new();
        json::write_list(&mut out, ['{', '}'], values, |out, (name, value)| {
            let start = out.len();
            json::write_string(out, &name);
            out.push(':');
            value.write(out);
            attributes.push(Attribute { name, value, span: start..out.len() });
        });
        Item { attributes, json: out, bytes }
    }

    /// The value of a top-level attribute.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// The name and the value of a top-level attribute as a member of the item's JSON.
    pub(super) fn json_member(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| &self.json[attribute.span.clone()])
    }

    /// The names of the top-level attributes, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|attribute| attribute.name.as_str())
    }

    /// The top-level attributes, in the order of their names.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.attributes.iter().map(|attribute| (attribute.name.as_str(), &attribute.value))
    }

    /// The item as the JSON object that requests and answers hold.
    pub(super) fn json(&self) -> &str {
        &self.json
    }

    /// The size that AWS limits in items and pages: the names and the values (FACTS 6.2).
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        let by_name = |attribute: &Attribute| attribute.name.as_str().cmp(name);
        let index = self.attributes.binary_search_by(by_name).ok()?;
        Some(&self.attributes[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value::S(text.to_owned())
    }

    #[test]
    fn the_json_is_sorted_by_name_and_can_be_had_in_parts() {
        let values = [("b\"", "x"), ("a", "y")].map(|(name, text)| (name.to_owned(), string(text)));
        let item = Item::new(values.into());
        assert_eq!(item.json(), r#"{"a":{"S":"y"},"b\"":{"S":"x"}}"#);
        assert_eq!(item.json_member("b\""), Some(r#""b\"":{"S":"x"}"#));
        assert_eq!(item.json_member("c"), None);
    }

    #[test]
    fn a_row_of_only_a_connection_id_measures_28_bytes() {
        let values = [("connectionId".to_owned(), string("L0SM9cOFvHcCIhw="))];
        assert_eq!(Item::new(values.into()).bytes(), 28);
    }
}
