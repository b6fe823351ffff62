//! The end of a command: its outcome, or the error that stopped it, each with its exit code.

use std::io;
use std::process::ExitCode;

use stormglass_sim::HarnessError;

/// The outcome of a command that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every promise held, or the command is not about promises.
    Held,
    /// A promise was broken.
    Broken,
    /// The harness itself failed, and the command has said why.
    Failed,
}

impl Outcome {
    /// Returns the exit code of a process that ends this way.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Outcome::Held => ExitCode::SUCCESS,
            Outcome::Broken => ExitCode::from(1),
            Outcome::Failed => ExitCode::from(3),
        }
    }
}

/// The reason that a command stopped before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SimError {
    /// The command was used wrongly.
    #[error("{0}")]
    Usage(String),
    /// The harness itself failed.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The operating system refused something.
    #[error("{message}: {source}")]
    Io {
        /// The action that failed, such as `cannot write run.svg`.
        message: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The fresh process of this program did not do its part.
    #[error("the fresh process failed: {0}")]
    FreshProcess(String),
    /// The application cannot be served.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Serve(#[from] stormglass_serve::ServeCommandError),
}

impl SimError {
    /// Returns the exit code of a process that ends with this error.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            SimError::Usage(_) => ExitCode::from(2),
            #[cfg(feature = "serve")]
            SimError::Serve(error) if error.is_usage() => ExitCode::from(2),
            #[cfg(feature = "serve")]
            SimError::Serve(_) => ExitCode::from(3),
            SimError::Harness(_) | SimError::Io { .. } | SimError::FreshProcess(_) => {
                ExitCode::from(3)
            }
        }
    }

    /// Returns a function that adds `message` to an error of the system.
    pub(crate) fn io(message: impl Into<String>) -> impl FnOnce(io::Error) -> SimError {
        let message = message.into();
        move |source| SimError::Io { message, source }
    }
}
