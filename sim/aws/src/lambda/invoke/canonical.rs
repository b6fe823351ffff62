//! JSON in one spelling.

use std::fmt::Write;

use serde_json::Value;

/// Writes JSON without spaces and with the keys of every object sorted. A text that nests too
/// deeply for this stays as it is.
///
/// A map of `serde_json` is sorted or not by the features that the whole build turns on, so its own
/// order does not count.
pub(super) fn canonical_json(text: &str) -> String {
    let Ok(value) = serde_json::from_str(text) else { return text.to_owned() };
    let mut out = String::new();
    write(&mut out, &value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            write_list(out, ['{', '}'], members, |out, (name, value)| {
                write_plain(out, &Value::from(name.as_str()));
                out.push(':');
                write(out, value);
            });
        }
        Value::Array(items) => write_list(out, ['[', ']'], items, write),
        plain => write_plain(out, plain),
    }
}

fn write_list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

fn write_plain(out: &mut String, value: &Value) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}
