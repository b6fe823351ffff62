//! The names of clients in the keys of a schedule.
//!
//! A key begins with a client, alone (`ana.c1.up`) or with the number of a connection (`ana1`). The
//! key of a call also names the subject of the call (`bob.b1.post-ana1-2`).

use std::collections::BTreeMap;

use crate::case::{Case, Key};

/// Returns true if a key names a client or one of its connections.
pub(super) fn mentions(key: &Key, client: &str) -> bool {
    pieces(key.as_str()).any(|piece| piece.client == Some(client))
}

/// Moves the deviations of a case to the keys of other clients. If two deviations come to one key,
/// the later one stays.
pub(super) fn rename_clients(case: &mut Case, renamed: &BTreeMap<String, String>) {
    if renamed.is_empty() {
        return;
    }
    let deviations = std::mem::take(&mut case.schedule.deviations);
    let moved = deviations.into_iter().map(|(key, choice)| (rename_in(&key, renamed), choice));
    case.schedule.deviations = moved.collect();
}

fn rename_in(key: &Key, renamed: &BTreeMap<String, String>) -> Key {
    let mut text = String::new();
    for Piece { client, rest } in pieces(key.as_str()) {
        let client = client.unwrap_or_default();
        text.push_str(renamed.get(client).map_or(client, String::as_str));
        text.push_str(rest);
    }
    Key::new(text)
}

/// A part of a key: the letters at a place of a client, and the text up to the next such place.
struct Piece<'a> {
    client: Option<&'a str>,
    rest: &'a str,
}

fn pieces(key: &str) -> impl Iterator<Item = Piece<'_>> {
    key.split_inclusive('-').map(|piece| {
        let letters =
            piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let (client, rest) = piece.split_at(letters);
        Piece { client: Some(client).filter(|client| !client.is_empty()), rest }
    })
}

/// Renames a step or a connection in a key. The name must stand alone, not as the beginning of a
/// longer number.
pub(super) fn rename_parts(key: &Key, renamed: &[(String, String)]) -> Key {
    let mut text = key.as_str().to_owned();
    for (from, to) in renamed {
        text = replace_whole(&text, from, to);
    }
    Key::new(text)
}

fn replace_whole(text: &str, from: &str, to: &str) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = &found[from.len()..];
        let begins = before.chars().last().is_none_or(|c| !c.is_ascii_alphanumeric());
        let ends = after.chars().next().is_none_or(|c| !c.is_ascii_digit());
        replaced.push_str(before);
        replaced.push_str(if begins && ends { to } else { from });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_found_where_one_can_stand() {
        let key = Key::new("bob.b1.post-ana1-2.reply");
        assert!(mentions(&key, "bob") && mentions(&key, "ana"));
        assert!(!mentions(&key, "b") && !mentions(&key, "post") && !mentions(&key, "an"));
        assert!(mentions(&Key::new("ana1"), "ana"));
    }

    #[test]
    fn a_client_is_renamed_with_its_connections() {
        let renamed = BTreeMap::from([("herdc".to_owned(), "herd".to_owned())]);
        for (key, wanted) in [
            ("bob.b1.post-herdc12-2.reply", "bob.b1.post-herd12-2.reply"),
            ("herdc.c1.put-herdc1-1", "herd.c1.put-herd1-1"),
            ("herdc1", "herd1"),
            ("herdca1", "herdca1"),
            ("ana.herdc1", "ana.herdc1"),
        ] {
            assert_eq!(rename_in(&Key::new(key), &renamed), Key::new(wanted));
        }
    }
}
