//! The command line that runs an application in the simulator.

use crate::case::Case;

/// The command line that runs an application in the simulator, with the commands of `cargo sim`.
///
/// ```
/// use stormglass_sim::CommandLine;
///
/// let line = CommandLine::new("cargo run --example explore --").with_app("chess");
/// assert_eq!(
///     line.replay(&"v1 ana:c".parse()?),
///     "cargo run --example explore -- replay 'v1 ana:c' --app chess"
/// );
/// # Ok::<(), stormglass_sim::case::CaseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    program: String,
    app: Option<String>,
}

impl CommandLine {
    /// Creates the command line of a program, which has one application, or runs this one by
    /// default.
    pub fn new(program: impl Into<String>) -> CommandLine {
        CommandLine { program: program.into(), app: None }
    }

    /// Adds the name of the application, for a program that has several.
    #[must_use]
    pub fn with_app(self, app: &str) -> CommandLine {
        CommandLine { app: Some(app.to_owned()), ..self }
    }

    /// Returns the program, without any command: `cargo sim`.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Returns the line of a command and its arguments: `keep race.case NAME`.
    pub fn line(&self, command: &str) -> String {
        let app = self.app.as_ref().map(|app| format!(" --app {app}"));
        format!("{} {command}{}", self.program, app.unwrap_or_default())
    }

    /// Returns the line that replays a case.
    pub fn replay(&self, case: &Case) -> String {
        self.line(&format!("replay {}", quoted(case)))
    }
}

/// Returns the text of a case, quoted for a shell.
pub(crate) fn quoted(case: &Case) -> String {
    format!("'{}'", case.to_string().replace('\'', r"'\''"))
}
