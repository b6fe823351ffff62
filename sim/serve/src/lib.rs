//! The simulated services on sockets: `cargo serve`, and the same as a library.
//!
//! The state machines that a simulation steps in virtual time are driven by the wall clock here,
//! for any client that speaks WebSocket, `@connections` or DynamoDB's protocol. A [`Server`] serves
//! the functions of a [`Host`]: the handlers of an application, or the processes of a project.
//!
//! ```no_run
//! use stormglass_apps::STORMGLASS;
//! use stormglass_dynamodb::{DynamoDb, Limits};
//! use stormglass_serve::dynamodb::Tables;
//! use stormglass_serve::{Host, Listeners, Server};
//! use tokio::net::TcpListener;
//!
//! # async fn example() -> Result<(), stormglass_serve::ServeError> {
//! let listeners = Listeners {
//!     gateway: TcpListener::bind("127.0.0.1:3001").await?,
//!     dynamodb: TcpListener::bind("127.0.0.1:8000").await?,
//! };
//! let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
//! let server = Server::new(listeners, tables);
//! server.serve(Host::App(&STORMGLASS), std::future::pending()).await
//! # }
//! ```
//!
//! A project is a file that names programs, in any language. They ask for their events by the
//! Lambda Runtime API:
//!
//! ```no_run
//! # use std::path::Path;
//! # use stormglass_serve::runtime::Project;
//! # use stormglass_serve::{Host, Server};
//! # async fn example(server: Server) -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::read(Path::new("functions.toml"))?;
//! let gateway = server.listeners.gateway.local_addr()?;
//! let dynamodb = server.listeners.dynamodb.local_addr()?;
//! let deployed = project.deploy(gateway, dynamodb, &server.guard).await?;
//! server.serve(Host::Project(&deployed), std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! DynamoDB alone is [`dynamodb::serve`]; the whole command line is [`main`].
//!
//! # Map
//!
//! - `server`, `host`, `settings`: all services together, the functions that they serve, and the
//!   settings.
//! - `gateway`: WebSockets, `@connections`, and the functions behind them.
//! - [`dynamodb`]: tables, and DynamoDB's JSON protocol.
//! - [`runtime`]: functions that are processes.
//! - `faults`: the faults that are injected on purpose.
//! - [`record`]: the last events, as a history that properties can judge.
//! - `status`: a page that shows the record.
//! - `guard`: the names that requests may use for this server, and the pages that they come from.
//! - `command`: the command line.
//! - `accept`, `http`, `tls`: connections of TCP, HTTP over them, and TLS.
//! - `clock`, `panics`: the wall clock as the state machines count time, and the messages of
//!   panics.

mod accept;
mod clock;
mod command;
pub mod dynamodb;
mod faults;
mod gateway;
mod guard;
mod host;
mod http;
mod panics;
pub mod record;
pub mod runtime;
mod server;
mod settings;
mod status;
mod tls;

pub use command::{ServeArguments, ServeCommandError, ServedApps, main, serve_app};
pub use faults::Faults;
pub use guard::{Guard, HostName, HostNameError, Origin, OriginError};
pub use host::Host;
pub use server::{Listeners, ServeError, Server};
pub use settings::ServerSettings;
