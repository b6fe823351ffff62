//! The simulated services on sockets: the state machines that a simulation steps in virtual time,
//! driven by the wall clock for whoever speaks their protocol.
//!
//! ```no_run
//! use stormglass_serve::dynamodb::Tables;
//! use stormglass_serve::{Listeners, gateway, serve};
//! use stormglass_apps::STORMGLASS;
//! use stormglass_dynamodb::{DynamoDb, Limits};
//! use tokio::net::TcpListener;
//!
//! # async fn example() -> Result<(), stormglass_serve::ServeError> {
//! let listeners = Listeners {
//!     gateway: TcpListener::bind("127.0.0.1:3001").await?,
//!     dynamodb: TcpListener::bind("127.0.0.1:8000").await?,
//! };
//! let settings = gateway::Settings::default();
//! let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
//! serve(&STORMGLASS, listeners, tables, settings, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Functions that are programs, instead of an application:
//!
//! ```no_run
//! use std::path::Path;
//!
//! use stormglass_serve::dynamodb::Tables;
//! use stormglass_serve::runtime::Project;
//! use stormglass_serve::record::Recorder;
//! use stormglass_serve::{Listeners, StatusPage, gateway, serve_processes};
//! use stormglass_dynamodb::{DynamoDb, Limits};
//! use tokio::net::TcpListener;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::read(Path::new("functions.toml"))?;
//! let listeners = Listeners {
//!     gateway: TcpListener::bind("127.0.0.1:3001").await?,
//!     dynamodb: TcpListener::bind("127.0.0.1:8000").await?,
//! };
//! let addresses = (listeners.gateway.local_addr()?, listeners.dynamodb.local_addr()?);
//! let deployed = project.deploy(addresses.0, addresses.1).await?;
//! let settings = gateway::Settings::default();
//! let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
//! let page =
//!     StatusPage { recorder: Recorder::none(), listener: None, host: "localhost".to_owned() };
//! let stop = std::future::pending();
//! serve_processes(&deployed, listeners, tables, settings, page, stop).await?;
//! # Ok(())
//! # }
//! ```
//!
//! One of the services alone:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use stormglass_serve::dynamodb::{self, Tables};
//! use stormglass_dynamodb::{DynamoDb, Limits};
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
//! - [`runtime`]: functions that are programs, in any language.
//! - [`faults`]: what goes wrong on purpose.
//! - [`record`]: what has happened last, as a history.
//! - [`status`]: a page that shows what happens.
//! - `accept`, `tls`: connections of TCP, and what makes them secret.
//! - `http`, `panics`: what all servers of HTTP do alike, and the messages of panics.
//! - `clock`: the wall clock as the state machines count time.

mod accept;
mod clock;
mod command;
pub mod dynamodb;
pub mod faults;
pub mod gateway;
mod http;
mod panics;
pub mod record;
pub mod runtime;
mod server;
pub mod status;
mod tls;

pub use command::main;
pub(crate) use gateway::reachable;
pub use server::{Listeners, ServeError, StatusPage, serve, serve_processes, serve_with_status};
