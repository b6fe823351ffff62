//! The characters and the lengths that AWS allows in a text.

const NAME_PATTERN: &str = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

/// The rule for a member that is a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRule {
    /// True if only the characters of names are allowed.
    pub(crate) is_name: bool,
    /// The least number of characters.
    pub(crate) least: usize,
    /// The largest number of characters.
    pub(crate) most: usize,
}

/// The rule for the name of an index, and for that of a table to start a list from.
pub(crate) const NAME: TextRule = TextRule { is_name: true, least: 3, most: 255 };

/// The rule for the name of an attribute that is part of a key or of a projection.
pub(crate) const ATTRIBUTE_NAME: TextRule = TextRule { is_name: false, least: 1, most: 255 };

impl TextRule {
    /// Returns the constraints that a text violates: on its characters, then on its length.
    pub(crate) fn violations(self, text: &str) -> impl Iterator<Item = String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_misspelt = self.is_name && (text.is_empty() || !text.bytes().all(plain));
        let pattern = is_misspelt.then(|| NAME_PATTERN.to_owned());
        pattern.into_iter().chain(self.length_violation(text))
    }

    /// Returns the constraint that a text violates by its length.
    pub(crate) fn length_violation(self, text: &str) -> Option<String> {
        match text.chars().count() {
            length if length < self.least => Some(length_at_least(self.least)),
            length if length > self.most => Some(length_at_most(self.most)),
            _ => None,
        }
    }
}

/// Returns the constraint that a text is no shorter than this.
pub(crate) fn length_at_least(length: usize) -> String {
    format!("Member must have length greater than or equal to {length}")
}

/// Returns the constraint that a text is no longer than this.
pub(crate) fn length_at_most(length: usize) -> String {
    format!("Member must have length less than or equal to {length}")
}
