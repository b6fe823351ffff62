//! Writers of JSON objects and lists.

use std::collections::BTreeMap;

use super::{write_list, write_string};

/// A JSON object that is written member by member.
#[derive(Debug)]
pub(crate) struct Object {
    out: String,
}

impl Object {
    pub(crate) fn new() -> Object {
        Object { out: "{".to_owned() }
    }

    /// Writes an object whose members are JSON already.
    pub(crate) fn from_members<K: AsRef<str>>(members: &BTreeMap<K, String>) -> String {
        let object = Object::new();
        members
            .iter()
            .fold(object, |object, (name, json)| object.json(name.as_ref(), json))
            .finish()
    }

    /// Adds a member that is a string.
    pub(crate) fn text(self, name: &str, value: &str) -> Object {
        let mut quoted = String::new();
        write_string(&mut quoted, value);
        self.json(name, &quoted)
    }

    /// Adds a member that is JSON already.
    pub(crate) fn json(mut self, name: &str, value: &str) -> Object {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        write_string(&mut self.out, name);
        self.out.push(':');
        self.out.push_str(value);
        self
    }

    /// Adds a member that is JSON already, if there is one.
    pub(crate) fn json_if(self, name: &str, value: Option<String>) -> Object {
        match value {
            Some(value) => self.json(name, &value),
            None => self,
        }
    }

    pub(crate) fn number(self, name: &str, value: u64) -> Object {
        self.json(name, &value.to_string())
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Object {
        self.json(name, if value { "true" } else { "false" })
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// Writes a JSON array.
pub(crate) fn array<T>(
    elements: impl IntoIterator<Item = T>,
    write: impl Fn(T) -> String,
) -> String {
    let mut out = String::new();
    write_list(&mut out, ['[', ']'], elements, |out, element| out.push_str(&write(element)));
    out
}

/// Writes a JSON array whose elements are JSON already.
pub(crate) fn list<T: AsRef<str>>(elements: impl IntoIterator<Item = T>) -> String {
    let mut out = String::new();
    write_list(&mut out, ['[', ']'], elements, |out, json| out.push_str(json.as_ref()));
    out
}

/// Writes a JSON string.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}
