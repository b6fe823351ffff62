//! The cases in a folder.

use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::read;
use crate::app::App;
use crate::case::{Case, CaseError};
use crate::report::check::{CheckError, check};

/// An error in a folder of cases. Its `Debug` form is in plain words too, for `unwrap`.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The folder, or a file in it, cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The path that cannot be read.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
    /// The folder holds no case.
    #[error("{} holds no file whose name ends in `.case`", path.display())]
    Empty {
        /// The path of the folder.
        path: PathBuf,
    },
    /// A file in the folder holds no case.
    #[error("{}: {error}", path.display())]
    NoCase {
        /// The file.
        path: PathBuf,
        /// The error in the text of the case.
        #[source]
        error: CaseError,
    },
    /// A case violates a property, or the harness fails.
    #[error("{}:\n{error}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The story.
        #[source]
        error: CheckError,
    },
    /// Some deviations of a case never come up, so the case tests nothing any more.
    #[error(
        "{}: never came up: {unmet}; the handlers go another way now, so mend the case or drop it",
        path.display()
    )]
    Unmet {
        /// The file.
        path: PathBuf,
        /// The deviations.
        unmet: String,
    },
}

impl fmt::Debug for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Reads the cases in the files of a folder whose names end in `.case`, in the order of their
/// names.
///
/// # Errors
///
/// If the folder cannot be read, holds no case, or a file in it holds something else.
pub fn folder(path: impl AsRef<Path>) -> Result<Vec<(PathBuf, Case)>, FolderError> {
    let folder = path.as_ref();
    let unreadable = |path: &Path, error| FolderError::Unreadable { path: path.to_owned(), error };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "case") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(FolderError::Empty { path: folder.to_owned() });
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        match read(&text) {
            Ok(case) => Ok((path, case)),
            Err(error) => Err(FolderError::NoCase { path, error }),
        }
    };
    paths.into_iter().map(read).collect()
}

/// Runs every case of a folder, and holds it to all properties of the application. Returns the
/// number of cases.
///
/// # Errors
///
/// The first case that violates a property, or that has a deviation that never comes up; or the
/// error in the folder.
pub fn replay_all(app: &dyn App, path: impl AsRef<Path>) -> Result<usize, FolderError> {
    let cases = folder(path)?;
    let count = cases.len();
    for (path, case) in cases {
        let run = match check(app, &case) {
            Ok(run) => run,
            Err(error) => return Err(FolderError::Failed { path, error }),
        };
        let unmet = run.unmet(&case);
        if !unmet.is_empty() {
            let unmet = unmet.iter().map(|(key, choice)| format!("{key}={choice}"));
            let unmet = unmet.collect::<Vec<_>>().join(" ");
            return Err(FolderError::Unmet { path, unmet });
        }
    }
    Ok(count)
}
