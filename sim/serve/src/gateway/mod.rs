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
//! | `threads`, `sandbox`, `wire` | sandboxes of built-in handlers, and how they call AWS |
//! | `processes` | sandboxes that are processes |
//! | `id` | ids that no two connections or requests share |

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
mod wire;

use std::time::Duration;

use stormglass_aws::gateway::Limits;
use stormglass_sim::case::Deployment;

use crate::faults::Faults;

pub(crate) use input::End;
pub use server::serve;
pub(crate) use server::{reachable, serve_processes, serve_recorded};

/// How the gateway and the functions behind it are set up. The defaults are those of a simulation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the account may do, and when connections end.
    pub limits: Limits,
    /// The timeout of every function.
    pub function_timeout: Duration,
    /// The most invocations at one time. AWS has a quota; here there is none unless it is set.
    pub concurrency_max: u32,
    /// What goes wrong on purpose.
    pub faults: Faults,
}

impl Default for Settings {
    fn default() -> Settings {
        let function_timeout = Deployment::default().lambda_timeout;
        Settings {
            limits: Limits::default(),
            function_timeout,
            concurrency_max: u32::MAX,
            faults: Faults::none(),
        }
    }
}
