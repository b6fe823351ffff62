//! Lambda handlers for a WebSocket API on API Gateway that broadcasts to every connection.
//!
//! Each route has one type. A sandbox builds it once, and it handles one event after another:
//!
//! | route         | type           | effect                                                     |
//! |---------------|----------------|------------------------------------------------------------|
//! | `$connect`    | [`Connect`]    | stores the row of a connection before the connection opens |
//! | `$disconnect` | [`Disconnect`] | deletes that row                                           |
//! | `broadcast`   | [`Broadcast`]  | posts a message to all connections and acknowledges it     |
//! | `$default`    | [`Fallback`]   | answers what is wrong with a message                       |
//!
//! A client sends the first of these lines. It gets the second one back, or the third one if
//! nothing was posted:
//!
//! ```json
//! {"action":"broadcast","data":"hello","id":7}
//! {"ack":{"delivered":3,"gone":0,"pending":0,"failed":0,"complete":true},"id":7}
//! {"error":"the connections could not be read, nothing was sent","id":7}
//! ```
//!
//! A handler never fails and never panics: it answers every event, and it answers before the
//! platform stops waiting.
//!
//! Handlers are built from the configurations of SDK clients. Their time and all their waiting
//! come from the `TimeSource` and the `AsyncSleep` of those configurations. They read no other
//! clock, so the same code runs on Lambda and under the clock of a simulation. The deployed
//! functions in `src/bin/` show how a handler is built from the environment.
//!
//! # Map
//!
//! The modules, in the order in which an event meets them:
//!
//! - `settings`: the settings of a deployment, and the variables that hold them;
//! - `request`: the checks that every event must pass, and the fields that every handler needs;
//! - `budget`: the time that an invocation has, and the limit of everything that waits;
//! - `message`: the messages that a client may send; `json`: their fields as raw JSON;
//! - `connect`, `disconnect`, `broadcast`, `fallback`: the four routes;
//! - `table`: the rows, one for each connection, and every call to DynamoDB;
//! - `failure`: the reason why a call failed, for the log only;
//! - `reply`: the answers, and all the texts that clients may see;
//! - `invocation`: the frame around every handler; `outcome`: the result of an invocation;
//! - `metrics`: the metrics of an invocation, as a line of the log;
//! - `log`, `deploy`: the format of the log, and the start of a deployed function.

mod broadcast;
mod budget;
mod connect;
#[cfg(feature = "deploy")]
pub mod deploy;
mod disconnect;
mod failure;
mod fallback;
mod invocation;
mod json;
#[cfg(feature = "log")]
pub mod log;
mod message;
mod metrics;
mod outcome;
mod reply;
mod request;
mod settings;
mod table;

pub use broadcast::Broadcast;
pub use connect::Connect;
pub use disconnect::Disconnect;
pub use fallback::Fallback;
pub use settings::{Settings, SettingsError};
