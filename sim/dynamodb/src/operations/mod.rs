//! The operations on items.
//!
//! Each operation has a `parse`, which checks the members of a request as far as no table is
//! needed, and an `apply`, which carries it out.
//!
//! | module | contents |
//! |---|---|
//! | `get`, `batch_get`, `transact_get` | reads of rows by their keys |
//! | `query`, `scan`, `page` | reads of many rows, page by page |
//! | `single`, `batch_write`, `transact_write` | writes |
//! | `write` | one write to one row |
//! | `transaction` | the actions of a transaction, and its cancellation |
//! | `parameters` | expressions, and the legacy parameters instead of them |
//! | `reading` | the time of a read, and the lag of the replica that serves it |

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

/// Returns the largest number of items in a request of the operation with this name; `None` for an
/// operation on one item, on a page, or on a table.
pub fn items_max(operation: &str) -> Option<usize> {
    match operation {
        "BatchGetItem" => Some(batch_get::KEYS_MAX),
        "BatchWriteItem" => Some(batch_write::WRITES_MAX),
        "TransactGetItems" | "TransactWriteItems" => Some(transaction::ACTIONS_MAX),
        _ => None,
    }
}

/// The result of parsing or applying an operation. The error is the answer to the request.
type Outcome<T> = Result<T, crate::answer::Answer>;
