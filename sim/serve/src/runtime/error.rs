//! What may be wrong with a file of functions.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file describes no functions that could be served.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is written there cannot be served.
    #[error("{}, line {line}: {what}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to do about it.
        what: String,
    },
}

/// Something that is wrong at a place of the text, in bytes from its start.
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
