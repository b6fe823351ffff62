//! The simulation's gateway on a port: WebSockets and `@connections`.
//!
//! Everything that AWS decides, [`stormglass_aws::gateway`] decides here as well. This module
//! carries bytes to it, and carries out its effects.
//!
//! | module | content |
//! |---|---|
//! | `server` | the gateway on its port, until the server stops |
//! | `door` | one connection of HTTP: upgrades, and calls of `@connections` |
//! | `management` | calls of `@connections` |
//! | `socket` | an open WebSocket |
//! | `driver` | the task that owns the gateway |
//! | `input` | the inputs of that task |
//! | `functions` | the choice of a sandbox for each event |
//! | `threads`, `sandbox`, `connector` | sandboxes of built-in handlers, and their way to AWS |
//! | `processes`, `starts` | sandboxes that are processes, and their turns to start |
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
mod starts;
mod threads;

pub(crate) use server::Entrance;
