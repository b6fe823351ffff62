//! Tables of a stack.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name of the table.
    pub name: String,
    /// The partition key.
    pub partition_key: KeyAttribute,
    /// The sort key.
    pub sort_key: Option<KeyAttribute>,
    /// The global secondary indexes.
    pub indexes: Vec<TableIndex>,
    /// The attribute that says when a row expires, in seconds since 1970 (FACTS 6.10).
    pub expires_by: Option<String>,
}

/// A global secondary index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableIndex {
    /// The name of the index.
    pub name: String,
    /// The partition key.
    pub partition_key: KeyAttribute,
    /// The sort key.
    pub sort_key: Option<KeyAttribute>,
    /// The attributes that the index holds.
    pub projection: Projection,
}

/// An attribute that is a key, and its type.
///
/// A text stands for an attribute of type S.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// The name of the attribute.
    pub name: String,
    /// The type of the attribute.
    pub kind: KeyType,
}

/// The types that a key can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum KeyType {
    /// A string.
    #[default]
    S,
    /// A number.
    N,
    /// Bytes.
    B,
}

/// The attributes that an index holds beside its keys and those of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// All attributes.
    #[default]
    All,
    /// No other attributes.
    KeysOnly,
    /// The attributes with these names.
    Include(Vec<String>),
}

impl KeyAttribute {
    /// Makes a key of type N.
    pub fn number(name: &str) -> KeyAttribute {
        KeyAttribute { name: name.to_owned(), kind: KeyType::N }
    }

    /// Makes a key of type B.
    pub fn binary(name: &str) -> KeyAttribute {
        KeyAttribute { name: name.to_owned(), kind: KeyType::B }
    }
}

impl From<&str> for KeyAttribute {
    fn from(name: &str) -> KeyAttribute {
        KeyAttribute { name: name.to_owned(), kind: KeyType::S }
    }
}

impl Table {
    /// Makes a table with a partition key only.
    pub fn new(name: &str, partition_key: impl Into<KeyAttribute>) -> Table {
        Table {
            name: name.to_owned(),
            partition_key: partition_key.into(),
            sort_key: None,
            indexes: Vec::new(),
            expires_by: None,
        }
    }

    /// Adds a sort key to the table.
    pub fn sorted_by(self, sort_key: impl Into<KeyAttribute>) -> Table {
        Table { sort_key: Some(sort_key.into()), ..self }
    }

    /// Adds a global secondary index to the table.
    pub fn indexed(mut self, index: TableIndex) -> Table {
        self.indexes.push(index);
        self
    }

    /// Lets rows of the table expire by an attribute.
    pub fn expiring_by(self, attribute: &str) -> Table {
        Table { expires_by: Some(attribute.to_owned()), ..self }
    }

    /// Returns the requests that create the table: DynamoDB operations and their JSON bodies.
    pub fn requests(&self) -> Vec<(&'static str, String)> {
        let mut create = json!({
            "TableName": self.name,
            "AttributeDefinitions": self.attribute_definitions(),
            "KeySchema": key_schema(&self.partition_key, self.sort_key.as_ref()),
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !self.indexes.is_empty() {
            create["GlobalSecondaryIndexes"] =
                self.indexes.iter().map(TableIndex::definition).collect();
        }
        let mut requests = vec![("CreateTable", create.to_string())];
        if let Some(attribute) = &self.expires_by {
            let expiry = json!({
                "TableName": self.name,
                "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
            });
            requests.push(("UpdateTimeToLive", expiry.to_string()));
        }
        requests
    }

    /// Returns the attributes that are keys of the table or of an index, each once.
    fn attribute_definitions(&self) -> Vec<Value> {
        let mut keys: Vec<&KeyAttribute> = vec![&self.partition_key];
        keys.extend(&self.sort_key);
        for index in &self.indexes {
            keys.push(&index.partition_key);
            keys.extend(&index.sort_key);
        }
        let types: BTreeMap<&str, KeyType> =
            keys.into_iter().map(|key| (key.name.as_str(), key.kind)).collect();
        let definition = |(name, kind): (&str, KeyType)| {
            let kind = kind.letter();
            json!({"AttributeName": name, "AttributeType": kind})
        };
        types.into_iter().map(definition).collect()
    }
}

impl TableIndex {
    /// Makes an index with a partition key only, which holds all attributes.
    pub fn new(name: &str, partition_key: impl Into<KeyAttribute>) -> TableIndex {
        TableIndex {
            name: name.to_owned(),
            partition_key: partition_key.into(),
            sort_key: None,
            projection: Projection::All,
        }
    }

    /// Adds a sort key to the index.
    pub fn sorted_by(self, sort_key: impl Into<KeyAttribute>) -> TableIndex {
        TableIndex { sort_key: Some(sort_key.into()), ..self }
    }

    /// Replaces the attributes that the index holds.
    pub fn projecting(self, projection: Projection) -> TableIndex {
        TableIndex { projection, ..self }
    }

    fn definition(&self) -> Value {
        json!({
            "IndexName": self.name,
            "KeySchema": key_schema(&self.partition_key, self.sort_key.as_ref()),
            "Projection": self.projection.definition(),
        })
    }
}

impl KeyType {
    fn letter(self) -> &'static str {
        match self {
            KeyType::S => "S",
            KeyType::N => "N",
            KeyType::B => "B",
        }
    }
}

impl Projection {
    fn definition(&self) -> Value {
        match self {
            Projection::All => json!({"ProjectionType": "ALL"}),
            Projection::KeysOnly => json!({"ProjectionType": "KEYS_ONLY"}),
            Projection::Include(attributes) => {
                json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": attributes})
            }
        }
    }
}

fn key_schema(partition_key: &KeyAttribute, sort_key: Option<&KeyAttribute>) -> Vec<Value> {
    let key = |key: &KeyAttribute, kind: &str| json!({"AttributeName": key.name, "KeyType": kind});
    let mut keys = vec![key(partition_key, "HASH")];
    keys.extend(sort_key.map(|sort_key| key(sort_key, "RANGE")));
    keys
}
