//! Attribute values: their types, sizes, order and JSON.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::json;
use crate::number::Number;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A string.
    S(String),
    /// A number.
    N(Number),
    /// Bytes.
    B(Vec<u8>),
    /// A truth value.
    Bool(bool),
    /// Null.
    Null,
    /// Named values.
    M(BTreeMap<String, Value>),
    /// Values in order.
    L(Vec<Value>),
    /// A set of strings, never empty.
    Ss(BTreeSet<String>),
    /// A set of numbers, never empty.
    Ns(BTreeSet<Number>),
    /// A set of bytes, never empty.
    Bs(BTreeSet<Vec<u8>>),
}

/// The overhead of a list or a map, and of each of its elements.
const COLLECTION_BYTES: usize = 3;
const ELEMENT_BYTES: usize = 1;

impl Value {
    /// Visits every string in the value, at every depth.
    pub(super) fn visit_strings<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Value::S(text) => visit(text),
            Value::Ss(texts) => texts.iter().for_each(|text| visit(text)),
            Value::M(members) => members.values().for_each(|value| value.visit_strings(visit)),
            Value::L(values) => values.iter().for_each(|value| value.visit_strings(visit)),
            Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null => {}
            Value::Ns(_) | Value::Bs(_) => {}
        }
    }

    /// The name of the type in JSON.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::S(_) => "S",
            Value::N(_) => "N",
            Value::B(_) => "B",
            Value::Bool(_) => "BOOL",
            Value::Null => "NULL",
            Value::M(_) => "M",
            Value::L(_) => "L",
            Value::Ss(_) => "SS",
            Value::Ns(_) => "NS",
            Value::Bs(_) => "BS",
        }
    }

    /// The string, if it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Value::S(string) => Some(string),
            _ => None,
        }
    }

    /// The bytes that the value adds to the size of its item, by the developer guide.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Value::S(string) => string.len(),
            Value::N(number) => number.bytes(),
            Value::B(bytes) => bytes.len(),
            Value::Bool(_) | Value::Null => 1,
            Value::M(map) => {
                let entry =
                    |(name, value): (&String, &Value)| name.len() + value.bytes() + ELEMENT_BYTES;
                COLLECTION_BYTES + map.iter().map(entry).sum::<usize>()
            }
            Value::L(list) => {
                let elements = list.iter().map(|value| value.bytes() + ELEMENT_BYTES);
                COLLECTION_BYTES + elements.sum::<usize>()
            }
            Value::Ss(set) => set.iter().map(String::len).sum(),
            Value::Ns(set) => set.iter().map(Number::bytes).sum(),
            Value::Bs(set) => set.iter().map(Vec::len).sum(),
        }
    }

    /// The result of the function `size` of expressions; none for a type without a size.
    ///
    /// Strings are measured in units of UTF-16, as in Java.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Value::S(string) => Some(string.encode_utf16().count()),
            Value::B(bytes) => Some(bytes.len()),
            Value::M(map) => Some(map.len()),
            Value::L(list) => Some(list.len()),
            Value::Ss(set) => Some(set.len()),
            Value::Ns(set) => Some(set.len()),
            Value::Bs(set) => Some(set.len()),
            Value::N(_) | Value::Bool(_) | Value::Null => None,
        }
    }

    /// The order of two strings, two numbers or two byte strings; none for other values.
    pub(super) fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::S(one), Value::S(two)) => Some(one.cmp(two)),
            (Value::N(one), Value::N(two)) => Some(one.cmp(two)),
            (Value::B(one), Value::B(two)) => Some(one.cmp(two)),
            _ => None,
        }
    }

    /// True if `part` is a substring, a member or an element of the value.
    pub(super) fn contains(&self, part: &Value) -> bool {
        match (self, part) {
            (Value::S(string), Value::S(part)) => string.contains(part.as_str()),
            (Value::B(bytes), Value::B(part)) => {
                part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
            }
            (Value::Ss(set), Value::S(part)) => set.contains(part),
            (Value::Ns(set), Value::N(part)) => set.contains(part),
            (Value::Bs(set), Value::B(part)) => set.contains(part),
            (Value::L(list), part) => list.contains(part),
            _ => false,
        }
    }

    /// True if the value starts with `prefix`. Both must be strings, or both bytes.
    pub(super) fn begins_with(&self, prefix: &Value) -> bool {
        match (self, prefix) {
            (Value::S(string), Value::S(prefix)) => string.starts_with(prefix.as_str()),
            (Value::B(bytes), Value::B(prefix)) => bytes.starts_with(prefix),
            _ => false,
        }
    }

    /// Writes the value as JSON, with its type around it.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str("{\"");
        out.push_str(self.type_name());
        out.push_str("\":");
        match self {
            Value::S(string) => json::write_string(out, string),
            Value::N(number) => json::write_string(out, &number.to_string()),
            Value::B(bytes) => write_bytes(out, bytes),
            Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
            Value::Null => out.push_str("true"),
            Value::M(map) => write_map(out, map),
            Value::L(list) => {
                json::write_list(out, ['[', ']'], list, |out, value| value.write(out))
            }
            Value::Ss(set) => {
                json::write_list(out, ['[', ']'], set, |out, string| {
                    json::write_string(out, string)
                });
            }
            Value::Ns(set) => json::write_list(out, ['[', ']'], set, |out, number| {
                json::write_string(out, &number.to_string());
            }),
            Value::Bs(set) => {
                json::write_list(out, ['[', ']'], set, |out, bytes| write_bytes(out, bytes));
            }
        }
        out.push('}');
    }
}

/// Writes named values as one JSON object.
fn write_map(out: &mut String, map: &BTreeMap<String, Value>) {
    json::write_list(out, ['{', '}'], map, |out, (name, value)| {
        json::write_string(out, name);
        out.push(':');
        value.write(out);
    });
}

fn write_bytes(out: &mut String, bytes: &[u8]) {
    out.push('"');
    json::write_base64(out, bytes);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value::S(text.to_owned())
    }

    fn number(text: &str) -> Value {
        Value::N(Number::parse(text).expect("the number is sound"))
    }

    #[test]
    fn values_of_different_types_have_no_order() {
        assert_eq!(string("1").compare(&number("1")), None);
        assert_eq!(Value::Bool(true).compare(&Value::Bool(false)), None);
        assert_eq!(string("a").compare(&string("b")), Some(Ordering::Less));
    }

    #[test]
    fn the_size_of_a_string_counts_units_of_utf_16() {
        assert_eq!(string("aé").size(), Some(2));
        assert_eq!(string("𝄞").size(), Some(2));
        assert_eq!(string("aé").bytes(), 3);
    }

    #[test]
    fn a_map_costs_three_bytes_and_one_for_each_entry() {
        let map = BTreeMap::from([("ab".to_owned(), string("cd")), ("e".to_owned(), Value::Null)]);
        assert_eq!(Value::M(map).bytes(), 3 + (2 + 2 + 1) + (1 + 1 + 1));
        assert_eq!(Value::L(vec![string("abc")]).bytes(), 3 + 3 + 1);
    }

    #[test]
    fn a_number_costs_a_byte_for_two_digits_and_one_more() {
        assert_eq!(number("0").bytes(), 1);
        assert_eq!(number("123").bytes(), 3);
        assert_eq!(number("1732300000").bytes(), 4);
    }

    #[test]
    fn the_wire_form_carries_the_type() {
        let mut out = String::new();
        let list = vec![number("1.50"), Value::Null, Value::B(b"ab".to_vec()), Value::Bool(false)];
        Value::L(list).write(&mut out);
        assert_eq!(out, r#"{"L":[{"N":"1.5"},{"NULL":true},{"B":"YWI="},{"BOOL":false}]}"#);
    }
}
