//! What a broken promise leaves in `target/sim`: its case, its diagram, and a page to step through
//! it. They are called after the promise and the trace, so that the same run has the same files.

use stormglass_sim::Run;
use stormglass_sim::report::kept::Kept;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Files, replay_line};
use stormglass_spec::Violation;

use crate::output::note;
use crate::workspace;

/// The files that hold a run, as they are found from the current directory.
#[derive(Debug)]
pub(crate) struct Stored {
    case: String,
    picture: String,
    page: String,
}

impl Stored {
    /// Stores a run. Without its files a report is worth as much, so that what cannot be written is
    /// pointed out, and that is all.
    pub(crate) fn store(run: &Run, violation: &Violation, app: &str) -> Option<Stored> {
        let folder = workspace::output().inspect_err(|error| note!("note: {error}")).ok()?;
        let stem = format!("{}-{:08x}", violation.property, run.trace_hash >> 32);
        let replay = replay_line(run, app);
        let picture = Picture::of(run, app).replayed_by(&replay);
        let case = Kept { case: &run.case, app, violation: Some(violation) };
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
        Some(Stored {
            case: write("case", &case.to_string())?,
            picture: write("svg", &picture.svg())?,
            page: write("html", &picture.html())?,
        })
    }

    /// Where they are.
    pub(crate) fn files(&self) -> Files<'_> {
        Files { case: &self.case, picture: &self.picture, page: &self.page }
    }
}
