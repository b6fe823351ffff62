//! A case as the body of a test.

use std::fmt;

use crate::app::App;
use crate::case::Case;
use crate::outcome::{HarnessError, Run};
use crate::report::Report;
use crate::run::replay;

/// The reason why a case did not pass a test.
///
/// The `Debug` form is the whole story too, because a test prints that form after `unwrap`.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The case violated a property.
    #[error("{report}")]
    Broken {
        /// The story, as [`Report`] tells it, with the command that runs it again.
        report: String,
        /// The run with the violation.
        run: Box<Run>,
    },
    /// The harness itself failed.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

impl fmt::Debug for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Runs a case, and holds it to all properties of its application.
///
/// # Errors
///
/// [`CheckError::Broken`], with the story, if the case violates a property. [`CheckError::Harness`]
/// if the harness itself fails.
pub fn check(app: &dyn App, case: &Case) -> Result<Run, CheckError> {
    let run = replay(app, case, &app.properties())?;
    let Some(violation) = &run.violation else { return Ok(run) };
    let report = Report::new(&run, violation, app, "case").to_string();
    Err(CheckError::Broken { report, run: Box::new(run) })
}
