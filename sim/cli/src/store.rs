//! The results in `target/sim`: the last exploration, the last hunt, and a page about both.
//!
//! A result that cannot be written or read is only noted: no command fails because of it.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use stormglass_spec::Property;

use crate::apps::Apps;
use crate::output::{note, say};
use crate::page::page;
use crate::record::{ExplorationRecord, HuntRecord, HuntRow, RecordError};
use crate::workspace;

const EXPLORATION: &str = "exploration.json";
const PAGE: &str = "exploration.html";
const HUNT: &str = "known-bad.json";

/// The folder `target/sim`.
pub(crate) struct Store {
    /// The path from the current directory.
    folder: PathBuf,
}

impl Store {
    /// Finds the store of the workspace around the current directory.
    pub(crate) fn find() -> Option<Store> {
        match workspace::output() {
            Ok(folder) => Some(Store { folder }),
            Err(error) => {
                note!("note: the results are not stored: {error}");
                None
            }
        }
    }

    /// Returns the last exploration, if there was one.
    pub(crate) fn exploration(&self) -> Option<ExplorationRecord> {
        self.read(EXPLORATION, ExplorationRecord::parse)
    }

    /// Returns the last hunt, if there was one.
    fn hunt(&self) -> Option<HuntRecord> {
        self.read(HUNT, HuntRecord::parse)
    }

    /// Stores an exploration and its page, and returns the path of the page. The `promises` are
    /// those of the application.
    pub(crate) fn keep_exploration(
        &self,
        exploration: &ExplorationRecord,
        promises: &[Property],
    ) -> Option<PathBuf> {
        let hunt = self.hunt();
        let written = self.write(EXPLORATION, &exploration.to_text()).and_then(|()| {
            self.write(PAGE, &page(exploration, promises, hunt.as_ref()))?;
            Ok(self.folder.join(PAGE))
        });
        note_error(written)
    }

    /// Stores the rows of a hunt, and returns the path of the page, which it brings up to date if
    /// there is an exploration. The rows of a `partial` hunt only replace those of the same bugs.
    pub(crate) fn keep_hunt(
        &self,
        rows: Vec<HuntRow>,
        partial: bool,
        apps: &Apps,
    ) -> Option<PathBuf> {
        let known = if partial { self.hunt() } else { None };
        let hunt = match known {
            Some(mut known) => {
                known.merge(rows);
                known
            }
            None => HuntRecord::new(rows),
        };
        let exploration = self.exploration();
        let written = self.write(HUNT, &hunt.to_text()).and_then(|()| {
            let Some(exploration) = exploration else { return Ok(None) };
            let promises = apps.promises_of(&exploration.app);
            self.write(PAGE, &page(&exploration, &promises, Some(&hunt)))?;
            Ok(Some(self.folder.join(PAGE)))
        });
        note_error(written.transpose()?)
    }

    fn read<T>(&self, name: &str, parse: fn(&str) -> Result<T, RecordError>) -> Option<T> {
        let path = self.folder.join(name);
        let unusable = |problem: &dyn Display| {
            note!("note: {} is unusable: {problem}", path.display());
        };
        match fs::read_to_string(&path) {
            Ok(text) => parse(&text).inspect_err(|error| unusable(error)).ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                unusable(&error);
                None
            }
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), WriteError> {
        let path = self.folder.join(name);
        workspace::write_whole(&path, text).map_err(|error| WriteError { path, error })
    }
}

/// Prints the path of the page, if there is one.
pub(crate) fn print_page(page: Option<&Path>) {
    if let Some(page) = page {
        say!("page     {}", page.display());
    }
}

/// A file that could not be written.
struct WriteError {
    path: PathBuf,
    error: io::Error,
}

/// Notes a file that could not be written.
fn note_error(written: Result<PathBuf, WriteError>) -> Option<PathBuf> {
    let note = |WriteError { path, error }: &WriteError| {
        note!("note: cannot write {}: {error}; it does not show this run", path.display());
    };
    written.inspect_err(note).ok()
}
