//! The control plane: operations that create, change and describe tables.
//!
//! Each operation has a `parse`, which checks what needs no table, and steps on plain data: the
//! [`Definition`](crate::schema::Definition) of a table, which the operations on data read too,
//! and its [`Record`], which only these operations know. Time goes in, answers come out; who holds
//! the tables is not known here.
//!
//! | module | what is in it |
//! |---|---|
//! | `action` | all of them, applied to the tables |
//! | `create`, `describe`, `delete`, `list`, `update` | the operations on tables |
//! | `time_to_live`, `tags` | the operations on what tables have besides |
//! | `record` | what is kept of a table, and its status over time |
//! | `throughput`, `ceilings`, `encrypted` | parts of that with changes of their own |
//! | `keys`, `indexes`, `settings` | parts of a request, checked in the order of AWS |
//! | `description` | tables as they go over the wire |
//! | `table_names` | the name of the table of a request |
//! | `refusals` | errors that several operations share |

mod action;
mod ceilings;
mod create;
mod delete;
mod describe;
mod description;
mod encrypted;
mod indexes;
mod keys;
mod list;
mod record;
mod refusals;
mod settings;
mod table_names;
mod tags;
mod throughput;
mod time_to_live;
mod update;

#[cfg(test)]
mod tests;

pub(super) use action::ControlAction;
use create::CreateTable;
use delete::DeleteTable;
use describe::{DescribeTable, describe_endpoints, describe_limits};
use list::ListTables;
pub(super) use record::Record;
use refusals::{table_exists, table_not_found};
use tags::{ListTags, TagResource, UntagResource};
use time_to_live::{DescribeTimeToLive, UpdateTimeToLive};
use update::UpdateTable;
