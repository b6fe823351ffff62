//! `DescribeTable`, `DescribeLimits` and `DescribeEndpoints`.

use stormglass_spec::{REGION, Time};

use super::description;
use super::table_names;
use crate::answer::Answer;
use crate::json::{self, Object};
use crate::members::Members;
use crate::schema::Definition;
use crate::size::Statistics;
use crate::state::{TableState, Viewpoint};

/// A request for the description of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DescribeTable {
    table: String,
}

impl DescribeTable {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<DescribeTable, Answer> {
        let name = table_names::read(members)?;
        Ok(DescribeTable { table: table_names::check(members, name)? })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Describes the table.
    pub(crate) fn apply(
        &self,
        definition: &Definition,
        state: &TableState,
        statistics: &Statistics,
        now: Time,
    ) -> Answer {
        let table =
            description::describe(definition, state, statistics, Viewpoint::LaterRequest(now));
        Answer::success(Object::new().json("Table", &table).finish())
    }
}

/// Describes the quotas of the account, which are those of every new account.
pub(crate) fn describe_limits() -> Answer {
    let limits = Object::new()
        .number("AccountMaxReadCapacityUnits", 80_000)
        .number("AccountMaxWriteCapacityUnits", 80_000)
        .number("TableMaxReadCapacityUnits", 40_000)
        .number("TableMaxWriteCapacityUnits", 40_000);
    Answer::success(limits.finish())
}

/// Describes the endpoint of DynamoDB in the region of the model.
pub(crate) fn describe_endpoints() -> Answer {
    let endpoint = Object::new()
        .text("Address", &format!("dynamodb.{REGION}.amazonaws.com"))
        .number("CachePeriodInMinutes", 1_440)
        .finish();
    let endpoints = json::array([endpoint], |endpoint| endpoint);
    Answer::success(Object::new().json("Endpoints", &endpoints).finish())
}
