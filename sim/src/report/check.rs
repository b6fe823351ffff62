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
    let report = Report::new(&run, violation, app.name(), "case");
    let report = report.with_replay(&again(app, &run.case));
    Err(CheckError::Broken { report, run: Box::new(run) })
}

/// Returns the command or the code that runs a case again.
fn again(app: &dyn App, case: &Case) -> String {
    let text = case.to_string();
    match app.replay_command() {
        Some(command) => format!("{command} '{}'", text.replace('\'', r"'\''")),
        None => format!("check(&app, &{}.parse()?)", raw_literal(&text)),
    }
}

/// Returns a text as a Rust literal without escapes.
fn raw_literal(text: &str) -> String {
    let mut fence = "#".to_owned();
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("r{fence}\"{text}\"{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_where_its_text_does() {
        assert_eq!(raw_literal("v1 ana:c"), r###"r#"v1 ana:c"#"###);
        assert_eq!(raw_literal(r##"b"x"#2"##), r###"r##"b"x"#2"##"###);
    }
}
