//! `BatchGetItem`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Outcome, Reading, get};
use crate::answer::Answer;
use crate::capacity::{self, CapacityReport, Consumption};
use crate::expression::Projection;
use crate::item::Item;
use crate::json::{self, Object};
use crate::key::{Key, KeyFault};
use crate::members::{Members, PendingContent};
use crate::names::TextRule;
use crate::row_key::RowKey;
use crate::rows::Position;
use crate::table::{Table, Tables};

/// The largest number of keys of one request.
pub(super) const KEYS_MAX: usize = 100;

/// The largest size of the items of an answer. Keys beyond it are left unprocessed.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

const OPERATION: &str = "BatchGetItem";

/// A `BatchGetItem` request.
#[derive(Clone, Debug)]
pub(crate) struct BatchGet {
    /// By the text that names the table in the request and in the answer.
    shares: BTreeMap<String, TableReads>,
    capacity: CapacityReport,
}

/// The reads of one table.
#[derive(Clone, Debug)]
struct TableReads {
    table: String,
    keys: Vec<Item>,
    projection: Option<Projection>,
    consistent: bool,
    /// All members but the keys, for the answer to repeat beside unprocessed keys.
    settings: BTreeMap<String, Json>,
}

/// The parts of an answer, collected table by table.
#[derive(Debug, Default)]
struct BatchGetAnswer {
    bytes: usize,
    responses: BTreeMap<String, String>,
    unprocessed: BTreeMap<String, String>,
    consumed: Vec<String>,
    rows: Vec<RowKey>,
}

impl BatchGet {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<BatchGet> {
        let capacity = members.capacity()?;
        members.require("RequestItems");
        let pending = members
            .structures_by_name("RequestItems", "KeysAndAttributes", PendingReads::read)?
            .unwrap_or_default();
        if pending.is_empty() && members.has("RequestItems") {
            return Err(required(OPERATION));
        }
        members.check()?;
        for (table, share) in &pending {
            share.check_count(table)?;
        }
        let count: usize = pending.values().map(|share| share.keys.len()).sum();
        if count > KEYS_MAX {
            return Err(too_many(OPERATION));
        }
        check_not_mixed(&pending)?;
        let content = |(table, share): (String, PendingReads<'_>)| Ok((table, share.content()?));
        let shares = pending.into_iter().map(content).collect::<Outcome<_>>()?;
        Ok(BatchGet { shares, capacity })
    }

    /// The keys of the rows to read, with their tables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.shares
            .values()
            .flat_map(|share| share.keys.iter().map(|key| (share.table.as_str(), key)))
    }

    /// True if every read is strongly consistent.
    pub(crate) fn is_consistent(&self) -> bool {
        self.shares.values().all(|share| share.consistent)
    }

    /// Answers with the rows that exist. Their order is not that of the request (FACTS 6.5).
    pub(crate) fn apply(&self, tables: &Tables, reading: Reading) -> Outcome<Answer> {
        let mut located = Vec::new();
        for (name, share) in &self.shares {
            let table = tables.table(&share.table)?;
            located.push((name, table, share, share.locate(table)?));
        }
        let mut batch = BatchGetAnswer::default();
        for (name, table, share, keys) in located {
            let read = batch.read(name, table, share, keys, reading);
            batch
                .consumed
                .extend(read.and_then(|consumed| self.capacity.describe(name, &consumed)));
        }
        if batch.responses.is_empty() && !batch.unprocessed.is_empty() {
            return Err(Answer::all_unprocessed());
        }
        Ok(batch.answer())
    }
}

/// The reads of one table, of which only the shape has been checked.
#[derive(Debug)]
struct PendingReads<'a> {
    table: String,
    members: Members<'a>,
    keys: Vec<PendingContent<Item>>,
    consistent: bool,
}

impl<'a> PendingReads<'a> {
    fn read(key: &str, members: &mut Members<'a>) -> Outcome<PendingReads<'a>> {
        let table = table_name(key, members)?;
        members.require("Keys");
        let keys = members.pending_items("Keys")?.unwrap_or_default();
        let consistent = members.flag("ConsistentRead")?;
        get::PARAMETERS.constrain(members)?;
        Ok(PendingReads { table, members: members.again(), keys, consistent })
    }

    fn check_count(&self, table: &str) -> Outcome<()> {
        // The two paths are AWS's.
        let (path, bound) = match self.keys.len() {
            0 => (format!("requestItems.{table}.member.keys"), "greater than or equal to 1"),
            count if count > KEYS_MAX => {
                (format!("RequestItems.{table}.member.Keys"), "less than or equal to 100")
            }
            _ => return Ok(()),
        };
        Err(Answer::validation(&format!(
            "1 validation error detected: Value at '{path}' failed to satisfy constraint: Member \
             must have length {bound}"
        )))
    }

    fn content(self) -> Outcome<TableReads> {
        let members = &self.members;
        let projection = get::projection(members)?;
        let keys =
            self.keys.into_iter().map(PendingContent::content).collect::<Outcome<Vec<_>>>()?;
        let distinct: BTreeSet<_> = keys.iter().map(Item::json).collect();
        if distinct.len() < keys.len() {
            return Err(duplicates());
        }
        let settings = members.without("Keys");
        Ok(TableReads {
            table: self.table,
            keys,
            projection,
            consistent: self.consistent,
            settings,
        })
    }
}

impl TableReads {
    fn locate(&self, table: &Table) -> Outcome<BTreeMap<Position, (Key, &Item)>> {
        if let Some(projection) = &self.projection {
            table.check_paths(|name| projection.looks_into(name))?;
        }
        let mut located = BTreeMap::new();
        for item in &self.keys {
            let key = table.keys().key_alone(item).map_err(KeyFault::answer)?;
            located.insert(Position::new(&key), (key, item));
        }
        if located.len() < self.keys.len() {
            return Err(duplicates());
        }
        Ok(located)
    }

    fn unprocessed(&self, keys: &[&Item]) -> String {
        let mut members: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &self.settings {
            let mut out = String::new();
            json::write_sorted(&mut out, value);
            members.insert(name, out);
        }
        members.insert("Keys", json::array(keys, |key| key.json().to_owned()));
        Object::from_members(&members)
    }
}

impl BatchGetAnswer {
    /// Reads rows of one table and returns the capacity, if it read any row.
    fn read(
        &mut self,
        name: &str,
        table: &Table,
        share: &TableReads,
        keys: BTreeMap<Position, (Key, &Item)>,
        reading: Reading,
    ) -> Option<Consumption> {
        let view = reading.view(share.consistent);
        let mut consumed: Option<Consumption> = None;
        let mut items = Vec::new();
        let mut left = Vec::new();
        for (position, (key, item)) in keys {
            if reading.sheds(&key) {
                left.push(item);
                continue;
            }
            let found = table.rows().item_seen(&position, view);
            let bytes = found.map_or(0, |found| found.bytes());
            if self.bytes + bytes > ANSWER_BYTES_MAX {
                left.push(item);
                continue;
            }
            self.bytes += bytes;
            // A key without a row consumes capacity too.
            let read = Consumption::new(capacity::read_units(bytes, share.consistent));
            consumed.get_or_insert_default().add(read);
            if let Some(found) = found {
                let mut shown = String::new();
                get::show(&mut shown, found, share.projection.as_ref());
                items.push(shown);
                self.rows.push(RowKey { table: name.into(), key: key.to_string() });
            }
        }
        if consumed.is_some() {
            self.responses.insert(name.to_owned(), json::list(&items));
        }
        if !left.is_empty() {
            self.unprocessed.insert(name.to_owned(), share.unprocessed(&left));
        }
        consumed
    }

    fn answer(self) -> Answer {
        let consumed = (!self.consumed.is_empty()).then(|| json::list(&self.consumed));
        let body = Object::new()
            .json_if("ConsumedCapacity", consumed)
            .json("Responses", &Object::from_members(&self.responses))
            .json("UnprocessedKeys", &Object::from_members(&self.unprocessed));
        Answer { rows: self.rows, ..Answer::success(body.finish()) }
    }
}

/// Refuses a request that has expressions and legacy parameters, even for different tables.
fn check_not_mixed(shares: &BTreeMap<String, PendingReads<'_>>) -> Outcome<()> {
    let any = |name| shares.values().any(|share| share.members.has(name));
    if any("AttributesToGet") && any("ProjectionExpression") {
        return Err(Answer::validation(
            "Can not use both expression and non-expression parameters in the same request: \
             Non-expression parameters: {AttributesToGet} Expression parameters: \
             {ProjectionExpression}",
        ));
    }
    shares.values().try_for_each(|share| get::PARAMETERS.check(&share.members))
}

/// Returns the table that a key of `RequestItems` names, perhaps by its ARN.
pub(super) fn table_name(key: &str, members: &mut Members<'_>) -> Outcome<String> {
    if key.is_empty() {
        let rule = TextRule { is_name: true, least: 1, most: 255 };
        members.check_text("TableName", key, rule);
        return Ok(String::new());
    }
    members.table_named(key)
}

/// Refuses an empty batch.
pub(super) fn required(operation: &str) -> Answer {
    Answer::validation(&format!("The requestItems parameter is required for {operation}"))
}

/// Refuses a batch with too many items, though not too many of one table.
pub(super) fn too_many(operation: &str) -> Answer {
    Answer::validation(&format!("Too many items requested for the {operation} call"))
}

/// Refuses a request with the same key twice.
pub(super) fn duplicates() -> Answer {
    Answer::validation("Provided list of item keys contains duplicates")
}
