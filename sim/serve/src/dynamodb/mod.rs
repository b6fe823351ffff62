//! DynamoDB's JSON protocol over HTTP/1.1, as AWS speaks it (FACTS 6.2).
//!
//! Signatures are not verified, and any credentials and any region will do: a request has to be
//! signed as on AWS only as far as that can be told without the key.
//!
//! | module | what is in it |
//! |---|---|
//! | `server` | connections, until the server is stopped |
//! | `service` | one request of HTTP, and what it is answered |
//! | `tables` | the tables themselves, by the wall clock |
//! | `inspection` | the tables, for somebody who looks at them |
//! | `store` | the file that they are kept in, if they are |
//! | `signature` | what AWS says of a signature that is not there in full |
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
