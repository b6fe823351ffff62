//! JSON pointers (RFC 6901) into text, which lead to values as they were written.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Returns the JSON text that a pointer leads to; the empty pointer leads to the whole.
pub(super) fn find<'a>(json: &'a str, pointer: &str) -> Option<&'a str> {
    let mut value: &RawValue = serde_json::from_str(json).ok()?;
    for token in pointer.split('/').skip(1) {
        value = step(value, &token.replace("~1", "/").replace("~0", "~"))?;
    }
    Some(value.get())
}

/// Returns the text of a JSON string, or any other JSON value as it was written.
pub(super) fn text_of(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

/// Returns true if a text is a pointer.
pub(super) fn is_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/')
}

fn step<'a>(value: &'a RawValue, token: &str) -> Option<&'a RawValue> {
    let json = value.get();
    if json.starts_with('{') {
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(json).ok()?;
        return members.remove(token);
    }
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    items.get(token.parse::<usize>().ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_what_was_written() {
        let json = r#"{"a/b": [1, { "c" : 1.0e2 }], "~": "x"}"#;
        assert_eq!(find(json, "/a~1b/1/c"), Some("1.0e2"));
        assert_eq!(find(json, "/~0").map(text_of).as_deref(), Some("x"));
        assert_eq!(find(json, "/a~1b/1"), Some(r#"{ "c" : 1.0e2 }"#));
        assert_eq!(find("[]", ""), Some("[]"));
        for (json, pointer) in [(json, "/b"), (json, "/a~1b/2"), ("not json", ""), ("1", "/a")] {
            assert_eq!(find(json, pointer), None, "{pointer} in {json}");
        }
    }
}
