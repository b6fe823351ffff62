//! A broken promise, with the report that people read about it.
//!
//! The report appears on the terminal, in JUnit files, on GitHub, and beside the files that the
//! run leaves in `target/sim`.

use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Report, Steps};
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use crate::files::FailureFiles;
use crate::output::print;
use crate::program::command_line;

/// A run that broke a promise, with its report.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The run, after shrinking.
    pub(crate) run: Run,
    /// The promise that it broke.
    pub(crate) violation: Violation,
    /// The name of the application.
    pub(crate) app: &'static str,
    /// The origin of the case, in words: `seed 17`.
    pub(crate) source: String,
    /// The report as plain text.
    pub(crate) report: String,
    /// The report with the colours of a terminal.
    pub(crate) coloured: String,
    /// The command that replays the run on any machine.
    pub(crate) replay: String,
}

/// The optional parts of a report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FailureOptions<'a> {
    /// The line about shrinking, if the case was shrunk.
    pub(crate) shrunk: Option<&'a str>,
    /// The line about further runs, if there were any.
    pub(crate) confirmed: Option<&'a str>,
    /// The steps that the report shows.
    pub(crate) steps: Steps,
}

impl Failure {
    /// Stores the files of a run that broke a promise, and writes its report.
    pub(crate) fn new(
        app: &'static dyn App,
        run: &Run,
        violation: &Violation,
        source: &str,
        options: FailureOptions<'_>,
    ) -> Failure {
        let command_line = command_line(app);
        let replay = command_line.replay(&run.case);
        let stored = FailureFiles::store(run, violation, app.name(), &replay);
        let FailureOptions { shrunk, confirmed, steps } = options;
        let files = stored.as_ref().map(FailureFiles::paths);
        let report = Report {
            shrunk,
            confirmed,
            steps,
            files,
            command_line: Some(command_line),
            ..Report::new(run, violation, app, source)
        };
        let (coloured, report) = (report.coloured(), report.to_string());
        let (run, violation, source) = (run.clone(), violation.clone(), source.to_owned());
        Failure { run, violation, app: app.name(), source, report, coloured, replay }
    }

    /// Prints the report on standard output.
    pub(crate) fn print(&self) {
        print(format_args!("{}", self.coloured));
    }

    /// Returns the diagram of the run as Mermaid.
    pub(crate) fn mermaid(&self) -> String {
        Picture::of(&self.run, self.app).mermaid()
    }
}
