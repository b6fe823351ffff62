//! Lambda handlers for a WebSocket API on API Gateway that broadcasts to every connection.
//!
//! Each route has a type that is built once per sandbox and handles one event after another:
//! [`Connect`] and [`Disconnect`] keep the table of connections, [`Broadcast`] posts a message to
//! all of them and acknowledges what became of it, and [`Fallback`] explains to a client what it
//! got wrong. A handler never fails and never panics: whatever happens, it answers, and it answers
//! before the platform stops waiting.
//!
//! Handlers are built from the configurations of SDK clients. They take the time, and all waiting,
//! from the `TimeSource` and the `AsyncSleep` in there and know no other clock, so they run
//! unchanged on Lambda and under a clock that somebody else controls.
//!
//! The modules, in the order in which an event meets them:
//!
//! - `settings`: what a deployment decides;
//! - `request`: what an event must say before anything is done about it;
//! - `budget`: the time that an invocation has, and the end of everything that waits;
//! - `message`: what a client may send;
//! - `connect`, `disconnect`, `broadcast`, `fallback`: one for each route;
//! - `table`: the rows, one for each connection, and every call to DynamoDB;
//! - `failure`: why a call failed;
//! - `reply`: the answers, and all that they may reveal;
//! - `invocation`, `metrics`: the two lines that each invocation leaves in the log;
//! - `log`, `deploy`: how those lines are written, and what else a deployed function does.

mod broadcast;
mod budget;
mod connect;
#[cfg(feature = "deploy")]
pub mod deploy;
mod disconnect;
mod failure;
mod fallback;
mod invocation;
#[cfg(feature = "log")]
pub mod log;
mod message;
mod metrics;
mod reply;
mod request;
mod settings;
mod table;

pub use broadcast::Broadcast;
pub use connect::Connect;
pub use disconnect::Disconnect;
pub use fallback::Fallback;
pub use settings::{Settings, SettingsError};
