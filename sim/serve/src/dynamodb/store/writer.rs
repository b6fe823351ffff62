//! The thread that writes to the file: all requests that came during one write share the next one.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use redb::Database;
use stormglass_dynamodb::JournalEntry;
use tokio::sync::watch;
use tracing::error;

use super::layout;

/// The way to the file. When this is dropped, all entries that were given to it are in the file.
#[derive(Debug)]
pub(crate) struct StoreWriter {
    batches: Option<Sender<Vec<JournalEntry>>>,
    /// The number of batches that were given to the thread.
    given: u64,
    written: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
}

/// The error of a write to the file: the next process may or may not find it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WriteError;

impl StoreWriter {
    pub(super) fn start(database: Database) -> io::Result<StoreWriter> {
        let (batches, received) = channel();
        let (done, written) = watch::channel(0);
        let thread = thread::Builder::new()
            .name("table file".to_owned())
            .spawn(move || write_all(&database, &received, &done))?;
        Ok(StoreWriter { batches: Some(batches), given: 0, written, thread: Some(thread) })
    }

    /// Gives entries to the thread, if there are any.
    pub(crate) fn write(&mut self, entries: Vec<JournalEntry>) {
        if entries.is_empty() {
            return;
        }
        self.given += 1;
        // A thread that ended has logged the reason, and waiting for the write returns an error.
        let _ = self.batches.as_ref().map(|batches| batches.send(entries));
    }

    /// Completes when all entries up to now are in the file, so that no answer tells of a write
    /// that can still be lost.
    pub(crate) fn written(&self) -> impl Future<Output = Result<(), WriteError>> + Send + use<> {
        let (given, mut written) = (self.given, self.written.clone());
        async move {
            match written.wait_for(|number| *number >= given).await {
                Ok(_) => Ok(()),
                Err(_) => Err(WriteError),
            }
        }
    }
}

impl Drop for StoreWriter {
    fn drop(&mut self) {
        drop(self.batches.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Writes until the sender is gone, or until a write fails.
fn write_all(
    database: &Database,
    batches: &Receiver<Vec<JournalEntry>>,
    done: &watch::Sender<u64>,
) {
    let mut number = 0;
    while let Ok(mut entries) = batches.recv() {
        number += 1;
        for more in batches.try_iter() {
            number += 1;
            entries.extend(more);
        }
        if let Err(error) = write(database, &entries) {
            error!(
                %error,
                "the table file cannot be written: later writes are not kept, and DynamoDB answers \
                 with errors from here on; make room for it and start again"
            );
            return;
        }
        done.send_replace(number);
    }
}

fn write(database: &Database, entries: &[JournalEntry]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    layout::write(&transaction, entries)?;
    transaction.commit()?;
    Ok(())
}
