//! The simulation's gateway on a port: WebSockets and `@connections`.
//!
//! Everything that AWS decides, [`stormglass_aws::gateway`] decides here as well. What is in this
//! module carries bytes to it, and carries out what it wants done.
//!
//! | module | what is in it |
//! |---|---|
//! | `server` | connections of TCP, until the server is stopped |
//! | `door` | one request of HTTP: an upgrade, or a call of `@connections` |
//! | `management` | `@connections` |
//! | `socket` | an open WebSocket |
//! | `driver` | the task that owns the gateway |
//! | `input` | what that task can be told |
//! | `functions` | which sandbox an event goes to |
//! | `threads`, `sandbox`, `connector` | sandboxes of built-in handlers, and how they call AWS |
//! | `processes` | sandboxes that are processes |
//! | `id` | ids that no two connections or requests share |

mod connector;
mod door;
mod driver;
mod functions;
mod id;
mod input;
mod management;
mod processes;
mod sandbox;
mod server;
mod socket;
mod threads;

pub(crate) use server::Entrance;
