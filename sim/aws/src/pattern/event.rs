//! The fields of an event, as patterns see them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The elements of arrays that a field lies in: the index by the number of the array.
pub(super) type Membership = BTreeMap<usize, usize>;

/// The values of an event that are no objects and no arrays, by the path of their field.
///
/// An array adds nothing to a path: its elements stand for the array itself. An empty object and an
/// empty array hold no value, so to a pattern their field does not exist.
#[derive(Debug, Default)]
pub(super) struct Event<'a> {
    fields: BTreeMap<String, Vec<Field<'a>>>,
    arrays: usize,
}

/// A value of an event.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) value: &'a Value,
    pub(super) membership: Membership,
}

impl<'a> Event<'a> {
    /// Finds the fields of an event. There are none if it is no object.
    pub(super) fn new(event: &'a Value) -> Event<'a> {
        let mut found = Event::default();
        if let Value::Object(members) = event {
            found.add_members("", members, &Membership::new());
        }
        found
    }

    /// Returns the values of the field with this path.
    pub(super) fn fields(&self, path: &str) -> &[Field<'a>] {
        self.fields.get(path).map_or(&[], Vec::as_slice)
    }

    fn add_members(&mut self, path: &str, members: &'a Map<String, Value>, inside: &Membership) {
        for (name, value) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.add(&path, value, inside);
        }
    }

    fn add(&mut self, path: &str, value: &'a Value, inside: &Membership) {
        match value {
            Value::Object(members) => self.add_members(path, members, inside),
            Value::Array(elements) => self.add_elements(path, elements, inside),
            _ => {
                let field = Field { value, membership: inside.clone() };
                self.fields.entry(path.to_owned()).or_default().push(field);
            }
        }
    }

    fn add_elements(&mut self, path: &str, elements: &'a [Value], inside: &Membership) {
        let array = self.arrays;
        self.arrays += 1;
        for (index, element) in elements.iter().enumerate() {
            if !element.is_object() && !element.is_array() {
                // A plain element shares its place with no other field.
                self.add(path, element, inside);
                continue;
            }
            let mut inside = inside.clone();
            inside.insert(array, index);
            self.add(path, element, &inside);
        }
    }
}
