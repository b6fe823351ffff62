//! The sizes of tables and indexes, as the control plane describes them.

use std::collections::BTreeMap;

/// The sizes of a table and of its indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Statistics {
    pub(super) table: Size,
    /// By the name of the index; an index that is missing here is empty.
    pub(super) indexes: BTreeMap<String, Size>,
}

/// The items of a table or of an index, and their bytes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) items: u64,
    pub(super) bytes: u64,
}
