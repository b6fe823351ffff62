//! The thread that writes, several requests at a time: what came while it wrote is written next,
//! all at once.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use redb::Database;
use stormglass_dynamodb::Entry;
use tokio::sync::watch;
use tracing::error;

use super::layout;

/// The way to the file. When it is dropped, all that was given to it has been written.
#[derive(Debug)]
pub(in super::super) struct StoreWriter {
    batches: Option<Sender<Vec<Entry>>>,
    /// How many batches were given to the thread.
    given: u64,
    written: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
}

/// The file takes no more: whether a request will be remembered cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct WriteError;

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
    pub(in super::super) fn write(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        self.given += 1;
        // A thread that ended has said why, and whoever waits for it learns that it did.
        let _ = self.batches.as_ref().map(|batches| batches.send(entries));
    }

    /// Completes when all that was given up to now is written, so that nobody is told of anything
    /// that could still be lost.
    pub(in super::super) fn written(
        &self,
    ) -> impl Future<Output = Result<(), WriteError>> + Send + use<> {
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

/// Writes until nobody can give it any more, or until it fails.
fn write_all(database: &Database, batches: &Receiver<Vec<Entry>>, done: &watch::Sender<u64>) {
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
                "the table file cannot be written: what was asked since is not kept, and \
                 DynamoDB answers with errors from here on; make room for it and start again"
            );
            return;
        }
        done.send_replace(number);
    }
}

fn write(database: &Database, entries: &[Entry]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    layout::write(&transaction, entries)?;
    transaction.commit()?;
    Ok(())
}
