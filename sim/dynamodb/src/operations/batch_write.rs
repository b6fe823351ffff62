//! `BatchWriteItem` (FACTS 6.11).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::batch_get::{duplicates, required, table_name, too_many};
use super::write::{self, RowEffect, Write, WriteFault};
use super::{Outcome, Reading};
use crate::answer::Answer;
use crate::capacity::{CapacityReport, Consumption};
use crate::item::{ITEM_BYTES_MAX, Item};
use crate::json::{self, Object};
use crate::key::{Key, KeyFault};
use crate::members::{Members, PendingContent};
use crate::table::Tables;

/// The largest number of writes of one request.
pub(super) const WRITES_MAX: usize = 25;

/// The largest size of all items of one request together.
const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

const OPERATION: &str = "BatchWriteItem";

/// A `BatchWriteItem` request.
#[derive(Clone, Debug)]
pub(crate) struct BatchWrite {
    /// By the text that names the table in the request and in the answer.
    shares: BTreeMap<String, TableWrites>,
    capacity: CapacityReport,
    /// True if `ReturnItemCollectionMetrics` is `SIZE`.
    measures_collections: bool,
}

/// The writes to one table.
#[derive(Clone, Debug)]
struct TableWrites {
    table: String,
    writes: Vec<Write>,
}

/// The parts of an answer, collected table by table.
#[derive(Debug, Default)]
struct BatchWriteAnswer {
    consumed: Vec<String>,
    collections: BTreeMap<String, String>,
    unprocessed: BTreeMap<String, String>,
}

impl BatchWrite {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<BatchWrite> {
        let capacity = members.capacity()?;
        let metrics = members.one_of("ReturnItemCollectionMetrics", &["SIZE", "NONE"])?;
        members.require("RequestItems");
        let pending = members
            .lists_by_name("RequestItems", "WriteRequest", PendingWrite::read)?
            .unwrap_or_default();
        if pending.is_empty() && members.has("RequestItems") {
            return Err(required(OPERATION));
        }
        let mut tables = Vec::new();
        for (table, writes) in &pending {
            tables.push(table_name(table, members)?);
            if writes.is_empty() {
                let place = format!("requestItems.{table}.member");
                members.violate_at(&place, "Member must have length greater than or equal to 1");
            }
            if writes.len() > WRITES_MAX {
                let shown: Vec<_> = writes.iter().map(|write| write.shown.as_str()).collect();
                let value = format!("{{{table}=[{}]}}", shown.join(", "));
                let constraint = "Map value must satisfy constraint: [Member must have length \
                                  less than or equal to 25, Member must have length greater than \
                                  or equal to 1]";
                members.violate("RequestItems", Some(&value), constraint);
            }
        }
        members.check()?;
        if pending.values().map(Vec::len).sum::<usize>() > WRITES_MAX {
            return Err(too_many(OPERATION));
        }
        let mut shares = BTreeMap::new();
        let mut bytes = 0;
        for ((name, pending), table) in pending.into_iter().zip(tables) {
            let mut writes = Vec::new();
            for write in pending {
                let write = write.content(&table)?;
                bytes += write.key_item().bytes();
                writes.push(write);
            }
            shares.insert(name, TableWrites { table, writes });
        }
        if bytes > REQUEST_BYTES_MAX {
            return Err(Answer::validation(
                "Item collection too large: aggregate size of items in BatchWriteItem exceeds \
                 16MB limit",
            ));
        }
        Ok(BatchWrite { shares, capacity, measures_collections: metrics == Some("SIZE") })
    }

    pub(crate) fn writes(&self) -> impl Iterator<Item = &Write> {
        self.shares.values().flat_map(|share| &share.writes)
    }

    /// Carries out the writes one after another, or none if one of them has a fault.
    pub(crate) fn apply(&self, tables: &mut Tables, reading: Reading) -> Outcome<Answer> {
        // All faults are found before the first write: nothing is refused half-way.
        let located = self.locate(tables)?;
        let count = self.writes().count();
        if located.values().flatten().filter(|key| reading.sheds(key)).count() == count {
            return Err(Answer::all_unprocessed());
        }
        let mut batch = BatchWriteAnswer::default();
        let mut changes = Vec::new();
        for (name, share) in &self.shares {
            let table = tables.table_mut(&share.table).expect("the table has been found");
            let keys = &located[name.as_str()];
            let mut consumed = Consumption::default();
            let mut collections = BTreeSet::new();
            let mut left = Vec::new();
            for (write, key) in share.writes.iter().zip(keys) {
                // A batch has no error for a conflict: the write comes back (FACTS 6.11, 6.14).
                if reading.sheds(key) || table.is_locked(key) {
                    left.push(write);
                    continue;
                }
                let planned = write.plan(table, key.clone());
                let planned = planned.expect("the row is free, and a batch has no conditions");
                let written = table.write(reading.now, key, planned.new.clone());
                consumed.add(Consumption::from_write(planned.bytes(), &written.indexes));
                collections.extend(write::collection(table, key));
                changes.extend(written.change);
            }
            if left.len() < share.writes.len() {
                batch.consumed.extend(self.capacity.describe(name, &consumed));
            }
            if !self.measures_collections {
                collections.clear();
            }
            batch.note(name, collections, &left);
        }
        let answer = batch.answer();
        Ok(Answer { changes, ..answer })
    }

    fn locate(&self, tables: &Tables) -> Outcome<BTreeMap<&str, Vec<Key>>> {
        let mut located = BTreeMap::new();
        for (name, share) in &self.shares {
            let table = tables.table(&share.table)?;
            let keys = share
                .writes
                .iter()
                .map(|write| write.locate(table).map_err(fault_answer))
                .collect::<Outcome<Vec<_>>>()?;
            if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
                return Err(duplicates());
            }
            located.insert(name.as_str(), keys);
        }
        Ok(located)
    }
}

impl BatchWriteAnswer {
    fn note(&mut self, name: &str, collections: BTreeSet<String>, left: &[&Write]) {
        if !collections.is_empty() {
            self.collections.insert(name.to_owned(), json::list(&collections));
        }
        if !left.is_empty() {
            let left = json::array(left, |write| request_of(write));
            self.unprocessed.insert(name.to_owned(), left);
        }
    }

    fn answer(self) -> Answer {
        let consumed = (!self.consumed.is_empty()).then(|| json::list(&self.consumed));
        let collections =
            (!self.collections.is_empty()).then(|| Object::from_members(&self.collections));
        let body = Object::new()
            .json_if("ConsumedCapacity", consumed)
            .json_if("ItemCollectionMetrics", collections)
            .json("UnprocessedItems", &Object::from_members(&self.unprocessed));
        Answer::success(body.finish())
    }
}

/// A write of which only the shape has been checked.
#[derive(Debug)]
struct PendingWrite {
    effect: PendingEffect,
    /// The write as in the errors of AWS.
    shown: String,
}

#[derive(Debug)]
enum PendingEffect {
    Put(PendingContent<Item>),
    Delete(PendingContent<Item>),
    /// Neither a put nor a delete, or both.
    Unclear,
}

impl PendingWrite {
    fn read<'a>(request: &mut Members<'a>) -> Outcome<PendingWrite> {
        let item = |members: &mut Members<'a>, name: &str| {
            members.require(name);
            members.pending_item(name)
        };
        let put = request.structure("PutRequest", "PutRequest", |put| item(put, "Item"))?;
        let delete =
            request.structure("DeleteRequest", "DeleteRequest", |delete| item(delete, "Key"))?;
        let effect = match (put, delete) {
            (Some(item), None) => PendingEffect::Put(item),
            (None, Some(key)) => PendingEffect::Delete(key),
            _ => PendingEffect::Unclear,
        };
        Ok(PendingWrite { effect, shown: request.show() })
    }

    fn content(self, table: &str) -> Outcome<Write> {
        let effect = match self.effect {
            PendingEffect::Put(item) => {
                let item = item.content()?;
                if item.bytes() > ITEM_BYTES_MAX {
                    let message = "Item size has exceeded the maximum allowed size";
                    return Err(Answer::validation(message));
                }
                RowEffect::Put(Arc::new(item))
            }
            PendingEffect::Delete(key) => RowEffect::Delete { key: key.content()? },
            PendingEffect::Unclear => {
                return Err(Answer::validation(
                    "Supplied AttributeValue has more than one datatypes set, must contain \
                     exactly one of the supported datatypes",
                ));
            }
        };
        Ok(Write { table: table.to_owned(), effect, condition: None })
    }
}

/// The answer to a fault: for a batch, AWS does not name the attribute of the key.
fn fault_answer(fault: WriteFault) -> Answer {
    match fault {
        WriteFault::Key(KeyFault::Missing(_) | KeyFault::WrongType(_)) => {
            KeyFault::Mismatch.answer()
        }
        other => other.answer(),
    }
}

/// Writes the JSON of a write, as in the request.
fn request_of(write: &Write) -> String {
    let (request, member) = match &write.effect {
        RowEffect::Put(_) => ("PutRequest", "Item"),
        _ => ("DeleteRequest", "Key"),
    };
    format!("{{\"{request}\":{{\"{member}\":{}}}}}", write.key_item().json())
}
