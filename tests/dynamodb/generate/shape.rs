//! Keys and indexes of a table.

use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// The name that stands for the table in a request; every run has one of its own.
pub(crate) const TABLE: &str = "TABLE";

/// The index on `g`, and on `h` if it has a sort key.
pub(crate) const GLOBAL: &str = "global";

/// The index on the table's partition key and `l`.
pub(crate) const LOCAL: &str = "local";

/// The type of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Bytes,
}

/// The attributes that an index holds beside the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Projection {
    All,
    KeysOnly,
    /// The attribute `a`.
    Include,
}

/// The keys of an index: of the partition, which a local index shares with its table, and to sort.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    pub(crate) name: &'static str,
    pub(crate) partition: (&'static str, Kind),
    pub(crate) sort: Option<(&'static str, Kind)>,
    pub(crate) projection: Projection,
}

/// A table with the partition key `p`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) partition: Kind,
    /// Of the sort key `s`.
    pub(crate) sort: Option<Kind>,
    pub(crate) global: Option<Index>,
    pub(crate) local: Option<Index>,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Text => "S",
            Kind::Number => "N",
            Kind::Bytes => "B",
        }
    }
}

impl Index {
    fn keys(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        [self.partition].into_iter().chain(self.sort)
    }

    fn definition(&self) -> Json {
        let projection = match self.projection {
            Projection::All => json!({ "ProjectionType": "ALL" }),
            Projection::KeysOnly => json!({ "ProjectionType": "KEYS_ONLY" }),
            Projection::Include => {
                json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"] })
            }
        };
        json!({
            "IndexName": self.name,
            "KeySchema": key_schema(self.partition.0, self.sort.map(|(name, _)| name)),
            "Projection": projection,
        })
    }
}

impl Shape {
    /// The keys of the table by their names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        [("p", self.partition)].into_iter().chain(self.sort.map(|kind| ("s", kind)))
    }

    /// The attributes that are keys of indexes only.
    pub(crate) fn index_keys(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        let global = self.global.into_iter().flat_map(|index| index.keys().collect::<Vec<_>>());
        let local = self.local.into_iter().filter_map(|index| index.sort);
        global.chain(local).filter(|(name, _)| *name != "p")
    }

    /// The index of that name, or nothing for the table itself.
    pub(crate) fn index(&self, name: &str) -> Option<Index> {
        [self.global, self.local].into_iter().flatten().find(|index| index.name == name)
    }

    /// The body of its `CreateTable`.
    pub(crate) fn definition(&self) -> Json {
        let attributes: Vec<_> = self.keys().chain(self.index_keys()).map(attribute).collect();
        let mut body = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": key_schema("p", self.sort.map(|_| "s")),
        });
        if let Some(index) = &self.global {
            body["GlobalSecondaryIndexes"] = json!([index.definition()]);
        }
        if let Some(index) = &self.local {
            body["LocalSecondaryIndexes"] = json!([index.definition()]);
        }
        body
    }
}

pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let global = (kind(), option::of(kind()), projection());
    let local = option::of((kind(), projection()));
    (kind(), option::of((kind(), local)), option::of(global)).prop_map(
        |(partition, sorted, global)| Shape {
            partition,
            sort: sorted.map(|(sort, _)| sort),
            global: global.map(|(partition, sort, projection)| Index {
                name: GLOBAL,
                partition: ("g", partition),
                sort: sort.map(|kind| ("h", kind)),
                projection,
            }),
            local: sorted.and_then(|(_, local)| local).map(|(sort, projection)| Index {
                name: LOCAL,
                partition: ("p", partition),
                sort: Some(("l", sort)),
                projection,
            }),
        },
    )
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Text), Just(Kind::Number), Just(Kind::Bytes)]
}

fn projection() -> impl Strategy<Value = Projection> {
    prop_oneof![Just(Projection::All), Just(Projection::KeysOnly), Just(Projection::Include)]
}

fn attribute((name, kind): (&str, Kind)) -> Json {
    json!({ "AttributeName": name, "AttributeType": kind.name() })
}

fn key_schema(partition: &str, sort: Option<&str>) -> Json {
    let mut keys = vec![json!({ "AttributeName": partition, "KeyType": "HASH" })];
    keys.extend(sort.map(|sort| json!({ "AttributeName": sort, "KeyType": "RANGE" })));
    Json::Array(keys)
}
