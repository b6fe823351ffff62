//! `cargo sim keep`: stores a case, which `cargo test` replays from then on.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use stormglass_sim::report::kept::KeptCase;
use stormglass_sim::search::shrink::{self, Limits};
use stormglass_sim::{App, Case, replay};
use stormglass_spec::Violation;

use crate::arguments::{KeepArguments, RUNS_MAX};
use crate::input::find_case;
use crate::outcome::{Outcome, SimError};
use crate::output::{note, print};
use crate::workspace::CASES;
use crate::{interrupt, workspace};

/// Stores a case under its name, unless a case of that name exists. Tests replay every stored case
/// on `tested_app`.
pub(super) fn keep(arguments: &KeepArguments, tested_app: &dyn App) -> Result<Outcome, SimError> {
    let app = arguments.app.app;
    let folder = find_folder()?;
    let path = folder.join(format!("{}.case", arguments.name));
    // Shrinking takes a while, and would be in vain.
    if path.exists() {
        return Err(name_taken(&path));
    }
    let (found, _) = find_case(&arguments.source, app)?;
    let (case, violation) =
        if arguments.no_shrink { run(app, found)? } else { shrink(app, found)? };
    let kept = KeptCase { case: &case, app: app.name(), violation: violation.as_ref() };
    store(&path, &kept.to_string())?;
    print(format_args!("KEPT    {}\n\n{kept}", path.display()));
    note_unmet_deviations(&case, tested_app)?;
    Ok(Outcome::Held)
}

/// Runs a case as it is; returns it with the promise that it breaks, if any.
fn run(app: &dyn App, case: Case) -> Result<(Case, Option<Violation>), SimError> {
    let violation = replay(app, &case, &app.properties())?.violation;
    Ok((case, violation))
}

/// Shrinks a case; returns the short one with the promise that it breaks, if any.
fn shrink(app: &dyn App, case: Case) -> Result<(Case, Option<Violation>), SimError> {
    let stop = interrupt::flag();
    let limits = Limits { runs_max: RUNS_MAX, stop: &stop };
    Ok(match shrink::shrink(app, &case, &app.properties(), limits)? {
        Some(shrunk) => (shrunk.run.case, Some(shrunk.violation)),
        None => (case, None),
    })
}

/// Returns the folder of the cases of this workspace or package.
fn find_folder() -> Result<PathBuf, SimError> {
    match workspace::root()? {
        Some(root) => Ok(root.join(CASES)),
        None => Err(SimError::Usage(format!(
            "there is no folder `{CASES}` and no Cargo.toml in {} or above it",
            workspace::here()?.display()
        ))),
    }
}

fn store(path: &Path, text: &str) -> Result<(), SimError> {
    let cannot_write = || SimError::io(format!("cannot write {}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot_write())?;
    }
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => name_taken(path),
        _ => cannot_write()(error),
    })?;
    file.write_all(text.as_bytes()).map_err(cannot_write())
}

fn name_taken(path: &Path) -> SimError {
    let path = path.display();
    SimError::Usage(format!("{path} exists, and no case is ever overwritten: use another name"))
}

/// Notes the deviations that never come up in the tests, where the case runs on another
/// application than the one that it was found on.
fn note_unmet_deviations(case: &Case, tested_app: &dyn App) -> Result<(), SimError> {
    let run = replay(tested_app, case, &tested_app.properties())?;
    if run.violation.is_some() {
        return Ok(());
    }
    for (key, choice) in run.unmet(case) {
        let name = tested_app.name();
        note!("note: {key}={choice} never comes up on {name}: `cargo test` will report that");
    }
    Ok(())
}
