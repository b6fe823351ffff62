//! Where the workspace is, and how files get there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::CommandError;

/// Where cases are kept, from the root of the workspace.
pub(crate) const CASES: &str = "tests/cases";

/// The root of the workspace that the current directory is in, if it is in one.
///
/// # Errors
///
/// If nobody knows the current directory.
pub(crate) fn root() -> Result<Option<PathBuf>, CommandError> {
    let here = here()?;
    Ok(here.ancestors().find(|folder| is_root(folder)).map(Path::to_owned))
}

/// The current directory.
///
/// # Errors
///
/// If nobody knows it.
pub(crate) fn here() -> Result<PathBuf, CommandError> {
    std::env::current_dir().map_err(|source| CommandError::Io {
        what: "cannot find the current directory".to_owned(),
        source,
    })
}

fn is_root(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    folder.join(CASES).is_dir() || manifest.lines().any(|line| line.trim() == "[workspace]")
}

/// The folder for what commands leave behind, as it is found from the current directory: below the
/// root of the workspace or, outside of any, below the current directory.
///
/// # Errors
///
/// If nobody knows the current directory.
pub(crate) fn output() -> Result<PathBuf, CommandError> {
    let here = here()?;
    let depth = here.ancestors().position(is_root).unwrap_or(0);
    Ok(std::iter::repeat_n("..", depth).chain(["target", "sim"]).collect())
}

/// Writes a file all at once: who reads or writes it meanwhile has one text or the other.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    fs::write(&draft, text).and_then(|()| fs::rename(&draft, path)).inspect_err(|_| {
        // It may not be there at all.
        let _ = fs::remove_file(&draft);
    })
}
