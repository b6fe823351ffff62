//! The refusal of a pattern.

/// The mistake in a pattern, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {problem}{}", place(.path))]
pub struct PatternError {
    /// The path of the field, with dots; empty for the pattern itself.
    pub path: String,
    /// The problem, and the form that would be right.
    pub problem: String,
}

impl PatternError {
    pub(super) fn new(path: &str, problem: impl Into<String>) -> PatternError {
        PatternError { path: path.to_owned(), problem: problem.into() }
    }
}

/// Writes the place of a mistake after its problem.
fn place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at {path}") }
}
