//! Fields of a JSON text as the client wrote them, and the escapes that no text can hold.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Deserializes a field as raw JSON, and tells `null` from a field that is missing.
pub(crate) fn raw_field<'de, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(field).map(Some)
}

/// Reports whether valid JSON escapes half of a surrogate pair.
///
/// JSON's grammar allows it, but no text in UTF-8 can hold it, so it could not be delivered.
pub(crate) fn has_lone_surrogate(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at..];
        let length = match escaped_unit(rest) {
            Some(0xDC00..=0xDFFF) => return true,
            Some(0xD800..=0xDBFF) => match rest.get(6..).and_then(escaped_unit) {
                Some(0xDC00..=0xDFFF) => 12,
                _ => return true,
            },
            Some(_) => 6,
            // Every other escape is a backslash and one ASCII character.
            None => 2,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// The UTF-16 code unit at the start of `json`, if it starts with `\uXXXX`.
fn escaped_unit(json: &str) -> Option<u16> {
    let digits = json.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
