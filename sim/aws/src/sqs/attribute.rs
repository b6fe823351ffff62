//! Attributes of messages (FACTS 12.1, 12.6).

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::SqsError;

/// The largest number of attributes of a message (FACTS 12.6).
const ATTRIBUTES_MAX: usize = 10;

/// The only attribute of the system that a sender can set (FACTS 12.1).
const TRACE_HEADER: &str = "AWSTraceHeader";

/// The attributes of a message, by their names.
pub(crate) type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MessageAttribute {
    /// `String`, `Number` or `Binary`; a full stop and a word of the sender's may follow.
    pub(crate) data_type: String,
    pub(crate) value: AttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AttributeValue {
    /// The value of a `String` or a `Number`.
    Text(String),
    /// The value of a `Binary`.
    Binary(Vec<u8>),
}

/// An attribute as a request has it, before it is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttributeEntry {
    data_type: Option<String>,
    string_value: Option<String>,
    #[serde(default, deserialize_with = "bytes")]
    binary_value: Option<Vec<u8>>,
}

/// Checks the attributes of a message.
pub(super) fn check(
    entries: &BTreeMap<String, AttributeEntry>,
) -> Result<MessageAttributes, SqsError> {
    if entries.len() > ATTRIBUTES_MAX {
        return Err(SqsError::invalid(&format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{ATTRIBUTES_MAX}].",
            entries.len()
        )));
    }
    let checked = entries.iter().map(|(name, entry)| Ok((name.clone(), entry.check(name)?)));
    checked.collect()
}

/// Checks the attributes of the system, of which a sender can set one.
pub(super) fn check_system(
    entries: &BTreeMap<String, AttributeEntry>,
) -> Result<MessageAttributes, SqsError> {
    if let Some(name) = entries.keys().find(|name| *name != TRACE_HEADER) {
        return Err(SqsError::invalid(&format!(
            "Message system attribute name '{name}' is invalid."
        )));
    }
    check(entries)
}

/// Returns the trace header of attributes that [`check_system`] let through.
pub(super) fn trace_header(attributes: &MessageAttributes) -> Option<&str> {
    match &attributes.get(TRACE_HEADER)?.value {
        AttributeValue::Text(text) => Some(text),
        AttributeValue::Binary(_) => None,
    }
}

/// Returns the size of attributes, in bytes: of names, types and values.
pub(super) fn size(attributes: &MessageAttributes) -> usize {
    let sizes = attributes.iter().map(|(name, attribute)| {
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Binary(bytes) => bytes.len(),
        };
        name.len() + attribute.data_type.len() + value
    });
    sizes.sum()
}

/// Picks the attributes that a receive asks for: by name, all, or those with a prefix before `.*`.
pub(super) fn pick(attributes: &MessageAttributes, names: &[String]) -> MessageAttributes {
    let is_picked = |name: &str| {
        names.iter().any(|asked| match asked.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => asked == "All" || asked == name,
        })
    };
    let picked = attributes.iter().filter(|(name, _)| is_picked(name));
    picked.map(|(name, attribute)| (name.clone(), attribute.clone())).collect()
}

impl AttributeEntry {
    fn check(&self, name: &str) -> Result<MessageAttribute, SqsError> {
        let data_type = self.data_type.clone().unwrap_or_default();
        let family = data_type.split('.').next().unwrap_or_default();
        let value = match family {
            "String" | "Number" => self.string_value.clone().map(AttributeValue::Text),
            "Binary" => self.binary_value.clone().map(AttributeValue::Binary),
            _ => {
                return Err(SqsError::invalid(&format!(
                    "The message attribute '{name}' has an invalid message attribute type, the \
                     set of supported type prefixes is Binary, Number, and String."
                )));
            }
        };
        let value = value.filter(|value| !value.is_empty()).ok_or_else(|| {
            SqsError::invalid(&format!(
                "Message (user) attribute '{name}' must contain a non-empty value of type \
                 '{family}'."
            ))
        })?;
        if family == "Number" && !value.is_number() {
            return Err(SqsError::invalid(&format!(
                "Can't cast the value of message (user) attribute '{name}' to a number."
            )));
        }
        Ok(MessageAttribute { data_type, value })
    }
}

impl AttributeValue {
    fn is_empty(&self) -> bool {
        match self {
            AttributeValue::Text(text) => text.is_empty(),
            AttributeValue::Binary(bytes) => bytes.is_empty(),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, AttributeValue::Text(text) if text.parse::<f64>().is_ok_and(f64::is_finite))
    }
}

impl Serialize for MessageAttribute {
    /// Writes the attribute as a receive returns it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, value) = match &self.value {
            AttributeValue::Text(text) => ("StringValue", text.clone()),
            AttributeValue::Binary(bytes) => ("BinaryValue", base64::encode(bytes)),
        };
        serializer.collect_map([(name, &value), ("DataType", &self.data_type)])
    }
}

/// Reads bytes in base64.
fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    let bytes = text.map(|text| base64::decode(text).map_err(serde::de::Error::custom));
    bytes.transpose()
}
