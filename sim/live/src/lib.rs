//! The simulated services on sockets: the state machines that a simulation steps in virtual time,
//! driven by the wall clock for whoever speaks their protocol.
//!
//! ```no_run
//! use stormglass_live::dynamodb;
//! use stormglass_sim::dynamodb::{DynamoDb, Limits};
//!
//! # async fn example() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! dynamodb::serve(listener, DynamoDb::new(Limits::default()), std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`dynamodb`]: DynamoDB's JSON protocol.
//! - `clock`: the wall clock as the state machines count time.

mod clock;
pub mod dynamodb;
