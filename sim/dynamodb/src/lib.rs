//! DynamoDB as a state machine without IO.
//!
//! A driver parses a request with [`Request::parse`], passes it to [`DynamoDb::apply`] at the time
//! of its effect, and sends the [`Answer`] when it likes. The crate has no clock, no socket and no
//! schedule: the same calls return the same bytes. Comments cite facts about AWS by their row in
//! `spec/FACTS.md` (`FACTS n.m`). For everything else the developer guide of DynamoDB is the
//! reference.
//!
//! ```
//! use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
//! use stormglass_spec::Time;
//!
//! let mut dynamodb = DynamoDb::new(Limits::default());
//! dynamodb.create_table("connections", "connectionId");
//! let mut call = |operation: &str, body: &str| {
//!     let target = format!("DynamoDB_20120810.{operation}");
//!     let request = Request::parse(&target, body.as_bytes()).expect("a request");
//!     dynamodb.apply(Time::ZERO, &request, ReplicaView::Fresh)
//! };
//!
//! let item = r#"{"connectionId": {"S": "ana1"}}"#;
//! let put = format!(r#"{{"TableName": "connections", "Item": {item}}}"#);
//! assert_eq!(call("PutItem", &put).status, 200);
//!
//! let scan = call("Scan", r#"{"TableName": "connections"}"#);
//! assert!(scan.body.contains("ana1"));
//! ```
//!
//! | module | contents |
//! |---|---|
//! | `dynamodb`, `limits`, `replica_view` | the service, and the choices of its driver |
//! | `request`, `members`, `decode` | requests, their members and their values |
//! | `answer`, `faults`, `refusals`, `throttling` | answers, and errors of several operations |
//! | `operations` | the operations on items |
//! | `expression` | conditions, filters, projections and updates |
//! | `control` | the operations on tables |
//! | `table`, `schema`, `state`, `size` | tables: definition, state and sizes |
//! | `index` | secondary indexes |
//! | `rows`, `expiries` | rows with their recent past, and the removal of expired rows |
//! | `key`, `item`, `value`, `number` | keys, items, attribute values and exact decimals |
//! | `names` | names of tables, and Amazon Resource Names |
//! | `capacity` | consumed capacity |
//! | `transactions`, `transaction_commands` | transactions in progress |
//! | `replays` | transactions that a request may repeat |
//! | `stream` | streams: a record for every change of an item |
//! | `stream_api`, `stream_reading` | streams on the wire, and without it |
//! | `journal`, `journal_entry` | a journal, from which a new process restores the tables |
//! | `json` | writers of JSON and base64 |

mod answer;
mod capacity;
mod control;
mod decode;
mod dynamodb;
mod expiries;
mod expression;
mod faults;
mod index;
mod item;
mod journal;
mod journal_entry;
mod json;
mod key;
mod limits;
mod members;
mod names;
mod number;
mod operations;
mod refusals;
mod replays;
mod replica_view;
mod request;
mod row_key;
mod rows;
mod schema;
mod size;
mod state;
mod stream;
mod stream_api;
mod stream_reading;
mod table;
mod throttling;
mod transaction_commands;
mod transactions;
mod value;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Change, RowContent};
pub use dynamodb::DynamoDb;
pub use journal_entry::JournalEntry;
pub use limits::Limits;
pub use names::table_arn;
pub use operations::items_max;
pub use replica_view::ReplicaView;
pub use request::{Operation, Request};
pub use row_key::RowKey;
pub use stream::StreamRecord;
pub use throttling::Throttling;
pub use transactions::TransactionId;
