//! `GetItem`.

use super::parameters::Parameters;
use super::{Outcome, Reading};
use crate::answer::Answer;
use crate::capacity::{self, CapacityReport, Consumption};
use crate::expression::{Projection, legacy};
use crate::item::Item;
use crate::json::Object;
use crate::key::KeyFault;
use crate::members::Members;
use crate::row_key::RowKey;
use crate::rows::Position;
use crate::table::Tables;

/// A `GetItem` request.
#[derive(Clone, Debug)]
pub(crate) struct Get {
    pub(crate) table: String,
    /// The table as the request names it, perhaps by its ARN.
    shown_table: String,
    pub(crate) key: Item,
    projection: Option<Projection>,
    pub(crate) consistent: bool,
    capacity: CapacityReport,
}

pub(super) const PARAMETERS: Parameters =
    Parameters { expressions: &["ProjectionExpression"], legacy: &["AttributesToGet"] };

impl Get {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<Get> {
        let table = members.table()?;
        let shown_table = members.shown_table()?;
        let key = members.pending_item("Key")?;
        members.require("Key");
        let consistent = members.flag("ConsistentRead")?;
        let capacity = members.capacity()?;
        PARAMETERS.constrain(members)?;
        members.check()?;
        PARAMETERS.check(members)?;
        let key = key.content()?;
        let projection = projection(members)?;
        Ok(Get { table, shown_table, key, projection, consistent, capacity })
    }

    pub(crate) fn apply(&self, tables: &Tables, reading: Reading) -> Outcome<Answer> {
        let table = tables.table(&self.table)?;
        let key = table.keys().key_alone(&self.key).map_err(KeyFault::answer)?;
        if let Some(projection) = &self.projection {
            table.check_paths(|name| projection.looks_into(name))?;
        }
        let view = reading.view(self.consistent);
        let found = table.rows().item_seen(&Position::new(&key), view);
        let bytes = found.map_or(0, |item| item.bytes());
        let consumed = Consumption::new(capacity::read_units(bytes, self.consistent));
        let shown = found.map(|item| {
            let mut out = String::new();
            show(&mut out, item, self.projection.as_ref());
            out
        });
        let body = Object::new()
            .json_if("ConsumedCapacity", self.capacity.describe(&self.shown_table, &consumed))
            .json_if("Item", shown);
        let row = || RowKey { table: self.table.as_str().into(), key: key.to_string() };
        let rows = found.map(|_| row()).into_iter().collect();
        Ok(Answer { rows, ..Answer::success(body.finish()) })
    }
}

/// Reads the projection of a request that has no other expression.
pub(super) fn projection(members: &Members<'_>) -> Outcome<Option<Projection>> {
    let wanted = legacy::attributes_to_get(members)?;
    let mut placeholders = PARAMETERS.placeholders(members)?;
    let projection = Projection::read(members, "ProjectionExpression", &mut placeholders)?;
    placeholders.check_all_used()?;
    Ok(projection.or(wanted))
}

/// Writes the part of an item that an answer shows.
pub(super) fn show(out: &mut String, item: &Item, projection: Option<&Projection>) {
    match projection {
        Some(projection) => projection.write(out, item),
        None => out.push_str(item.json()),
    }
}
