//! A broken promise whose story is told: on the terminal, in JUnit files, on GitHub, and in the
//! files that it leaves in `target/sim`.

use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Report, Steps, replay_line};
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use crate::files::Stored;
use crate::github::GitHub;
use crate::junit::Problem;
use crate::output::print;

/// A broken promise as it is told.
#[derive(Debug)]
pub(crate) struct Told {
    /// The run, made short if that was wanted.
    pub(crate) run: Run,
    /// The promise that it broke.
    pub(crate) violation: Violation,
    /// The name of the application.
    pub(crate) app: &'static str,
    /// Where the case came from, in words.
    pub(crate) source: String,
    /// The report that people read.
    pub(crate) report: String,
    /// The same for a terminal.
    pub(crate) coloured: String,
}

/// What is told beside the run itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Telling<'a> {
    /// How it was made short, if it was.
    pub(crate) shrunk: Option<&'a str>,
    /// How often it was run again, and where, if it was.
    pub(crate) confirmed: Option<&'a str>,
    /// Which steps are told.
    pub(crate) steps: Steps,
}

impl Told {
    /// Stores a run that broke a promise, and makes its report.
    pub(crate) fn new(
        app: &'static dyn App,
        run: &Run,
        violation: &Violation,
        source: &str,
        telling: Telling<'_>,
    ) -> Told {
        let name = app.name();
        let stored = Stored::store(run, violation, name);
        let Telling { shrunk, confirmed, steps } = telling;
        let files = stored.as_ref().map(Stored::files);
        let report =
            Report { shrunk, confirmed, steps, files, ..Report::new(run, violation, name, source) };
        let (coloured, report) = (report.coloured(), report.to_string());
        let (run, violation, source) = (run.clone(), violation.clone(), source.to_owned());
        Told { run, violation, app: name, source, report, coloured }
    }

    /// Prints its report.
    pub(crate) fn print(&self) {
        print(format_args!("{}", self.coloured));
    }

    /// Shows it in the workflow of GitHub that this is part of, if any.
    pub(crate) fn show(&self, github: Option<&GitHub>) {
        if let Some(github) = github {
            github.show(self);
        }
    }

    /// The command that replays it on any machine.
    pub(crate) fn replay(&self) -> String {
        replay_line(&self.run, self.app)
    }

    /// Its diagram as Mermaid.
    pub(crate) fn mermaid(&self) -> String {
        Picture::of(&self.run, self.app).mermaid()
    }

    /// What is wrong, for a test case.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            message: self.violation.because.clone(),
            kind: self.violation.property.to_owned(),
            text: self.report.clone(),
        }
    }
}
