//! The tables that a file asks for, as requests to DynamoDB.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// A table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TableEntry {
    name: String,
    partition_key: String,
    #[serde(default)]
    partition_key_type: KeyType,
    sort_key: Option<String>,
    #[serde(default)]
    sort_key_type: KeyType,
    /// The attribute with the time at which a row expires.
    ttl: Option<String>,
    #[serde(default, rename = "index")]
    indexes: Vec<IndexEntry>,
}

/// A global secondary index, which holds whole rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct IndexEntry {
    name: String,
    partition_key: String,
    #[serde(default)]
    partition_key_type: KeyType,
    sort_key: Option<String>,
    #[serde(default)]
    sort_key_type: KeyType,
}

/// The types that a key can have: a string, a number, bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
enum KeyType {
    #[default]
    S,
    N,
    B,
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

impl TableEntry {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the requests that create the table: operations of DynamoDB, and the JSON of their
    /// bodies.
    pub(super) fn requests(&self) -> Vec<(&'static str, String)> {
        let mut types = BTreeMap::from([(self.partition_key.as_str(), self.partition_key_type)]);
        types.extend(self.sort_key.as_deref().map(|key| (key, self.sort_key_type)));
        for index in &self.indexes {
            types.insert(&index.partition_key, index.partition_key_type);
            types.extend(index.sort_key.as_deref().map(|key| (key, index.sort_key_type)));
        }
        let attribute = |(name, kind): (&&str, &KeyType)| {
            let letter = kind.letter();
            json!({"AttributeName": name, "AttributeType": letter})
        };
        let mut create = json!({
            "TableName": self.name,
            "AttributeDefinitions": types.iter().map(attribute).collect::<Vec<_>>(),
            "KeySchema": keys(&self.partition_key, self.sort_key.as_deref()),
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !self.indexes.is_empty() {
            create["GlobalSecondaryIndexes"] =
                self.indexes.iter().map(IndexEntry::describe).collect();
        }
        let mut requests = vec![("CreateTable", create.to_string())];
        if let Some(attribute) = &self.ttl {
            let expiry = json!({
                "TableName": self.name,
                "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
            });
            requests.push(("UpdateTimeToLive", expiry.to_string()));
        }
        requests
    }
}

impl IndexEntry {
    fn describe(&self) -> Value {
        json!({
            "IndexName": self.name,
            "KeySchema": keys(&self.partition_key, self.sort_key.as_deref()),
            "Projection": {"ProjectionType": "ALL"},
        })
    }
}

fn keys(partition_key: &str, sort_key: Option<&str>) -> Vec<Value> {
    let mut keys = vec![json!({"AttributeName": partition_key, "KeyType": "HASH"})];
    keys.extend(sort_key.map(|key| json!({"AttributeName": key, "KeyType": "RANGE"})));
    keys
}
