//! Functions that are processes: programs in any language that speak the Lambda Runtime API, and
//! know nothing of this machine.
//!
//! A file describes a [`Project`]; [`Project::deploy`] takes its ports.
//!
//! Code that derives the endpoint of `@connections` from its event's `domainName` and `stage` works
//! as it is: they lead to the gateway, which speaks TLS there, and its processes are told to trust
//! it. Clients of the SDKs that are given no endpoint find this machine by their environment. Code
//! that derives an endpoint from `apiId` and a region calls AWS itself, unless it has a setting for
//! it.
//!
//! Memory is not limited, and processes are not frozen between two events.
//!
//! | module | content |
//! |---|---|
//! | `file`, `error`, `table`, `row` | the file, errors in it, and the tables and rows in it |
//! | `deploy` | functions that are deployed |
//! | `function`, `environment` | a function, and the variables that its processes get |
//! | `template` | the value of a variable, with placeholders for URLs |
//! | `sandbox`, `process`, `output` | a process from its start to its end, and its output |
//! | `program` | the program that a process is started from |
//! | `app` | a project as an application |
//! | `by_hand` | a function whose processes are started by hand |
//! | `watch` | changes of the files of functions |
//! | `endpoint`, `api`, `reply` | the Runtime API: its queue of events, its HTTP, its answers |

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
mod program;
mod reply;
mod row;
mod sandbox;
mod table;
mod template;
mod watch;

pub(crate) use by_hand::ByHand;
pub use deploy::{DeployError, DeployedProject};
pub(crate) use deploy::{LocalEndpoints, ProcessOrigin};
pub use error::ProjectError;
pub use file::Project;
pub(crate) use function::InvocationEnd;
pub(crate) use output::LogContext;
pub(crate) use sandbox::{BeginError, ProcessSandbox};
