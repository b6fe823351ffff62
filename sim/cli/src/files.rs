//! The files that a broken promise leaves in `target/sim`: its case, its diagram, and a page that
//! steps through the run. Their names come from the promise and the trace, so the same run always
//! has the same files.

use stormglass_sim::Run;
use stormglass_sim::report::kept::KeptCase;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Files, replay_line};
use stormglass_spec::Violation;

use crate::output::note;
use crate::workspace;

/// The paths of the files of a run, relative to the current directory.
#[derive(Debug)]
pub(crate) struct FailureFiles {
    case: String,
    picture: String,
    page: String,
}

impl FailureFiles {
    /// Stores a run. A file that cannot be written is only noted: the report is complete without
    /// it.
    pub(crate) fn store(run: &Run, violation: &Violation, app: &str) -> Option<FailureFiles> {
        let folder = workspace::output().inspect_err(|error| note!("note: {error}")).ok()?;
        let stem = format!("{}-{:08x}", violation.property, run.trace_hash >> 32);
        let replay = replay_line(run, app);
        let picture = Picture::of(run, app).replayed_by(&replay);
        let case = KeptCase { case: &run.case, app, violation: Some(violation) };
        let write = |kind: &str, text: &str| {
            let path = folder.join(format!("{stem}.{kind}"));
            match workspace::write_whole(&path, text) {
                Ok(()) => Some(path.display().to_string()),
                Err(error) => {
                    note!("note: cannot write {}: {error}", path.display());
                    None
                }
            }
        };
        Some(FailureFiles {
            case: write("case", &case.to_string())?,
            picture: write("svg", &picture.svg())?,
            page: write("html", &picture.html())?,
        })
    }

    /// Returns the paths, for a report.
    pub(crate) fn paths(&self) -> Files<'_> {
        Files { case: &self.case, picture: &self.picture, page: &self.page }
    }
}
