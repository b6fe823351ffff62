//! The key of a row, with its table, as text.

use std::fmt;
use std::sync::Arc;

/// A row's table and key, as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// The name of the table.
    pub table: Arc<str>,
    /// The partition key, and the sort key after a bar: `red|7`.
    pub key: String,
}

impl fmt::Display for RowKey {
    /// Writes the table and the key, with a slash between them: `games/red|7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table, self.key)
    }
}
