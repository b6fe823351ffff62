//! Functions that are processes: programs in any language that speak the Lambda Runtime API, and
//! know nothing of this machine.
//!
//! A file says what there is ([`Project`]); [`Project::deploy`] takes its ports.
//!
//! Code that makes the endpoint of `@connections` of its event's `domainName` and `stage` works as
//! it is: they lead to the gateway, which speaks TLS there, and its processes are told to trust it.
//! Clients of the SDKs that are given no endpoint find this machine by their environment. Code that
//! makes an endpoint of `apiId` and a region asks AWS itself, unless it has a setting for it.
//!
//! Memory is not limited, and processes are not frozen between two events.
//!
//! | module | what is in it |
//! |---|---|
//! | `file`, `error`, `table` | the file, what may be wrong with it, and the tables it asks for |
//! | `deploy` | functions that are ready to be invoked |
//! | `function`, `environment` | a function, and the variables that its processes get |
//! | `sandbox`, `process`, `output` | a process from its start to its end, and what it prints |
//! | `app` | all of them, as an application |
//! | `by_hand` | a function whose processes somebody starts themselves |
//! | `endpoint`, `api`, `reply` | the Runtime API: events that wait, its HTTP, its words |

mod api;
mod app;
mod by_hand;
mod deploy;
mod endpoint;
mod environment;
mod error;
mod file;
mod function;
mod output;
mod process;
mod reply;
mod sandbox;
mod table;

pub(crate) use by_hand::ByHand;
pub use deploy::{DeployError, DeployedProject};
pub(crate) use deploy::{LocalEndpoints, ProcessOrigin};
pub use error::ProjectError;
pub use file::Project;
pub(crate) use function::InvocationEnd;
pub(crate) use output::LogContext;
pub(crate) use sandbox::ProcessSandbox;
