//! A file that tables are kept in.
//!
//! | module | what is in it |
//! |---|---|
//! | `layout` | what is where in the file |
//! | `writer` | the thread that writes, several requests at a time |

mod layout;
mod writer;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, StorageError};
use stormglass_dynamodb::Entry;

use crate::panics::message_of;

pub(super) use writer::{StoreWriter, WriteError};

/// What keeps a file from being the one that tables are kept in.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process keeps its tables there.
    #[error(
        "the table file {path} is in use by another process; stop that one, or name another file"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The machine does not let it be read and written.
    #[error("the table file {path} cannot be opened: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the machine says.
        source: io::Error,
    },
    /// It holds something else, or is broken.
    #[error(
        "{path} is no table file, or it is broken: {reason}; name another file, or move this one \
         away"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What cannot be understood.
        reason: String,
    },
    /// The thread that writes cannot be started.
    #[error("no thread can be started to write the table file: {0}")]
    Thread(io::Error),
}

/// A file that is open, and what is written down in it.
#[derive(Debug)]
pub(super) struct Store {
    database: Database,
    path: PathBuf,
}

impl Store {
    /// Opens the file, or makes it if there is none.
    pub(super) fn open(path: &Path) -> Result<Store, StoreError> {
        let unreadable = |reason: String| StoreError::Unreadable { path: path.to_owned(), reason };
        let database = quietly(|| open_whole(path));
        let database = database.unwrap_or_else(|panic| Err(unreadable(panic)))?;
        layout::prepare(&database).map_err(unreadable)?;
        Ok(Store { database, path: path.to_owned() })
    }

    /// All that was written down, in the order in which it can be restored.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, StoreError> {
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

/// What is broken within would be met in the middle of a read otherwise.
fn open_whole(path: &Path) -> Result<Database, StoreError> {
    let mut database = Database::create(path).map_err(|error| opened(path, error))?;
    database.check_integrity().map_err(|error| opened(path, error))?;
    Ok(database)
}

/// The library panics at some pages that cannot be, which nobody should have to read: this gives
/// what it says.
fn quietly<T>(open: impl FnOnce() -> T) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let opened = panic::catch_unwind(AssertUnwindSafe(open));
    panic::set_hook(hook);
    opened.map_err(|panic| message_of(panic.as_ref()).unwrap_or("a page that cannot be").to_owned())
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
