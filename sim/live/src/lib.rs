//! The simulated services on sockets: the state machines that a simulation steps in virtual time,
//! driven by the wall clock for whoever speaks their protocol.
//!
//! ```no_run
//! use stormglass_live::dynamodb::Tables;
//! use stormglass_live::{Listeners, gateway, serve};
//! use stormglass::apps::Stormglass;
//! use stormglass_sim::dynamodb::{DynamoDb, Limits};
//! use tokio::net::TcpListener;
//!
//! # async fn example() -> Result<(), stormglass_live::ServeError> {
//! let listeners = Listeners {
//!     gateway: TcpListener::bind("127.0.0.1:3001").await?,
//!     dynamodb: TcpListener::bind("127.0.0.1:8000").await?,
//! };
//! let settings = gateway::Settings::default();
//! let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
//! serve(&Stormglass, listeners, tables, settings, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! One of the services alone:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use stormglass_live::dynamodb::{self, Tables};
//! use stormglass_sim::dynamodb::{DynamoDb, Limits};
//!
//! # async fn example() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! let tables = Arc::new(Tables::in_memory(DynamoDb::new(Limits::default())));
//! dynamodb::serve(listener, tables, std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`serve`](serve()): an application with everything that it needs.
//! - [`gateway`]: WebSockets, `@connections`, and the functions behind them.
//! - [`dynamodb`]: DynamoDB's JSON protocol.
//! - [`record`]: what has happened last, as a history.
//! - [`status`]: a page that shows what happens.
//! - [`probe`]: clients who hold any live endpoint to the promises.
//! - `accept`: connections of TCP.
//! - `clock`: the wall clock as the state machines count time.

mod accept;
mod clock;
pub mod dynamodb;
pub mod gateway;
pub mod probe;
pub mod record;
mod serve;
pub mod status;

pub use serve::{Listeners, ServeError, StatusPage, serve, serve_with_status};
