//! The command line of the applications of this workspace.

use stormglass_sim::{App, CommandLine};

/// The application that `cargo sim` runs by default.
pub(crate) const DEFAULT: &str = "stormglass";

/// Returns the command line that runs an application of this workspace.
pub(crate) fn command_line(app: &dyn App) -> CommandLine {
    let line = CommandLine::new("cargo sim");
    if app.name() == DEFAULT { line } else { line.with_app(app.name()) }
}
