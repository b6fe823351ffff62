//! `TransactGetItems`.

use std::collections::{BTreeMap, BTreeSet};

use super::transaction::{self, CancellationReason};
use super::{Outcome, get};
use crate::answer::Answer;
use crate::capacity::{CapacityReport, Consumption};
use crate::expression::{Placeholders, Projection};
use crate::item::Item;
use crate::json::{self, Object};
use crate::key::{Key, KeyFault};
use crate::members::{Members, PendingContent};
use crate::row_key::RowKey;
use crate::table::Tables;

/// A `TransactGetItems` request.
#[derive(Clone, Debug)]
pub(crate) struct TransactGet {
    gets: Vec<ItemGet>,
    capacity: CapacityReport,
}

/// A read of one row.
#[derive(Clone, Debug)]
struct ItemGet {
    table: String,
    key: Item,
    projection: Option<Projection>,
}

/// A read of which only the shape has been checked.
#[derive(Debug)]
struct PendingGet<'a> {
    members: Members<'a>,
    table: String,
    key: PendingContent<Item>,
}

impl TransactGet {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<TransactGet> {
        let capacity = members.capacity()?;
        let pending = transaction::actions(members, "TransactGetItem", PendingGet::read)?;
        let content = |get: Option<PendingGet<'_>>| {
            get.expect("a request without a Get has been refused").content()
        };
        let gets = pending.into_iter().map(content).collect::<Outcome<_>>()?;
        Ok(TransactGet { gets, capacity })
    }

    /// The keys of the rows to read, with their tables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.gets.iter().map(|get| (get.table.as_str(), &get.key))
    }

    /// Answers with all rows as of one moment.
    pub(crate) fn apply(&self, tables: &Tables) -> Outcome<Answer> {
        let keys = self.locate(tables)?;
        let mut consumed: BTreeMap<&str, Consumption> = BTreeMap::new();
        let mut rows = Vec::new();
        let mut responses = Vec::new();
        for (get, key) in self.gets.iter().zip(keys) {
            let found = tables.table(&get.table)?.item(&key);
            let bytes = found.map_or(0, |item| item.bytes());
            let part = Consumption::from_transactional_read(bytes);
            consumed.entry(&get.table).or_default().add(part);
            let mut shown = String::new();
            if let Some(item) = found {
                get::show(&mut shown, item, get.projection.as_ref());
                rows.push(RowKey { table: get.table.as_str().into(), key: key.to_string() });
            }
            // Unlike other reads, one in a transaction shows an empty projection as no item.
            responses.push(match shown.as_str() {
                "" | "{}" => "{}".to_owned(),
                item => format!("{{\"Item\":{item}}}"),
            });
        }
        let body = Object::new()
            .json_if("ConsumedCapacity", self.capacity.describe_all(&consumed))
            .json("Responses", &json::list(&responses));
        Ok(Answer { rows, ..Answer::success(body.finish()) })
    }

    fn locate(&self, tables: &Tables) -> Outcome<Vec<Key>> {
        let mut keys = Vec::new();
        let mut reasons = Vec::new();
        for get in &self.gets {
            let table = tables.table(&get.table)?;
            if let Some(projection) = &get.projection {
                table.check_paths(|name| projection.looks_into(name))?;
            }
            match table.keys().key_alone(&get.key).map_err(KeyFault::message) {
                Ok(key) if table.is_locked(&key) => reasons.push(CancellationReason::Conflict),
                Ok(key) => {
                    keys.push(key);
                    reasons.push(CancellationReason::None);
                }
                Err(message) => reasons.push(CancellationReason::Invalid { message }),
            }
        }
        if keys.len() < self.gets.len() {
            return Err(transaction::cancelled(&reasons));
        }
        let tables = self.gets.iter().map(|get| &get.table);
        let distinct: BTreeSet<_> = tables.zip(&keys).collect();
        if distinct.len() < keys.len() {
            return Err(transaction::same_item_twice());
        }
        Ok(keys)
    }
}

impl<'a> PendingGet<'a> {
    fn read(members: &mut Members<'a>) -> Outcome<Option<PendingGet<'a>>> {
        members.require("Get");
        members.structure("Get", "Get", |members| {
            let table = members.table()?;
            members.require("Key");
            let key = members.pending_item("Key")?;
            members.string("ProjectionExpression")?;
            Placeholders::check_shapes(members, &["ProjectionExpression"])?;
            Ok(PendingGet { members: members.again(), table, key })
        })
    }

    fn content(self) -> Outcome<ItemGet> {
        let members = &self.members;
        let mut placeholders =
            Placeholders::read_in_transaction(members, &["ProjectionExpression"])?;
        let key = self.key.content()?;
        let projection = Projection::read(members, "ProjectionExpression", &mut placeholders)?;
        placeholders.check_all_used()?;
        Ok(ItemGet { table: self.table, key, projection })
    }
}
