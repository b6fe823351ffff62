//! DynamoDB's JSON protocol over HTTP/1.1, as AWS speaks it (FACTS 6.2).
//!
//! Signatures are not verified, and any credentials and any region are accepted: a request has to
//! be signed as on AWS only as far as that can be checked without the key.
//!
//! | module | content |
//! |---|---|
//! | `server` | connections, until the server stops |
//! | `service` | one request of HTTP, and its answer |
//! | `tables` | the tables themselves, by the wall clock |
//! | `inspection` | the tables for readers that are no clients |
//! | `store` | the file that keeps them, if there is one |
//! | `signature` | AWS's answers to incomplete signatures |
//! | `reply` | the headers that every answer has |

mod inspection;
mod reply;
mod server;
mod service;
mod signature;
mod store;
mod tables;

pub use inspection::RowPage;
pub use server::serve;
pub(crate) use service::DynamoDbService;
pub use store::StoreError;
pub use tables::Tables;
