//! `PutItem`, `DeleteItem` and `UpdateItem`.

use std::sync::Arc;

use stormglass_spec::Time;

use super::Outcome;
use super::parameters::Parameters;
use super::write::{self, RowEffect, Write, WriteFault, WritePlan};
use crate::answer::Answer;
use crate::capacity::{CapacityReport, Consumption};
use crate::expression::{Condition, Update, legacy};
use crate::item::{ITEM_BYTES_MAX, Item};
use crate::json::Object;
use crate::members::Members;
use crate::table::{Table, Tables};

/// A request that writes one row.
#[derive(Clone, Debug)]
pub(crate) struct SingleWrite {
    pub(crate) write: Write,
    /// The table as the request names it, perhaps by its ARN.
    shown_table: String,
    options: WriteOptions,
}

/// The wishes of a request for its answer.
#[derive(Clone, Copy, Debug)]
struct WriteOptions {
    returns: ReturnValues,
    /// True if `ReturnValuesOnConditionCheckFailure` is `ALL_OLD`.
    returns_old_on_failure: bool,
    capacity: CapacityReport,
    /// True if `ReturnItemCollectionMetrics` is `SIZE`.
    measures_collection: bool,
}

/// The value of `ReturnValues`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ReturnValues {
    #[default]
    None,
    AllOld,
    UpdatedOld,
    AllNew,
    UpdatedNew,
}

/// The parameters of a put and of a delete.
const WRITE_PARAMETERS: Parameters = Parameters {
    expressions: &["ConditionExpression"],
    legacy: &["Expected", "ConditionalOperator"],
};

const UPDATE_PARAMETERS: Parameters = Parameters {
    expressions: &["UpdateExpression", "ConditionExpression"],
    legacy: &["AttributeUpdates", "Expected", "ConditionalOperator"],
};

impl SingleWrite {
    pub(crate) fn parse_put(members: &mut Members<'_>) -> Outcome<SingleWrite> {
        let table = members.table()?;
        let shown_table = members.shown_table()?;
        let item = members.pending_item("Item")?;
        members.require("Item");
        let options = WriteOptions::read(members)?;
        WRITE_PARAMETERS.constrain(members)?;
        members.check()?;
        WRITE_PARAMETERS.check(members)?;
        let item = item.content()?;
        options.check_all_old_or_none()?;
        if item.bytes() > ITEM_BYTES_MAX {
            return Err(Answer::validation("Item size has exceeded the maximum allowed size"));
        }
        let condition = condition(members)?;
        let write = Write { table, effect: RowEffect::Put(Arc::new(item)), condition };
        Ok(SingleWrite { write, shown_table, options })
    }

    pub(crate) fn parse_delete(members: &mut Members<'_>) -> Outcome<SingleWrite> {
        let table = members.table()?;
        let shown_table = members.shown_table()?;
        let key = members.pending_item("Key")?;
        members.require("Key");
        let options = WriteOptions::read(members)?;
        WRITE_PARAMETERS.constrain(members)?;
        members.check()?;
        WRITE_PARAMETERS.check(members)?;
        let key = key.content()?;
        options.check_all_old_or_none()?;
        let condition = condition(members)?;
        let write = Write { table, effect: RowEffect::Delete { key }, condition };
        Ok(SingleWrite { write, shown_table, options })
    }

    pub(crate) fn parse_update(members: &mut Members<'_>) -> Outcome<SingleWrite> {
        let table = members.table()?;
        let shown_table = members.shown_table()?;
        let key = members.pending_item("Key")?;
        members.require("Key");
        let options = WriteOptions::read(members)?;
        UPDATE_PARAMETERS.constrain(members)?;
        members.check()?;
        UPDATE_PARAMETERS.check(members)?;
        let key = key.content()?;
        let updates = legacy::attribute_updates(members)?;
        legacy::check_conditional_operator(members, "Expected")?;
        let expected = legacy::expected(members)?;
        let mut placeholders = UPDATE_PARAMETERS.placeholders(members)?;
        let update = Update::read(members, "UpdateExpression", &mut placeholders)?.or(updates);
        let condition = Condition::read(members, "ConditionExpression", &mut placeholders)?;
        let condition = condition.or(expected);
        placeholders.check_all_used()?;
        let write = Write { table, effect: RowEffect::Update { key, update }, condition };
        Ok(SingleWrite { write, shown_table, options })
    }

    pub(crate) fn apply(&self, tables: &mut Tables, now: Time) -> Outcome<Answer> {
        let table = tables.table_mut(&self.write.table)?;
        let key = self.write.locate(table).map_err(WriteFault::answer)?;
        let planned = self
            .write
            .plan(table, key)
            .map_err(|refusal| refusal.answer(self.options.returns_old_on_failure))?;
        self.check_size(&planned)?;
        let written = table.write(now, &planned.key, planned.new.clone());
        let consumed = Consumption::from_write(planned.bytes(), &written.indexes);
        let body = Object::new()
            .json_if("Attributes", self.attributes(&planned))
            .json_if(
                "ConsumedCapacity",
                self.options.capacity.describe(&self.shown_table, &consumed),
            )
            .json_if("ItemCollectionMetrics", self.collection(table, &planned));
        let changes = written.change.into_iter().collect();
        Ok(Answer { changes, ..Answer::success(body.finish()) })
    }

    /// Refuses an update whose item and actions together are too large, the key not counted.
    ///
    /// AWS checks this for an update alone, not for one in a transaction.
    fn check_size(&self, planned: &WritePlan) -> Outcome<()> {
        let RowEffect::Update { key, update: Some(update) } = &self.write.effect else {
            return Ok(());
        };
        let bytes = planned.new.as_ref().map_or(0, |item| item.bytes());
        if bytes + update.bytes() > ITEM_BYTES_MAX + key.bytes() {
            return Err(write::update_too_large());
        }
        Ok(())
    }

    fn attributes(&self, planned: &WritePlan) -> Option<String> {
        let (old, new) = (planned.old.as_deref(), planned.new.as_deref());
        let part = |item: Option<&Item>| match &self.write.effect {
            RowEffect::Update { update: Some(update), .. } => update.part_of(item?),
            _ => None,
        };
        match self.options.returns {
            ReturnValues::None => None,
            ReturnValues::AllOld => Some(old?.json().to_owned()),
            ReturnValues::AllNew => Some(new?.json().to_owned()),
            ReturnValues::UpdatedOld => Some(part(old)?.json().to_owned()),
            ReturnValues::UpdatedNew => Some(part(new)?.json().to_owned()),
        }
    }

    fn collection(&self, table: &Table, planned: &WritePlan) -> Option<String> {
        self.options.measures_collection.then(|| write::collection(table, &planned.key)).flatten()
    }
}

/// Reads the condition of a put or a delete, an expression or a legacy parameter.
fn condition(members: &Members<'_>) -> Outcome<Option<Condition>> {
    legacy::check_conditional_operator(members, "Expected")?;
    let expected = legacy::expected(members)?;
    let mut placeholders = WRITE_PARAMETERS.placeholders(members)?;
    let condition = Condition::read(members, "ConditionExpression", &mut placeholders)?;
    placeholders.check_all_used()?;
    Ok(condition.or(expected))
}

impl WriteOptions {
    fn read(members: &mut Members<'_>) -> Outcome<WriteOptions> {
        let capacity = members.capacity()?;
        let metrics = members.one_of("ReturnItemCollectionMetrics", &["SIZE", "NONE"])?;
        let words = ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"];
        let returns = members.one_of("ReturnValues", &words)?;
        let failure = "ReturnValuesOnConditionCheckFailure";
        let returns_on_failure = members.one_of(failure, &["ALL_OLD", "NONE"])?;
        let returns = match returns {
            Some("ALL_OLD") => ReturnValues::AllOld,
            Some("UPDATED_OLD") => ReturnValues::UpdatedOld,
            Some("ALL_NEW") => ReturnValues::AllNew,
            Some("UPDATED_NEW") => ReturnValues::UpdatedNew,
            _ => ReturnValues::None,
        };
        Ok(WriteOptions {
            returns,
            returns_old_on_failure: returns_on_failure == Some("ALL_OLD"),
            capacity,
            measures_collection: metrics == Some("SIZE"),
        })
    }

    fn check_all_old_or_none(&self) -> Outcome<()> {
        match self.returns {
            ReturnValues::None | ReturnValues::AllOld => Ok(()),
            _ => Err(Answer::validation("ReturnValues can only be ALL_OLD or NONE")),
        }
    }
}
