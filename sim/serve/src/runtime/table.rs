//! The tables that a file asks for, as requests to DynamoDB.

use std::collections::BTreeMap;
use std::iter;

use serde::Deserialize;
use serde_json::{Value, json};
use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_spec::Time;
use toml::Spanned;

use super::error::Mistake;

/// A table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
pub(super) struct TableEntry {
    name: String,
    partition_key: String,
    #[serde(default)]
    partition_key_type: KeyType,
    sort_key: Option<String>,
    sort_key_type: Option<Spanned<KeyType>>,
    /// The attribute with the time at which a row expires.
    ttl: Option<String>,
    #[serde(default, rename = "index")]
    indexes: Vec<Spanned<IndexEntry>>,
}

/// A global secondary index, which holds whole rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
struct IndexEntry {
    name: String,
    partition_key: String,
    #[serde(default)]
    partition_key_type: KeyType,
    sort_key: Option<String>,
    sort_key_type: Option<Spanned<KeyType>>,
}

/// The types that a key can have: a string, a number, bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
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

    /// Checks that DynamoDB creates the table, whose entry begins at this byte of the text.
    ///
    /// # Errors
    ///
    /// The first mistake: DynamoDB's own message, at the index without which it has no objection.
    pub(super) fn check(&self, at: usize) -> Result<(), Mistake> {
        self.keys().check(at)?;
        for index in &self.indexes {
            index.get_ref().keys().check(index.span().start)?;
        }
        self.attributes(at)?;
        for count in 0..=self.indexes.len() {
            let table = TableEntry { indexes: self.indexes[..count].to_vec(), ..self.clone() };
            if let Some(what) = table.refusal() {
                let index = count.checked_sub(1).and_then(|last| self.indexes.get(last));
                let at = index.map_or(at, |index| index.span().start);
                return Err(Mistake::new(at, format!("the table `{}`: {what}", self.name)));
            }
        }
        Ok(())
    }

    /// Returns the message with which DynamoDB refuses to create the table, if it does.
    fn refusal(&self) -> Option<String> {
        let mut db = DynamoDb::new(Limits::default());
        let refused = self.requests().into_iter().find_map(|(operation, body)| {
            let target = format!("DynamoDB_20120810.{operation}");
            let answer = match Request::parse(&target, body.as_bytes()) {
                Ok(request) => db.apply(Time::ZERO, &request, ReplicaView::Fresh),
                Err(refusal) => refusal,
            };
            (!answer.is_success()).then_some(answer.body)
        })?;
        let body: Value = serde_json::from_str(&refused).unwrap_or_default();
        let message = body["message"].as_str().or(body["Message"].as_str());
        Some(message.unwrap_or(&refused).replace('\n', " "))
    }

    /// Returns the types of all attributes that are keys.
    ///
    /// # Errors
    ///
    /// If an attribute has two types. The entry of the table begins at this byte of the text.
    fn attributes(&self, at: usize) -> Result<BTreeMap<&str, KeyType>, Mistake> {
        let mut types: BTreeMap<&str, KeyType> = BTreeMap::new();
        let own = self.keys().attributes().map(|attribute| (at, attribute));
        let of_indexes = self.indexes.iter().flat_map(|index| {
            let at = index.span().start;
            index.get_ref().keys().attributes().map(move |attribute| (at, attribute))
        });
        for (at, (name, kind)) in own.chain(of_indexes) {
            let known = *types.entry(name).or_insert(kind);
            if known != kind {
                let what = format!(
                    "the key `{name}` is of type {} here and of type {} before",
                    kind.letter(),
                    known.letter()
                );
                return Err(Mistake::new(at, what));
            }
        }
        Ok(types)
    }

    /// Returns the requests that create the table: operations of DynamoDB, and the JSON of their
    /// bodies.
    pub(super) fn requests(&self) -> Vec<(&'static str, String)> {
        let attribute = |(name, kind): (&&str, &KeyType)| {
            let letter = kind.letter();
            json!({"AttributeName": name, "AttributeType": letter})
        };
        // A file whose keys have two types has been refused.
        let types = self.attributes(0).unwrap_or_default();
        let mut create = json!({
            "TableName": self.name,
            "AttributeDefinitions": types.iter().map(attribute).collect::<Vec<_>>(),
            "KeySchema": self.keys().schema(),
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !self.indexes.is_empty() {
            create["GlobalSecondaryIndexes"] =
                self.indexes.iter().map(|index| index.get_ref().describe()).collect();
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

    fn keys(&self) -> Keys<'_> {
        Keys {
            partition: (&self.partition_key, self.partition_key_type),
            sort: self.sort_key.as_deref(),
            sort_type: self.sort_key_type.as_ref(),
        }
    }
}

impl IndexEntry {
    fn describe(&self) -> Value {
        json!({
            "IndexName": self.name,
            "KeySchema": self.keys().schema(),
            "Projection": {"ProjectionType": "ALL"},
        })
    }

    fn keys(&self) -> Keys<'_> {
        Keys {
            partition: (&self.partition_key, self.partition_key_type),
            sort: self.sort_key.as_deref(),
            sort_type: self.sort_key_type.as_ref(),
        }
    }
}

/// The keys of a table or of an index.
#[derive(Clone, Copy)]
struct Keys<'a> {
    partition: (&'a str, KeyType),
    sort: Option<&'a str>,
    sort_type: Option<&'a Spanned<KeyType>>,
}

impl<'a> Keys<'a> {
    /// Checks the keys of an entry that begins at this byte of the text.
    fn check(self, at: usize) -> Result<(), Mistake> {
        if let (None, Some(sort_type)) = (self.sort, self.sort_type) {
            let what = "there is no `sort-key` of this type: add one, or remove the type";
            return Err(Mistake::new(sort_type.span().start, what));
        }
        if self.sort == Some(self.partition.0) {
            let what = format!("`{}` is both keys: name another `sort-key`", self.partition.0);
            return Err(Mistake::new(at, what));
        }
        Ok(())
    }

    /// Returns the names and the types of the keys.
    fn attributes(self) -> impl Iterator<Item = (&'a str, KeyType)> {
        let sort_type = self.sort_type.map(|kind| *kind.get_ref()).unwrap_or_default();
        iter::once(self.partition).chain(self.sort.map(|name| (name, sort_type)))
    }

    fn schema(self) -> Vec<Value> {
        let mut schema = vec![json!({"AttributeName": self.partition.0, "KeyType": "HASH"})];
        schema.extend(self.sort.map(|key| json!({"AttributeName": key, "KeyType": "RANGE"})));
        schema
    }
}
