//! Writes JSON whose keys are always in the same order, and base64.
//!
//! `object` holds a writer of objects, member by member.

mod object;

use serde_json::Value as Json;

pub(super) use object::{Object, array, list, string};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes `json` with the keys of every object sorted by their bytes.
///
/// A map of `serde_json` is sorted or not by the features that the whole build turns on, so this
/// crate never relies on its order.
pub(super) fn write_sorted(out: &mut String, json: &Json) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&number.to_string()),
        Json::String(string) => write_string(out, string),
        Json::Array(array) => write_list(out, ['[', ']'], array, write_sorted),
        Json::Object(object) => write_list(out, ['{', '}'], sorted(object), |out, (key, json)| {
            write_string(out, key);
            out.push(':');
            write_sorted(out, json);
        }),
    }
}

/// The members of an object in the order of their names.
pub(super) fn sorted(object: &serde_json::Map<String, Json>) -> Vec<(&String, &Json)> {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}

/// Writes elements with commas between them and brackets around them.
pub(super) fn write_list<T>(
    out: &mut String,
    brackets: [char; 2],
    elements: impl IntoIterator<Item = T>,
    write: impl FnMut(&mut String, T),
) {
    write_separated(out, brackets, ",", elements, write);
}

fn write_separated<T>(
    out: &mut String,
    brackets: [char; 2],
    separator: &str,
    elements: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(brackets[0]);
    for (index, element) in elements.into_iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        write(out, element);
    }
    out.push(brackets[1]);
}

/// Writes an object as in the errors of AWS, with equals signs and without quotes.
pub(super) fn write_plain(out: &mut String, object: &serde_json::Map<String, Json>) {
    fn value(out: &mut String, json: &Json) {
        match json {
            Json::Object(object) => write_plain(out, object),
            Json::Array(array) => write_separated(out, ['[', ']'], ", ", array, value),
            Json::String(string) => out.push_str(string),
            other => write_sorted(out, other),
        }
    }
    write_separated(out, ['{', '}'], ", ", sorted(object), |out, (name, json)| {
        out.push_str(name);
        out.push('=');
        value(out, json);
    });
}

/// Writes a string in quotes.
pub(super) fn write_string(out: &mut String, string: &str) {
    out.push('"');
    let mut plain = 0;
    for (index, byte) in string.bytes().enumerate() {
        // Every byte that needs escaping is ASCII, so both slices end at character boundaries.
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&string[plain..index]);
        plain = index + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => out.push_str(&format!("\\u{byte:04x}")),
        }
    }
    out.push_str(&string[plain..]);
    out.push('"');
}

/// Writes bytes in base64 with padding.
pub(super) fn write_base64(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        // Three bytes are four digits. Missing bytes are zeros, and digits of them alone padding.
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
                continue;
            }
            let digit = group >> (18 - 6 * place) & 63;
            out.push(char::from(BASE64[digit as usize]));
        }
    }
}

/// Decodes base64; returns `None` if `text` is not exactly the base64 of some bytes.
pub(super) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text.strip_suffix("==").or(text.strip_suffix('=')).unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in digits.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for byte in chunk {
            let digit = BASE64.iter().position(|digit| digit == byte)?;
            group = group << 6 | u32::try_from(digit).ok()?;
        }
        let group = (group << (6 * (4 - chunk.len()))).to_be_bytes();
        bytes.extend_from_slice(&group[1..chunk.len()]);
    }
    // A text with stray bits behind its last byte does not come out the same again.
    let mut again = String::with_capacity(text.len());
    write_base64(&mut again, &bytes);
    (again == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(bytes: &[u8]) -> String {
        let mut out = String::new();
        write_base64(&mut out, bytes);
        out
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let json = serde_json::from_str(r#"{"b":[{"d":1,"c":null}],"a":true,"B":1.5}"#)
            .expect("the JSON is sound");
        let mut out = String::new();
        write_sorted(&mut out, &json);
        assert_eq!(out, r#"{"B":1.5,"a":true,"b":[{"c":null,"d":1}]}"#);
    }

    #[test]
    fn control_characters_and_quotes_are_escaped() {
        let mut out = String::new();
        write_string(&mut out, "a\"\\\n\u{1}é");
        assert_eq!(out, r#""a\"\\\n\u0001é""#);
    }

    #[test]
    fn base64_survives_a_round_trip_at_every_padding() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"abcd", &[0, 255, 128, 62, 63]] {
            assert_eq!(parse_base64(&base64(bytes)).as_deref(), Some(bytes));
        }
        assert_eq!(base64(b"ab"), "YWI=");
    }

    #[test]
    fn sloppy_base64_is_refused() {
        for text in ["YWI", "YW=I", "YWJ=", "====", "=", "Y W=", "YWI=YWI="] {
            assert_eq!(parse_base64(text), None, "{text}");
        }
    }
}
