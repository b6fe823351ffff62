//! `DeleteTable`.

use std::time::Duration;

use stormglass_spec::Time;

use super::description;
use super::table_names;
use crate::answer::Answer;
use crate::json::Object;
use crate::members::Members;
use crate::schema::Definition;
use crate::size::Statistics;
use crate::state::{ChangeKind, ChangeSpan, StatusChange, TableState, Viewpoint};

/// A request to delete a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeleteTable {
    table: String,
}

impl DeleteTable {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<DeleteTable, Answer> {
        let name = table_names::read(members)?;
        Ok(DeleteTable { table: table_names::check(members, name)? })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Starts to delete the table, which is [gone](TableState::is_gone) when `takes` is over.
    pub(crate) fn apply(
        &self,
        definition: &Definition,
        state: &mut TableState,
        statistics: &Statistics,
        now: Time,
        takes: Duration,
    ) -> Result<Answer, Answer> {
        state.check_settled(&self.table, now)?;
        if state.is_protected {
            return Err(Answer::validation(
                "Resource cannot be deleted as it is currently protected against deletion. \
                 Disable deletion protection first.",
            ));
        }
        state.change =
            StatusChange { kind: ChangeKind::Deleting, span: ChangeSpan::new(now, takes) };
        let view = Viewpoint::OwnAnswer(now);
        let table = description::describe_deleted(definition, state, statistics, view);
        Ok(Answer::success(Object::new().json("TableDescription", &table).finish()))
    }
}
