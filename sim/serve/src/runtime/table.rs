//! The tables that a file asks for.

use std::collections::BTreeMap;
use std::iter;

use serde::Deserialize;
use serde_json::Value;
use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_sim::stack::{KeyAttribute, KeyType, Projection, Table, TableIndex};
use stormglass_spec::Time;
use toml::Spanned;

use super::error::Mistake;

/// A table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
pub(super) struct TableEntry {
    pub(super) name: String,
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

impl TableEntry {
    /// Reads the table, whose entry begins at this byte of the text.
    ///
    /// # Errors
    ///
    /// The first mistake: a key of two types, or DynamoDB's own message at the index without which
    /// it has no objection.
    pub(super) fn read(self, at: usize) -> Result<Table, Mistake> {
        let (partition_key, sort_key) = self.keys().read(at)?;
        let indexes = self.indexes.iter().map(|index| {
            let at = index.span().start;
            Ok((at, index.get_ref().read(at)?))
        });
        let indexes = indexes.collect::<Result<Vec<(usize, TableIndex)>, Mistake>>()?;
        let mut table = Table {
            name: self.name,
            partition_key,
            sort_key,
            indexes: Vec::new(),
            expires_by: self.ttl,
        };
        check_types(&table, at, &indexes)?;
        check(&table, at)?;
        for (at, index) in indexes {
            table.indexes.push(index);
            check(&table, at)?;
        }
        Ok(table)
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
    fn read(&self, at: usize) -> Result<TableIndex, Mistake> {
        let keys = Keys {
            partition: (&self.partition_key, self.partition_key_type),
            sort: self.sort_key.as_deref(),
            sort_type: self.sort_key_type.as_ref(),
        };
        let (partition_key, sort_key) = keys.read(at)?;
        let projection = Projection::All;
        Ok(TableIndex { name: self.name.clone(), partition_key, sort_key, projection })
    }
}

/// Checks that each attribute has one type as a key. The entry of the table begins at this byte of
/// the text.
fn check_types(table: &Table, at: usize, indexes: &[(usize, TableIndex)]) -> Result<(), Mistake> {
    let own = iter::once(&table.partition_key).chain(&table.sort_key).map(|key| (at, key));
    let of_indexes = indexes.iter().flat_map(|(at, index)| {
        iter::once(&index.partition_key).chain(&index.sort_key).map(|key| (*at, key))
    });
    let mut types: BTreeMap<&str, KeyType> = BTreeMap::new();
    for (at, KeyAttribute { name, kind }) in own.chain(of_indexes) {
        let known = *types.entry(name).or_insert(*kind);
        if known != *kind {
            let what =
                format!("the key `{name}` is of type {kind:?} here and of type {known:?} before");
            return Err(Mistake::new(at, what));
        }
    }
    Ok(())
}

/// Checks that DynamoDB creates a table.
fn check(table: &Table, at: usize) -> Result<(), Mistake> {
    let mut db = DynamoDb::new(Limits::default());
    let mut requests = table.requests().into_iter();
    let refused = requests.find_map(|(operation, body)| refusal(&mut db, operation, &body));
    match refused {
        Some(message) => Err(Mistake::new(at, format!("the table `{}`: {message}", table.name))),
        None => Ok(()),
    }
}

/// Carries a request out. Returns DynamoDB's message if it refuses.
pub(super) fn refusal(db: &mut DynamoDb, operation: &str, body: &str) -> Option<String> {
    let target = format!("DynamoDB_20120810.{operation}");
    let answer = match Request::parse(&target, body.as_bytes()) {
        Ok(request) => db.apply(Time::ZERO, &request, ReplicaView::Fresh),
        Err(refusal) => refusal,
    };
    if answer.is_success() {
        return None;
    }
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let message = body["message"].as_str().or(body["Message"].as_str());
    Some(message.unwrap_or(&answer.body).replace('\n', " "))
}

/// The keys of a table or of an index.
#[derive(Clone, Copy)]
struct Keys<'a> {
    partition: (&'a str, KeyType),
    sort: Option<&'a str>,
    sort_type: Option<&'a Spanned<KeyType>>,
}

impl Keys<'_> {
    /// Reads the keys of an entry that begins at this byte of the text.
    fn read(self, at: usize) -> Result<(KeyAttribute, Option<KeyAttribute>), Mistake> {
        if let (None, Some(sort_type)) = (self.sort, self.sort_type) {
            let what = "there is no `sort-key` of this type: add one, or remove the type";
            return Err(Mistake::new(sort_type.span().start, what));
        }
        let (partition, kind) = self.partition;
        if self.sort == Some(partition) {
            let what = format!("`{partition}` is both keys: name another `sort-key`");
            return Err(Mistake::new(at, what));
        }
        let key = |name: &str, kind: KeyType| KeyAttribute { name: name.to_owned(), kind };
        let sort_type = self.sort_type.map(|kind| *kind.get_ref()).unwrap_or_default();
        Ok((key(partition, kind), self.sort.map(|name| key(name, sort_type))))
    }
}
