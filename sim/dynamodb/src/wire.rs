//! JSON objects whose members are written one after the other.

use std::collections::BTreeMap;

use crate::json;

/// A JSON object in the making.
#[derive(Debug)]
pub(super) struct Object {
    out: String,
}

impl Object {
    pub(super) fn new() -> Object {
        Object { out: "{".to_owned() }
    }

    /// An object with these members, which are JSON already.
    pub(super) fn of<K: AsRef<str>>(members: &BTreeMap<K, String>) -> String {
        let object = Object::new();
        members
            .iter()
            .fold(object, |object, (name, json)| object.json(name.as_ref(), json))
            .finish()
    }

    /// A member that is a string.
    pub(super) fn text(self, name: &str, value: &str) -> Object {
        let mut quoted = String::new();
        json::write_string(&mut quoted, value);
        self.json(name, &quoted)
    }

    /// A member that is JSON already.
    pub(super) fn json(mut self, name: &str, value: &str) -> Object {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        json::write_string(&mut self.out, name);
        self.out.push(':');
        self.out.push_str(value);
        self
    }

    /// A member that may be left out.
    pub(super) fn json_if(self, name: &str, value: Option<String>) -> Object {
        match value {
            Some(value) => self.json(name, &value),
            None => self,
        }
    }

    pub(super) fn number(self, name: &str, value: u64) -> Object {
        self.json(name, &value.to_string())
    }

    pub(super) fn flag(self, name: &str, value: bool) -> Object {
        self.json(name, if value { "true" } else { "false" })
    }

    pub(super) fn finish(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// A JSON array.
pub(super) fn array<T>(
    elements: impl IntoIterator<Item = T>,
    write: impl Fn(T) -> String,
) -> String {
    let mut out = String::new();
    json::write_list(&mut out, ['[', ']'], elements, |out, element| out.push_str(&write(element)));
    out
}

/// A JSON array of what is JSON already.
pub(super) fn list<T: AsRef<str>>(elements: impl IntoIterator<Item = T>) -> String {
    let mut out = String::new();
    json::write_list(&mut out, ['[', ']'], elements, |out, json| out.push_str(json.as_ref()));
    out
}

/// A JSON string.
pub(super) fn string(text: &str) -> String {
    let mut out = String::new();
    json::write_string(&mut out, text);
    out
}
