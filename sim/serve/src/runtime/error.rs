//! Errors in a file of functions, and the advice that goes with those of its programs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The reason why a file describes no functions that can be served.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the machine.
        source: io::Error,
    },
    /// The path leads to a folder.
    #[error("{} is a folder; name a file in it, such as functions.toml", .0.display())]
    Folder(PathBuf),
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

/// The words of the parser that say little about a file, and better ones.
const PLAIN_WORDS: [(&str, &str); 6] = [
    ("expected a sequence", "expected a list, which a header in double brackets begins: `[[...]]`"),
    ("expected a map", "expected a table"),
    ("invalid type: map", "invalid type: table"),
    ("expected path string", "expected a string"),
    ("expected u16", "expected a whole number from 0 to 65535"),
    ("expected u32", "expected a whole number of MB"),
];

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

    /// Returns a mistake that the parser found.
    pub(super) fn of_parser(error: &toml::de::Error) -> Mistake {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().replace('\n', ", ");
        let plainly = |message: String, (word, plain): &(&str, &str)| message.replace(word, plain);
        let message = PLAIN_WORDS.iter().fold(message, plainly);
        Mistake::new(at, format!("{message}; `cargo serve --help` has every key"))
    }

    pub(super) fn within(self, path: &Path, text: &str) -> ProjectError {
        let before = text.get(..self.at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ProjectError::Wrong { path: path.to_owned(), line, what: self.what }
    }
}

/// The place to look for what a program needs: the file of functions, if it begins with a comment.
///
/// It is shown after an error, and empty if there is no such place.
#[derive(Clone, Debug)]
pub(super) struct Advice {
    file: Option<PathBuf>,
}

impl Advice {
    pub(super) fn new(path: &Path, text: &str) -> Advice {
        Advice { file: text.starts_with('#').then(|| path.to_owned()) }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => {
                write!(f, "; the first lines of {} may say what to install", file.display())
            }
            None => Ok(()),
        }
    }
}
