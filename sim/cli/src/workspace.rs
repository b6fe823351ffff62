//! The workspace around the current directory, and the writing of whole files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::outcome::SimError;

/// The folder of stored cases, below the root of the workspace.
pub(crate) const CASES: &str = "tests/cases";

/// The manifest of a package or a workspace.
const MANIFEST: &str = "Cargo.toml";

/// Returns the root of the workspace around the current directory, or else the nearest package, if
/// there is one.
///
/// # Errors
///
/// If the current directory is unknown.
pub(crate) fn root() -> Result<Option<PathBuf>, SimError> {
    Ok(root_around(&here()?).map(Path::to_owned))
}

fn root_around(folder: &Path) -> Option<&Path> {
    let is_package = |folder: &&Path| folder.join(MANIFEST).is_file();
    folder.ancestors().find(|it| is_root(it)).or_else(|| folder.ancestors().find(is_package))
}

/// Returns the current directory.
///
/// # Errors
///
/// If it is unknown.
pub(crate) fn here() -> Result<PathBuf, SimError> {
    std::env::current_dir().map_err(SimError::io("cannot find the current directory"))
}

fn is_root(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    folder.join(CASES).is_dir() || manifest.lines().any(|line| line.trim() == "[workspace]")
}

/// Returns the path of `target/sim` from the current directory. It is below the root of the
/// workspace or package or, outside of both, below the current directory.
///
/// # Errors
///
/// If the current directory is unknown.
pub(crate) fn output() -> Result<PathBuf, SimError> {
    let here = here()?;
    let root = root_around(&here);
    let depth = here.ancestors().position(|folder| Some(folder) == root).unwrap_or(0);
    Ok(std::iter::repeat_n("..", depth).chain(["target", "sim"]).collect())
}

/// Writes a file in one step: a reader or writer at the same time finds the whole old text or the
/// whole new one.
///
/// # Errors
///
/// If the file or its folder cannot be written.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    fs::write(&draft, text).and_then(|()| fs::rename(&draft, path)).inspect_err(|_| {
        // The draft may not exist.
        let _ = fs::remove_file(&draft);
    })
}
