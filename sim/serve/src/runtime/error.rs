//! Errors in a file of functions.

use std::io;
use std::path::{Path, PathBuf};

/// The reason why a file describes no functions that can be served.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the machine.
        source: io::Error,
    },
    /// Something in the file is wrong.
    #[error("{}, line {line}: {what}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The mistake, and the way to mend it.
        what: String,
    },
}

/// A mistake at a place of the text, in bytes from its start.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) at: usize,
    pub(super) what: String,
}

impl Mistake {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Mistake {
        Mistake { at, what: what.into() }
    }

    pub(super) fn within(self, path: &Path, text: &str) -> ProjectError {
        let before = text.get(..self.at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ProjectError::Wrong { path: path.to_owned(), line, what: self.what }
    }
}
