//! What `target/sim` holds: the last exploration, the last hunt, and a page about both.
//!
//! None of it is worth a failure. What cannot be written or read is pointed out, and that is all.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::PathBuf;

use stormglass::page::page;
use stormglass::record::{Exploration, KnownBad, RecordError, Row};

use crate::output::note;
use crate::workspace;

const EXPLORATION: &str = "exploration.json";
const PAGE: &str = "exploration.html";
const KNOWN_BAD: &str = "known-bad.json";

/// What `target/sim` holds.
pub(crate) struct Store {
    /// As it is found from the current directory.
    folder: PathBuf,
}

impl Store {
    /// The store of the workspace that the current directory is in.
    pub(crate) fn find() -> Option<Store> {
        match workspace::output() {
            Ok(folder) => Some(Store { folder }),
            Err(error) => {
                note!("note: nothing is kept of this: {error}");
                None
            }
        }
    }

    /// The last exploration, if there was one.
    pub(crate) fn exploration(&self) -> Option<Exploration> {
        self.read(EXPLORATION, Exploration::parse)
    }

    /// The last hunt, if there was one.
    fn known_bad(&self) -> Option<KnownBad> {
        self.read(KNOWN_BAD, KnownBad::parse)
    }

    /// Stores an exploration and its page, and tells where the page is.
    pub(crate) fn keep_exploration(&self, exploration: &Exploration) -> Option<PathBuf> {
        let known_bad = self.known_bad();
        let kept = self.write(EXPLORATION, &exploration.to_text()).and_then(|()| {
            self.write(PAGE, &page(exploration, known_bad.as_ref()))?;
            Ok(self.folder.join(PAGE))
        });
        pointed_out(kept)
    }

    /// Stores what a hunt came to, and brings the page up to date if there is an exploration. A
    /// hunt for `some` of them only adds to what is known of the others.
    pub(crate) fn keep_known_bad(&self, rows: Vec<Row>, some: bool) -> Option<PathBuf> {
        let known = if some { self.known_bad() } else { None };
        let known_bad = match known {
            Some(mut known) => {
                known.merge(rows);
                known
            }
            None => KnownBad::new(rows),
        };
        let exploration = self.exploration();
        let kept = self.write(KNOWN_BAD, &known_bad.to_text()).and_then(|()| {
            let Some(exploration) = exploration else { return Ok(None) };
            self.write(PAGE, &page(&exploration, Some(&known_bad)))?;
            Ok(Some(self.folder.join(PAGE)))
        });
        pointed_out(kept.transpose()?)
    }

    fn read<T>(&self, name: &str, parse: fn(&str) -> Result<T, RecordError>) -> Option<T> {
        let path = self.folder.join(name);
        let unusable = |problem: &dyn Display| {
            note!("note: {} is of no use: {problem}", path.display());
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

    fn write(&self, name: &str, text: &str) -> Result<(), NotKept> {
        let path = self.folder.join(name);
        workspace::write_whole(&path, text).map_err(|error| NotKept { path, error })
    }
}

/// A file that could not be written.
struct NotKept {
    path: PathBuf,
    error: io::Error,
}

/// What was kept; what could not be is pointed out.
fn pointed_out(kept: Result<PathBuf, NotKept>) -> Option<PathBuf> {
    let point_out = |NotKept { path, error }: &NotKept| {
        note!("note: cannot write {}: {error}; it says nothing of this run", path.display());
    };
    kept.inspect_err(point_out).ok()
}
