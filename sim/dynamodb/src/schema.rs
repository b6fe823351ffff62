//! Definitions of tables: their keys and their indexes.

use std::collections::BTreeSet;

/// The definition of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) keys: KeySchema,
    /// Global and local indexes, each scope in the order of the request that declared them.
    pub(super) indexes: Vec<IndexDefinition>,
}

/// The attributes that make up a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeySchema {
    /// The partition key.
    pub(super) hash: KeyAttribute,
    /// The sort key.
    pub(super) range: Option<KeyAttribute>,
}

/// An attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyAttribute {
    pub(super) name: String,
    pub(super) kind: KeyType,
}

/// The types that a key can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyType {
    S,
    N,
    B,
}

/// The definition of a secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexDefinition {
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) keys: KeySchema,
    pub(super) projection: IndexProjection,
}

/// The scope of an index: the whole table, or each partition by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// An index with a partition key of its own. Reads are eventually consistent (FACTS 6.4).
    Global,
    /// An index with the partition key of the table, and another sort key.
    Local,
}

/// The attributes that an index holds, besides its own keys and those of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IndexProjection {
    All,
    KeysOnly,
    Include(BTreeSet<String>),
}

impl KeySchema {
    /// The attributes, the partition key first.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(&self.range)
    }

    /// True if an attribute of this name is part of the key.
    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }
}

impl KeyType {
    /// The name of the type in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            KeyType::S => "S",
            KeyType::N => "N",
            KeyType::B => "B",
        }
    }
}
