//! `cargo sim keep`: stores a case that `cargo test` replays from then on.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use stormglass_apps::STORMGLASS;
use stormglass_sim::report::kept::Kept;
use stormglass_sim::search::shrink::{self, Limits};
use stormglass_sim::{App, Case, replay};
use stormglass_spec::Violation;

use crate::arguments::{KeepArguments, RUNS_MAX};
use crate::input::find_case;
use crate::output::{note, print};
use crate::workspace::CASES;
use crate::{CommandError, Ending, interrupt, workspace};

/// Stores a case under its name, unless there is one of that name.
pub(crate) fn keep(arguments: &KeepArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let folder = find_folder()?;
    let path = folder.join(format!("{}.case", arguments.name));
    // To make a case short takes a while, and would be for nothing.
    if path.exists() {
        return Err(taken(&path));
    }
    let (found, _) = find_case(&arguments.source, app)?;
    let (case, violation) = run(app, found, arguments.no_shrink)?;
    let kept = Kept { case: &case, app: app.name(), violation: violation.as_ref() };
    store(&path, &kept.to_string())?;
    print(format_args!("KEPT    {}\n\n{kept}", path.display()));
    point_out_what_is_unmet(&case)?;
    Ok(Ending::Held)
}

/// Runs a case, made short unless it is wanted as it is, and tells what it breaks.
fn run(
    app: &dyn App,
    case: Case,
    as_it_is: bool,
) -> Result<(Case, Option<Violation>), CommandError> {
    if as_it_is {
        let violation = replay(app, &case, &app.properties())?.violation;
        return Ok((case, violation));
    }
    let stop = interrupt::flag();
    let limits = Limits { runs_max: RUNS_MAX, stop: &stop };
    Ok(match shrink::shrink(app, &case, &app.properties(), limits)? {
        Some(shrunk) => (shrunk.run.case, Some(shrunk.violation)),
        None => (case, None),
    })
}

/// Finds where this workspace keeps its cases, from the current directory upwards.
fn find_folder() -> Result<PathBuf, CommandError> {
    match workspace::root()? {
        Some(root) => Ok(root.join(CASES)),
        None => Err(CommandError::Usage(format!(
            "there is no folder `{CASES}` and no Cargo.toml with `[workspace]` in {} or above it",
            workspace::here()?.display()
        ))),
    }
}

fn store(path: &Path, text: &str) -> Result<(), CommandError> {
    let io = |source| CommandError::Io { what: format!("cannot write {}", path.display()), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(path),
        _ => io(error),
    })?;
    file.write_all(text.as_bytes()).map_err(io)
}

fn taken(path: &Path) -> CommandError {
    let path = path.display();
    CommandError::Usage(format!(
        "{path} exists, and no case is ever overwritten: take another name"
    ))
}

/// The production handlers may never come to what other handlers did.
fn point_out_what_is_unmet(case: &Case) -> Result<(), CommandError> {
    let run = replay(&STORMGLASS, case, &STORMGLASS.properties())?;
    if run.violation.is_some() {
        return Ok(());
    }
    for (key, choice) in run.unmet(case) {
        note!("note: {key}={choice} never comes up on {}: tests will say so", STORMGLASS.name());
    }
    Ok(())
}
