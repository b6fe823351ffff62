//! The operations on items.
//!
//! Each reads itself from the members of a request, as far as no table is needed, and is then
//! applied to the tables.

mod batch_get;
mod batch_write;
mod get;
mod page;
mod parameters;
mod query;
mod reading;
mod scan;
mod single;
mod transact_get;
mod transact_write;
pub(super) mod transaction;
mod write;

pub(super) use batch_get::BatchGet;
pub(super) use batch_write::BatchWrite;
pub(super) use get::Get;
pub(super) use query::Query;
pub(super) use reading::Reading;
pub(super) use scan::Scan;
pub(super) use single::SingleWrite;
pub(super) use transact_get::TransactGet;
pub(super) use transact_write::TransactWrite;
pub(super) use write::Write;

/// What reading or applying an operation gives; the error is what goes back.
type Outcome<T> = Result<T, crate::answer::Answer>;
