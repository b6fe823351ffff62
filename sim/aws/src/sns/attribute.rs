//! Attributes of messages.

use std::collections::BTreeMap;

use aws_smithy_types::base64;

/// The attributes of a message, by their names.
pub type Attributes = BTreeMap<String, Attribute>;

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The type: `String`, `String.Array`, `Number` or `Binary`, perhaps with a suffix.
    pub data_type: String,
    /// The value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// The value of a `String`, a `String.Array` or a `Number`.
    Text(String),
    /// The value of a `Binary`.
    Bytes(Vec<u8>),
}

impl Attribute {
    /// Returns the value as notifications have it: bytes are in base64.
    pub(super) fn text(&self) -> String {
        match &self.value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Bytes(bytes) => base64::encode(bytes),
        }
    }

    /// Returns the size of type and value in bytes.
    pub(super) fn bytes(&self) -> usize {
        let value = match &self.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Bytes(bytes) => bytes.len(),
        };
        self.data_type.len() + value
    }
}
