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

/// A parsed operation of the control plane.
#[derive(Clone, Debug)]
pub(crate) enum ControlCommand {
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

impl ControlCommand {
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

    /// Parses the operation of this name.
    ///
    /// # Panics
    ///
    /// If the name is none of [`ControlCommand::NAMES`].
    pub(crate) fn parse(
        operation: &str,
        members: &mut Members<'_>,
    ) -> Result<ControlCommand, Answer> {
        Ok(match operation {
            "CreateTable" => ControlCommand::Create(CreateTable::parse(members)?.into()),
            "DeleteTable" => ControlCommand::Delete(DeleteTable::parse(members)?),
            "DescribeEndpoints" => ControlCommand::DescribeEndpoints,
            "DescribeLimits" => ControlCommand::DescribeLimits,
            "DescribeTable" => ControlCommand::Describe(DescribeTable::parse(members)?),
            "DescribeTimeToLive" => {
                ControlCommand::DescribeTimeToLive(DescribeTimeToLive::parse(members)?)
            }
            "ListTables" => ControlCommand::List(ListTables::parse(members)?),
            "ListTagsOfResource" => ControlCommand::ListTags(ListTags::parse(members)?),
            "TagResource" => ControlCommand::Tag(TagResource::parse(members)?),
            "UntagResource" => ControlCommand::Untag(UntagResource::parse(members)?),
            "UpdateTable" => ControlCommand::Update(UpdateTable::parse(members)?.into()),
            "UpdateTimeToLive" => {
                ControlCommand::UpdateTimeToLive(UpdateTimeToLive::parse(members)?)
            }
            _ => unreachable!("{operation} is no operation of the control plane"),
        })
    }

    /// The name of the table, if the operation names one.
    pub(crate) fn table(&self) -> Option<&str> {
        Some(match self {
            ControlCommand::Create(create) => create.table(),
            ControlCommand::Delete(delete) => delete.table(),
            ControlCommand::Describe(describe) => describe.table(),
            ControlCommand::Update(update) => update.table(),
            ControlCommand::UpdateTimeToLive(update) => update.table(),
            ControlCommand::DescribeTimeToLive(describe) => describe.table(),
            ControlCommand::Tag(tag) => tag.table(),
            ControlCommand::Untag(untag) => untag.table(),
            ControlCommand::ListTags(list) => list.table(),
            ControlCommand::List(_)
            | ControlCommand::DescribeLimits
            | ControlCommand::DescribeEndpoints => return None,
        })
    }

    /// Applies the request at `now`; a change of a table or an index is done when `takes` is over.
    pub(crate) fn apply(
        &self,
        tables: &mut Tables,
        now: Time,
        takes: Duration,
    ) -> Result<Answer, Answer> {
        let name = self.table().unwrap_or_default();
        let missing = || match self {
            ControlCommand::Tag(tag) => tag.not_found(),
            ControlCommand::ListTags(list) => list.not_found(),
            ControlCommand::Untag(_) => Answer::table_not_found(),
            _ => table_not_found(name),
        };
        match self {
            ControlCommand::Create(create) => {
                if tables.any(name).is_some() {
                    return Err(table_exists(name));
                }
                let (definition, state, answer) = create.apply(now, takes);
                tables.create(definition, state);
                return Ok(answer);
            }
            ControlCommand::List(list) => return Ok(list.apply(tables.names())),
            ControlCommand::DescribeLimits => return Ok(describe_limits()),
            ControlCommand::DescribeEndpoints => return Ok(describe_endpoints()),
            _ => {}
        }
        let table = tables.any_mut(name).ok_or_else(missing)?;
        let statistics = table.statistics();
        let (definition, state) = table.declaration_mut();
        match self {
            ControlCommand::Delete(delete) => {
                delete.apply(definition, state, &statistics, now, takes)
            }
            ControlCommand::Update(update) => {
                let answer = update.apply(definition, state, &statistics, now, takes);
                table.settle(now);
                answer
            }
            ControlCommand::UpdateTimeToLive(update) => update.apply(state, now, takes),
            ControlCommand::DescribeTimeToLive(describe) => describe.apply(state, now),
            ControlCommand::Tag(tag) => tag.apply(state),
            ControlCommand::Untag(untag) => Ok(untag.apply(state)),
            ControlCommand::ListTags(list) => Ok(list.apply(state)),
            ControlCommand::Describe(describe) => {
                Ok(describe.apply(definition, state, &statistics, now))
            }
            ControlCommand::Create(_)
            | ControlCommand::List(_)
            | ControlCommand::DescribeLimits
            | ControlCommand::DescribeEndpoints => {
                unreachable!("the operations without a table have been answered")
            }
        }
    }
}
