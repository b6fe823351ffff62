//! A function, as its file describes it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use stormglass_aws::lambda::function_arn;

use super::error::Advice;
use super::template::Template;

/// A function whose sandboxes are processes.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(super) name: String,
    /// The program and its arguments; without them, a person starts the processes by hand.
    pub(super) command: Option<Vec<String>>,
    /// The port of the Runtime API for processes that are started by hand; 0 is any.
    pub(super) port: u16,
    /// The value of `_HANDLER`.
    pub(super) handler: String,
    /// Variables besides those of Lambda, over which they win.
    pub(super) environment: BTreeMap<String, Template>,
    pub(super) timeout: Duration,
    /// The memory that the function is told that it has. It is not measured.
    pub(super) memory_mb: u32,
    /// The folder in which its processes are started.
    pub(super) folder: PathBuf,
    /// The place to look for what has to be installed before a process can start.
    pub(super) advice: Advice,
}

impl Function {
    pub(super) fn arn(&self) -> String {
        function_arn(&self.name)
    }

    /// Returns Lambda's error for an invocation that took too long.
    pub(super) fn timed_out(&self) -> String {
        format!("Task timed out after {:.2} seconds", self.timeout.as_secs_f64())
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
