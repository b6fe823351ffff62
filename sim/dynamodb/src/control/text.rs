//! Constraints on text.

use crate::answer::Answer;
use crate::members::Members;

const NAME_PATTERN: &str = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

/// What a text must be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    /// Whether only the characters of names are allowed.
    pub(crate) is_name: bool,
    /// In characters.
    pub(crate) least: usize,
    /// In characters.
    pub(crate) most: usize,
}

/// The name of an index, or that of a table to start a list from.
pub(crate) const NAME: Text = Text { is_name: true, least: 3, most: 255 };

/// The name of an attribute that is part of a key or of a projection.
pub(super) const ATTRIBUTE: Text = Text { is_name: false, least: 1, most: 255 };

impl Text {
    /// Reads a text and notes what it violates.
    pub(crate) fn read<'a>(
        self,
        members: &mut Members<'a>,
        name: &str,
    ) -> Result<Option<&'a str>, Answer> {
        let text = members.string(name)?;
        if let Some(text) = text {
            self.check(members, name, text);
        }
        Ok(text)
    }

    /// The same for a text that must be there; where it is not, an empty one and a violation.
    pub(super) fn require<'a>(
        self,
        members: &mut Members<'a>,
        name: &str,
    ) -> Result<&'a str, Answer> {
        let text = self.read(members, name)?;
        if text.is_none() {
            members.missing(name);
        }
        Ok(text.unwrap_or_default())
    }

    /// Notes what a text violates.
    pub(crate) fn check(self, members: &mut Members<'_>, name: &str, text: &str) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if self.is_name && (text.is_empty() || !text.bytes().all(plain)) {
            members.violate(name, Some(text), NAME_PATTERN);
        }
        if let Some(constraint) = length_violation(text, self.least, self.most) {
            members.violate(name, Some(text), &constraint);
        }
    }
}

/// One of some words that must be there; where it is not, an empty one and a violation.
pub(super) fn require_one_of<'a>(
    members: &mut Members<'a>,
    name: &str,
    words: &[&str],
) -> Result<&'a str, Answer> {
    let word = members.one_of(name, words)?;
    if word.is_none() {
        members.missing(name);
    }
    Ok(word.unwrap_or_default())
}

/// The constraint on its length that a text violates.
pub(super) fn length_violation(text: &str, least: usize, most: usize) -> Option<String> {
    match text.chars().count() {
        length if length < least => Some(at_least(least)),
        length if length > most => Some(at_most(most)),
        _ => None,
    }
}

/// The constraint that a text has so many characters.
pub(super) fn at_least(length: usize) -> String {
    format!("Member must have length greater than or equal to {length}")
}

/// The constraint that a text has no more characters.
pub(super) fn at_most(length: usize) -> String {
    format!("Member must have length less than or equal to {length}")
}
