//! The operations on items.
//!
//! Each reads itself from the members of a request, as far as no table is needed, and is then
//! applied to the tables.

mod get;
mod page;
mod query;
mod reading;
mod scan;
mod single;
mod write;

pub(super) use get::Get;
pub(super) use query::Query;
pub(super) use reading::Reading;
pub(super) use scan::Scan;
pub(super) use single::Single;

/// What reading or applying an operation gives; the error is what goes back.
type Outcome<T> = Result<T, super::answer::Answer>;
