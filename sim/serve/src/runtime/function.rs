//! A function whose sandboxes are processes.

use std::path::PathBuf;

use stormglass_sim::stack;

use super::error::Advice;
use super::template::Variables;

/// A function, and the processes that are its sandboxes.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The function as it is deployed.
    pub(super) settings: stack::Function,
    pub(super) process: FunctionProcess,
}

/// The start of a process of a function.
#[derive(Clone, Debug)]
pub(super) struct FunctionProcess {
    /// The program and its arguments; without them, a person starts the processes by hand.
    pub(super) command: Option<Vec<String>>,
    /// The port of the Runtime API for processes that are started by hand; 0 is any.
    pub(super) port: u16,
    /// The value of `_HANDLER`.
    pub(super) handler: String,
    /// The variables of the function, before the URLs of the server are in them.
    pub(super) variables: Variables,
    /// The folder in which the processes are started.
    pub(super) folder: PathBuf,
    /// The place to look for what has to be installed before a process can start.
    pub(super) advice: Advice,
}

impl Function {
    /// Returns Lambda's error for an invocation that took too long.
    pub(super) fn timed_out(&self) -> String {
        format!("Task timed out after {:.2} seconds", self.settings.timeout.as_secs_f64())
    }
}

/// The end of an invocation, of a process or of a built-in handler.
#[derive(Debug)]
pub(crate) enum InvocationEnd {
    /// The function returned this JSON.
    Returned(String),
    /// The function failed with this error.
    Failed(String),
    /// The sandbox was taken down, for this reason.
    Killed(String),
}
