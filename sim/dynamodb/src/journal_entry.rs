//! Entries of a journal.

use stormglass_spec::Time;

/// An entry of a journal: a change that a new process can restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEntry {
    /// A table was created, changed or deleted. The changes of its rows have their own entries.
    Table {
        /// The time of the request.
        at: Time,
        /// The operation of the request.
        operation: String,
        /// The body of the request.
        body: String,
    },
    /// A row was written or removed.
    Row {
        /// The table of the row.
        table: String,
        /// A text that no other row of the table has.
        key: String,
        /// The item as JSON; none if the row was removed.
        item: Option<String>,
    },
    /// A transaction was carried out, and a request may repeat it.
    Transaction {
        /// The `ClientRequestToken` of the request.
        token: String,
        /// The time of the request.
        at: Time,
        /// The actions of the request as JSON, without its wishes for the answer.
        canonical: String,
        /// The tables and sizes of the items. A repetition consumes capacity by them.
        sizes: Vec<(String, usize)>,
    },
}
