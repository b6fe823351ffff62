//! The control plane: operations that create, change and describe tables.
//!
//! Each operation has a `parse`, which checks the request as far as no table is needed, and an
//! `apply` on plain data: the [`Definition`](crate::schema::Definition) and the
//! [`TableState`](crate::state::TableState) of a table. `action` alone knows the tables.
//!
//! | module | contents |
//! |---|---|
//! | `action` | every operation, applied to the tables |
//! | `create`, `describe`, `delete`, `list`, `update` | the operations on tables |
//! | `time_to_live`, `tags` | the operations on expiry and on tags |
//! | `keys`, `indexes`, `settings`, `table_names` | parts of a request, in the order of AWS |
//! | `description` | tables as JSON |

mod action;
mod create;
mod delete;
mod describe;
mod description;
mod indexes;
mod keys;
mod list;
mod settings;
mod table_names;
mod tags;
mod time_to_live;
mod update;

#[cfg(test)]
mod tests;

pub(super) use action::ControlCommand;
use create::CreateTable;
use delete::DeleteTable;
use describe::{DescribeTable, describe_endpoints, describe_limits};
pub(super) use description::key_schema;
use list::ListTables;
use tags::{ListTags, TagResource, UntagResource};
use time_to_live::{DescribeTimeToLive, UpdateTimeToLive};
use update::UpdateTable;
