//! The file that keeps tables.
//!
//! | module | content |
//! |---|---|
//! | `layout` | the layout of the file |
//! | `writer` | the thread that writes, several requests at a time |

mod layout;
mod writer;

use std::fs::{File, OpenOptions};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, StorageError};
use stormglass_dynamodb::JournalEntry;

use crate::panics::message_of;

pub(super) use writer::{StoreWriter, WriteError};

/// The reason why a file cannot keep tables.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process keeps its tables in the file.
    #[error("the table file {path} is in use by another process; stop it, or name another file")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read and written.
    #[error("the table file {path} cannot be opened: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the machine.
        source: io::Error,
    },
    /// The file holds something else, or is broken.
    #[error(
        "{path} is no table file, or it is broken: {reason}; name another file, or move this one \
         away"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The part that cannot be read.
        reason: String,
    },
    /// The thread that writes cannot be started.
    #[error("no thread can be started to write the table file: {0}")]
    Thread(io::Error),
}

/// A file that is open.
#[derive(Debug)]
pub(super) struct Store {
    database: Database,
    path: PathBuf,
}

impl Store {
    /// Opens the file, or creates it if there is none.
    pub(super) fn open(path: &Path) -> Result<Store, StoreError> {
        let unreadable = |reason: String| StoreError::Unreadable { path: path.to_owned(), reason };
        let database = quietly(|| open_whole(path));
        let database = database.unwrap_or_else(|panic| Err(unreadable(panic)))?;
        layout::prepare(&database).map_err(unreadable)?;
        Ok(Store { database, path: path.to_owned() })
    }

    /// Reads all entries, in the order in which they can be restored.
    pub(super) fn entries(&self) -> Result<Vec<JournalEntry>, StoreError> {
        layout::read(&self.database).map_err(|error| self.unreadable(error.to_string()))
    }

    pub(super) fn unreadable(&self, reason: String) -> StoreError {
        StoreError::Unreadable { path: self.path.clone(), reason }
    }

    /// Starts the thread that writes to the file.
    pub(super) fn start_writing(self) -> Result<StoreWriter, StoreError> {
        StoreWriter::start(self.database).map_err(StoreError::Thread)
    }
}

/// Opens a file and checks all of it: a page that is broken would come up in the middle of a read
/// otherwise.
fn open_whole(path: &Path) -> Result<Database, StoreError> {
    let unopened = |source| StoreError::Io { path: path.to_owned(), source };
    let file = open_file(path).map_err(unopened)?;
    let open = |file| Builder::new().create_with_backend(FileBackend::new(file)?);
    let mut database = open(file).map_err(|error| opened(path, error))?;
    database.check_integrity().map_err(|error| opened(path, error))?;
    Ok(database)
}

/// Opens a file, or creates it for its owner alone: it holds the messages and ids of clients.
fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Returns the message of a panic without printing it: the library panics at some broken pages.
fn quietly<T>(open: impl FnOnce() -> T) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let opened = panic::catch_unwind(AssertUnwindSafe(open));
    panic::set_hook(hook);
    opened.map_err(|panic| message_of(panic.as_ref()).unwrap_or("a broken page").to_owned())
}

fn opened(path: &Path, error: DatabaseError) -> StoreError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path },
        DatabaseError::Storage(StorageError::Io(source))
            if source.kind() != io::ErrorKind::InvalidData =>
        {
            StoreError::Io { path, source }
        }
        error => StoreError::Unreadable { path, reason: error.to_string() },
    }
}
