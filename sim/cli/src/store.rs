//! What `target/sim` holds: the last exploration, the last hunt, and a page about both.
//!
//! None of it is worth a failure. What cannot be written or read is pointed out, and that is all.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use stormglass::page::page;
use stormglass::record::{Exploration, KnownBad, RecordError, Row};

use crate::output::note;
use crate::workspace;

/// Where all of it is, from the root of the workspace.
const FOLDER: &str = "target/sim";

const EXPLORATION: &str = "exploration.json";
const PAGE: &str = "exploration.html";
const KNOWN_BAD: &str = "known-bad.json";

/// What `target/sim` holds, below the root of the workspace or, outside of any, below the current
/// directory.
pub(crate) struct Store {
    folder: PathBuf,
    here: PathBuf,
}

impl Store {
    /// The store of the current directory.
    pub(crate) fn find() -> Option<Store> {
        let found = workspace::here().and_then(|here| Ok((workspace::root()?, here)));
        match found {
            Ok((root, here)) => {
                let folder = root.as_deref().unwrap_or(&here).join(FOLDER);
                Some(Store { folder, here })
            }
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

    /// Stores an exploration and its page. Gives the page as it is found from the current
    /// directory.
    pub(crate) fn keep_exploration(&self, exploration: &Exploration) -> Option<PathBuf> {
        let known_bad = self.known_bad();
        let kept = self.write(EXPLORATION, &exploration.to_text()).and_then(|()| {
            self.write(PAGE, &page(exploration, known_bad.as_ref()))?;
            Ok(self.folder.join(PAGE))
        });
        self.told(kept)
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
        self.told(kept.transpose()?)
    }

    /// What was kept, as it is found from the current directory.
    fn told(&self, kept: Result<PathBuf, NotKept>) -> Option<PathBuf> {
        match kept {
            Ok(path) => Some(self.shown(&path).to_owned()),
            Err(NotKept { path, error }) => {
                let path = self.shown(&path).display();
                note!("note: cannot write {path}: {error}; it says nothing of this run");
                None
            }
        }
    }

    fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.here).unwrap_or(path)
    }

    fn read<T>(&self, name: &str, parse: fn(&str) -> Result<T, RecordError>) -> Option<T> {
        let path = self.folder.join(name);
        let unusable = |problem: &dyn Display| {
            note!("note: {} is of no use: {problem}", self.shown(&path).display());
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

    /// Writes a file all at once: who reads meanwhile, or writes as well, sees one or the other.
    fn write(&self, name: &str, text: &str) -> Result<(), NotKept> {
        let path = self.folder.join(name);
        let draft = self.folder.join(format!("{name}.{}", std::process::id()));
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&draft, text))
            .and_then(|()| fs::rename(&draft, &path));
        written.map_err(|error| {
            // It may not be there at all.
            let _ = fs::remove_file(&draft);
            NotKept { path, error }
        })
    }
}

/// A file that could not be written.
struct NotKept {
    path: PathBuf,
    error: io::Error,
}
