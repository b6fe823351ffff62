//! Keys, and the errors of AWS for keys that do not fit.

use std::fmt;

use crate::answer::Answer;
use crate::item::Item;
use crate::json;
use crate::number::Number;
use crate::schema::{KeyAttribute, KeySchema, KeyType};
use crate::value::Value;

const HASH_BYTES_MAX: usize = 2048;
const RANGE_BYTES_MAX: usize = 1024;

const INVALID: &str = "One or more parameter values were invalid:";
const NOT_VALID: &str = "One or more parameter values are not valid.";

/// The key of a row in a table or in an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hash: KeyValue,
    pub(super) range: Option<KeyValue>,
}

/// A value of a key attribute. The values of one attribute all have one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyValue {
    S(String),
    N(Number),
    B(Vec<u8>),
}

/// A fault of a key. The texts are messages of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyFault {
    /// The key has other attributes than the schema, or other types.
    Mismatch,
    /// An item lacks an attribute of the key.
    Missing(String),
    /// An attribute of the key has another type in an item.
    WrongType(String),
    /// An attribute of the key of an index has another type in an item.
    WrongIndexType(String),
    /// A value is empty.
    Empty(String),
    /// A value is too long.
    TooLong(String),
}

impl KeySchema {
    /// The key of an item to put.
    pub(super) fn key_of_item(&self, item: &Item) -> Result<Key, KeyFault> {
        self.key(|attribute| {
            let name = &attribute.name;
            let Some(value) = item.value(name) else {
                let message = format!("{INVALID} Missing the key {name} in the item");
                return Err(KeyFault::Missing(message));
            };
            KeyValue::from_value(value, attribute.kind).ok_or_else(|| {
                KeyFault::WrongType(format!(
                    "{INVALID} Type mismatch for key {name} expected: {} actual: {}",
                    attribute.kind.name(),
                    value.type_name()
                ))
            })
        })
    }

    /// The key that consists of all attributes of `key`.
    pub(super) fn key_alone(&self, key: &Item) -> Result<Key, KeyFault> {
        if key.names().count() != self.attributes().count() {
            return Err(KeyFault::Mismatch);
        }
        self.key_within(key)
    }

    /// The key among other attributes of an item.
    pub(super) fn key_within(&self, item: &Item) -> Result<Key, KeyFault> {
        self.key(|attribute| part_within(attribute, item))
    }

    /// Refuses an item if this attribute of the key is missing or does not fit.
    pub(super) fn check_within(
        &self,
        attribute: &KeyAttribute,
        item: &Item,
    ) -> Result<(), KeyFault> {
        self.check(attribute, &part_within(attribute, item)?)
    }

    /// The key of an item in an index; none if the item lacks an attribute of it.
    pub(super) fn key_if_any(&self, item: &Item) -> Option<Key> {
        let part = |attribute: &KeyAttribute| {
            KeyValue::from_value(item.value(&attribute.name)?, attribute.kind)
        };
        let range = match &self.range {
            Some(attribute) => Some(part(attribute)?),
            None => None,
        };
        Some(Key { hash: part(&self.hash)?, range })
    }

    /// Refuses an item whose key in an index has the wrong type or size.
    ///
    /// `before` is none for a put. For an update it is the item before, if there was one: only
    /// attributes that the update changes are checked, and errors name no place.
    pub(super) fn check_in_index(
        &self,
        item: &Item,
        index: &str,
        before: Option<Option<&Item>>,
    ) -> Result<(), KeyFault> {
        for attribute in self.attributes() {
            let name = &attribute.name;
            let Some(value) = item.value(name) else { continue };
            if before.flatten().and_then(|before| before.value(name)) == Some(value) {
                continue;
            }
            let Some(value) = KeyValue::from_value(value, attribute.kind) else {
                return Err(match before {
                    None => wrong_index_type(attribute, value.type_name(), index),
                    Some(_) => KeyFault::WrongIndexType(
                        "The update expression attempted to update the secondary index key to \
                         unsupported type"
                            .to_owned(),
                    ),
                });
            };
            if let Some(what) = value.empty_kind() {
                let (how, place) = match before {
                    None => (
                        "A value specified for a secondary index key is",
                        format!(" IndexName: {index}, IndexKey: {name}"),
                    ),
                    Some(_) => (
                        "The update expression attempted to update a secondary index key to a \
                         value that is",
                        String::new(),
                    ),
                };
                return Err(KeyFault::Empty(format!(
                    "{NOT_VALID} {how} not supported. The AttributeValue for a key attribute \
                     cannot contain an empty {what} value.{place}"
                )));
            }
            self.check_length(attribute, &value)?;
        }
        Ok(())
    }

    /// Refuses an update that gives an attribute of an index key another type.
    ///
    /// `type_of` returns the type that the update gives an attribute, if it is known without the
    /// item.
    pub(super) fn check_types_in_index<'a>(
        &self,
        index: &str,
        type_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<(), KeyFault> {
        for attribute in self.attributes() {
            match type_of(&attribute.name) {
                Some(actual) if actual != attribute.kind.name() => {
                    return Err(wrong_index_type(attribute, actual, index));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn key(
        &self,
        mut part: impl FnMut(&KeyAttribute) -> Result<KeyValue, KeyFault>,
    ) -> Result<Key, KeyFault> {
        let mut checked = |attribute: &KeyAttribute| {
            let value = part(attribute)?;
            self.check(attribute, &value).map(|()| value)
        };
        let hash = checked(&self.hash)?;
        let range = self.range.as_ref().map(checked).transpose()?;
        Ok(Key { hash, range })
    }

    fn check(&self, attribute: &KeyAttribute, value: &KeyValue) -> Result<(), KeyFault> {
        if let Some(what) = value.empty_kind() {
            return Err(KeyFault::Empty(format!(
                "{NOT_VALID} The AttributeValue for a key attribute cannot contain an empty \
                 {what} value. Key: {}",
                attribute.name
            )));
        }
        self.check_length(attribute, value)
    }

    fn check_length(&self, attribute: &KeyAttribute, value: &KeyValue) -> Result<(), KeyFault> {
        let (bytes_max, what) = if attribute == &self.hash {
            // The missing space is AWS's.
            (HASH_BYTES_MAX, "Size of hashkey has exceeded the maximum size limit of")
        } else {
            let what = "Aggregated size of all range keys has exceeded the size limit of ";
            (RANGE_BYTES_MAX, what)
        };
        if value.bytes() > bytes_max {
            return Err(KeyFault::TooLong(format!("{INVALID} {what}{bytes_max} bytes")));
        }
        Ok(())
    }
}

fn part_within(attribute: &KeyAttribute, item: &Item) -> Result<KeyValue, KeyFault> {
    let value = item.value(&attribute.name);
    value.and_then(|value| KeyValue::from_value(value, attribute.kind)).ok_or(KeyFault::Mismatch)
}

fn wrong_index_type(attribute: &KeyAttribute, actual: &str, index: &str) -> KeyFault {
    KeyFault::WrongIndexType(format!(
        "{INVALID} Type mismatch for Index Key {} Expected: {} Actual: {actual} IndexName: {index}",
        attribute.name,
        attribute.kind.name()
    ))
}

impl KeyFault {
    /// The message of AWS.
    pub(super) fn message(self) -> String {
        match self {
            KeyFault::Mismatch => "The provided key element does not match the schema".to_owned(),
            KeyFault::Missing(message)
            | KeyFault::WrongType(message)
            | KeyFault::WrongIndexType(message)
            | KeyFault::Empty(message)
            | KeyFault::TooLong(message) => message,
        }
    }

    pub(super) fn answer(self) -> Answer {
        Answer::validation(&self.message())
    }
}

impl KeyValue {
    /// Returns the value as one of a key; none if it is not of this type.
    pub(super) fn from_value(value: &Value, kind: KeyType) -> Option<KeyValue> {
        match (value, kind) {
            (Value::S(string), KeyType::S) => Some(KeyValue::S(string.clone())),
            (Value::N(number), KeyType::N) => Some(KeyValue::N(number.clone())),
            (Value::B(bytes), KeyType::B) => Some(KeyValue::B(bytes.clone())),
            _ => None,
        }
    }

    /// Returns the value as one of a key; none if it is of a type that no key has.
    pub(super) fn from_any(value: &Value) -> Option<KeyValue> {
        [KeyType::S, KeyType::N, KeyType::B]
            .into_iter()
            .find_map(|kind| KeyValue::from_value(value, kind))
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            KeyValue::S(string) => Value::S(string.clone()),
            KeyValue::N(number) => Value::N(number.clone()),
            KeyValue::B(bytes) => Value::B(bytes.clone()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            KeyValue::S(string) => string.len(),
            KeyValue::N(number) => number.bytes(),
            KeyValue::B(bytes) => bytes.len(),
        }
    }

    /// The type in the errors of AWS, if the value is empty.
    fn empty_kind(&self) -> Option<&'static str> {
        match self {
            KeyValue::S(string) if string.is_empty() => Some("string"),
            KeyValue::B(bytes) if bytes.is_empty() => Some("binary"),
            _ => None,
        }
    }
}

impl Key {
    /// A text that no other key of the table has.
    ///
    /// The plain text of two keys can be equal: `a|b` and `c` read like `a` and `b|c`.
    pub(super) fn distinct_text(&self) -> String {
        let hash = self.hash.to_string();
        let range = self.range.as_ref().map(|range| format!("|{range}")).unwrap_or_default();
        format!("{}:{hash}{range}", hash.len())
    }
}

impl fmt::Display for Key {
    /// Writes the key as in histories: the partition key, and the sort key after a bar.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.hash)?;
        match &self.range {
            Some(range) => write!(f, "|{range}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyValue::S(string) => f.write_str(string),
            KeyValue::N(number) => write!(f, "{number}"),
            KeyValue::B(bytes) => {
                let mut text = String::new();
                json::write_base64(&mut text, bytes);
                f.write_str(&text)
            }
        }
    }
}
