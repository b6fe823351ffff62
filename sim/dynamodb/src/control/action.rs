//! The operations of the control plane, applied to the tables.

use std::time::Duration;

use stormglass_spec::Time;

use super::{
    CreateTable, DeleteTable, DescribeTable, DescribeTimeToLive, ListTables, ListTags, TagResource,
    UntagResource, UpdateTable, UpdateTimeToLive, describe_endpoints, describe_limits,
};
use crate::answer::Answer;
use crate::members::Members;
use crate::refusals::{table_exists, table_not_found};
use crate::table::Tables;

/// A sound request to the control plane.
#[derive(Clone, Debug)]
pub(crate) enum ControlAction {
    Create(Box<CreateTable>),
    Delete(DeleteTable),
    Describe(DescribeTable),
    List(ListTables),
    Update(Box<UpdateTable>),
    UpdateTimeToLive(UpdateTimeToLive),
    DescribeTimeToLive(DescribeTimeToLive),
    Tag(TagResource),
    Untag(UntagResource),
    ListTags(ListTags),
    DescribeLimits,
    DescribeEndpoints,
}

impl ControlAction {
    /// The names of the operations.
    pub(crate) const NAMES: [&'static str; 12] = [
        "CreateTable",
        "DeleteTable",
        "DescribeEndpoints",
        "DescribeLimits",
        "DescribeTable",
        "DescribeTimeToLive",
        "ListTables",
        "ListTagsOfResource",
        "TagResource",
        "UntagResource",
        "UpdateTable",
        "UpdateTimeToLive",
    ];

    /// Reads the members of the operation of this name, which is one of those above.
    pub(crate) fn parse(
        operation: &str,
        members: &mut Members<'_>,
    ) -> Result<ControlAction, Answer> {
        Ok(match operation {
            "CreateTable" => ControlAction::Create(CreateTable::parse(members)?.into()),
            "DeleteTable" => ControlAction::Delete(DeleteTable::parse(members)?),
            "DescribeEndpoints" => ControlAction::DescribeEndpoints,
            "DescribeLimits" => ControlAction::DescribeLimits,
            "DescribeTable" => ControlAction::Describe(DescribeTable::parse(members)?),
            "DescribeTimeToLive" => {
                ControlAction::DescribeTimeToLive(DescribeTimeToLive::parse(members)?)
            }
            "ListTables" => ControlAction::List(ListTables::parse(members)?),
            "ListTagsOfResource" => ControlAction::ListTags(ListTags::parse(members)?),
            "TagResource" => ControlAction::Tag(TagResource::parse(members)?),
            "UntagResource" => ControlAction::Untag(UntagResource::parse(members)?),
            "UpdateTable" => ControlAction::Update(UpdateTable::parse(members)?.into()),
            "UpdateTimeToLive" => {
                ControlAction::UpdateTimeToLive(UpdateTimeToLive::parse(members)?)
            }
            _ => return Err(Answer::unknown_operation()),
        })
    }

    /// The name of the table, for the operations that name one.
    pub(crate) fn table(&self) -> Option<&str> {
        Some(match self {
            ControlAction::Create(create) => create.table(),
            ControlAction::Delete(delete) => delete.table(),
            ControlAction::Describe(describe) => describe.table(),
            ControlAction::Update(update) => update.table(),
            ControlAction::UpdateTimeToLive(update) => update.table(),
            ControlAction::DescribeTimeToLive(describe) => describe.table(),
            ControlAction::Tag(tag) => tag.table(),
            ControlAction::Untag(untag) => untag.table(),
            ControlAction::ListTags(list) => list.table(),
            ControlAction::List(_)
            | ControlAction::DescribeLimits
            | ControlAction::DescribeEndpoints => return None,
        })
    }

    /// Applies the request at `now`; changes of tables and indexes take a while.
    pub(crate) fn apply(
        &self,
        tables: &mut Tables,
        now: Time,
        takes: Duration,
    ) -> Result<Answer, Answer> {
        let name = self.table().unwrap_or_default();
        let missing = || match self {
            ControlAction::Tag(tag) => tag.not_found(),
            ControlAction::ListTags(list) => list.not_found(),
            ControlAction::Untag(_) => Answer::table_not_found(),
            _ => table_not_found(name),
        };
        match self {
            ControlAction::Create(create) => {
                if tables.any(name).is_some() {
                    return Err(table_exists(name));
                }
                let (definition, state, answer) = create.apply(now, takes);
                tables.create(definition, state);
                return Ok(answer);
            }
            ControlAction::List(list) => return Ok(list.apply(tables.names())),
            ControlAction::DescribeLimits => return Ok(describe_limits()),
            ControlAction::DescribeEndpoints => return Ok(describe_endpoints()),
            _ => {}
        }
        let table = tables.any_mut(name).ok_or_else(missing)?;
        let statistics = table.statistics();
        let (definition, state) = table.declared();
        match self {
            ControlAction::Delete(delete) => {
                delete.apply(definition, state, &statistics, now, takes)
            }
            ControlAction::Update(update) => {
                let answer = update.apply(definition, state, &statistics, now, takes);
                table.settle(now);
                answer
            }
            ControlAction::UpdateTimeToLive(update) => update.apply(state, now, takes),
            ControlAction::DescribeTimeToLive(describe) => describe.apply(state, now),
            ControlAction::Tag(tag) => tag.apply(state),
            ControlAction::Untag(untag) => Ok(untag.apply(state)),
            ControlAction::ListTags(list) => Ok(list.apply(state)),
            ControlAction::Describe(describe) => {
                Ok(describe.apply(definition, state, &statistics, now))
            }
            ControlAction::Create(_)
            | ControlAction::List(_)
            | ControlAction::DescribeLimits
            | ControlAction::DescribeEndpoints => {
                unreachable!("the operations without a table have been answered")
            }
        }
    }
}
