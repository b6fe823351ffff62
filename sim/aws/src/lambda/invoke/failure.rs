//! The errors of functions, as callers and records see them (FACTS 11.5 to 11.8).

use std::time::Duration;

use serde::Serialize;
use stormglass_spec::{EPOCH_MS, Time};

use crate::gateway::stamp::iso_8601;

/// The type of an error that a handler returns in a box (FACTS 11.5).
const BOXED_ERROR: &str =
    "alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>";
/// The type of a caught panic (FACTS 11.5).
const PANIC: &str = "alloc::boxed::Box<dyn core::any::Any + core::marker::Send>";

/// The failure of an invocation, as far as its driver knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionFailure {
    /// The handler returned an error. A box with an error, which is what most handlers return, is
    /// made with [`FunctionFailure::boxed`].
    Error {
        /// The name of the type of the error.
        error_type: String,
        /// The text of the error.
        message: String,
    },
    /// The handler panicked. The process lives on (FACTS 11.5).
    Panic {
        /// The message of the panic.
        message: String,
    },
    /// The process ended (FACTS 11.6).
    Exit(FunctionExit),
    /// The function used up its time (FACTS 11.7).
    Timeout {
        /// The end of the time.
        at: Time,
        /// The time that the function had.
        after: Duration,
    },
    /// The response is over the limit (FACTS 11.8). The text is that of a report; AWS does not
    /// document it.
    ResponseTooLarge {
        /// The limit.
        bytes_max: usize,
    },
}

/// The end of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionExit {
    /// It exited with this status.
    Status(i32),
    /// A signal ended it: `killed` if it had used up its memory, `aborted` after an abort.
    Signal(String),
}

impl FunctionFailure {
    /// Returns the failure of a handler that returned an error in a box.
    pub fn boxed(message: &str) -> FunctionFailure {
        let error_type = BOXED_ERROR.to_owned();
        FunctionFailure::Error { error_type, message: message.to_owned() }
    }

    /// Returns the error object: the body of a synchronous answer, and the response in a record.
    pub fn payload(&self, request_id: &str) -> String {
        let (error_type, error_message) = match self {
            FunctionFailure::Error { error_type, message } => {
                (error_type.as_str(), message.clone())
            }
            FunctionFailure::Panic { message } => (PANIC, format!("Lambda panicked: {message}")),
            FunctionFailure::Exit(exit) => ("Runtime.ExitError", exit.message(request_id)),
            FunctionFailure::Timeout { at, after } => {
                ("Sandbox.Timedout", timeout_message(*at, *after, request_id))
            }
            FunctionFailure::ResponseTooLarge { bytes_max } => (
                "Function.ResponseSizeTooLarge",
                format!(
                    "Response payload size exceeded maximum allowed payload size ({bytes_max} \
                     bytes)."
                ),
            ),
        };
        let error = ErrorObject { error_type, error_message: &error_message };
        serde_json::to_string(&error).expect("texts are JSON")
    }
}

impl FunctionExit {
    fn message(&self, request_id: &str) -> String {
        let end = match self {
            FunctionExit::Status(status) => format!("exit status {status}"),
            FunctionExit::Signal(signal) => format!("signal: {signal}"),
        };
        format!("RequestId: {request_id} Error: Runtime exited with error: {end}")
    }
}

/// The members of an error in their order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObject<'a> {
    error_type: &'a str,
    error_message: &'a str,
}

fn timeout_message(at: Time, after: Duration, request_id: &str) -> String {
    let at = iso_8601(EPOCH_MS + at.millis());
    let seconds = after.as_secs_f64();
    format!("{at} {request_id} Task timed out after {seconds:.2} seconds")
}
