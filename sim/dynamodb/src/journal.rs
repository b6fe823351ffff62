//! What has to be written down so that tables outlive their process.
//!
//! A driver that keeps a journal takes its entries after every call, writes them down before it
//! sends the answer, and gives them to [`DynamoDb::restore`] when it starts again: those of tables
//! in their order, then the rest in any order. Of several entries about one row or one transaction
//! only the last one counts.

use serde_json::Value as Json;
use stormglass_spec::Time;

use crate::answer::Answer;
use crate::decode::{self, ValueFault};
use crate::item::Item;
use crate::replays::Replay;
use crate::request::{Command, Request};
use crate::table::{Table, Tables};
use crate::{DynamoDb, ReplicaView};

/// A change, as it has to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A table was created, changed or deleted; the changes of its rows have entries of their own.
    Table {
        /// When.
        at: Time,
        /// The operation.
        operation: String,
        /// The body of its request.
        body: String,
    },
    /// A row is this item now, or is not there any more.
    Row {
        /// The table of the row.
        table: String,
        /// What tells the row from all others of the table.
        key: String,
        /// The item, as the JSON that goes over the wire.
        item: Option<String>,
    },
    /// A transaction was carried out, and may be asked for again.
    Transaction {
        /// Its `ClientRequestToken`.
        token: String,
        /// When.
        at: Time,
        /// The request without what it wants to be told.
        canonical: String,
        /// The tables and sizes of its items, by which a repetition is charged.
        sizes: Vec<(String, usize)>,
    },
}

impl DynamoDb {
    /// The same, with a journal from here on.
    pub fn journaled(mut self) -> DynamoDb {
        self.journal = Some(Vec::new());
        self.tables.keep_journals();
        self
    }

    /// What has changed since the last call, which is nothing without a journal.
    pub fn take_entries(&mut self) -> Vec<Entry> {
        let mut entries = self.journal.as_mut().map(std::mem::take).unwrap_or_default();
        entries.extend(self.tables.take_row_entries());
        entries
    }

    /// Carries out an entry of an earlier journal.
    ///
    /// # Errors
    ///
    /// If it cannot have been made by a journal: what is wrong with it.
    pub fn restore(&mut self, now: Time, entry: &Entry) -> Result<(), String> {
        match entry {
            Entry::Table { at, operation, body } => {
                let target = format!("DynamoDB_20120810.{operation}");
                let request = Request::parse(&target, body.as_bytes());
                let answer = match request {
                    Ok(request) => self.apply(*at, &request, ReplicaView::Fresh),
                    Err(refusal) => refusal,
                };
                if answer.is_success() { Ok(()) } else { Err(answer.body) }
            }
            Entry::Row { item: None, .. } => Ok(()),
            Entry::Row { table, item: Some(item), .. } => self.restore_row(now, table, item),
            Entry::Transaction { token, at, canonical, sizes } => {
                let replay = Replay { canonical: canonical.clone(), sizes: sizes.clone() };
                self.replays.keep(*at, token.clone(), replay);
                Ok(())
            }
        }
    }

    fn restore_row(&mut self, now: Time, table: &str, item: &str) -> Result<(), String> {
        let item = read_item(item)?;
        self.tables.settle(now);
        let table = self.tables.table_mut(table).map_err(|refusal| refusal.body)?;
        let Some(key) = table.keys().key_if_any(&item) else {
            return Err("a row without its key".to_owned());
        };
        table.write(now, &key, Some(item.into()));
        Ok(())
    }

    /// Takes note of what a request did apart from its changes of rows.
    pub(super) fn note(&mut self, now: Time, request: &Request, answer: &Answer) {
        let Some(journal) = &mut self.journal else { return };
        if !answer.is_success() || !request.operation().writes() {
            return;
        }
        match request.command() {
            Command::Control(control) => {
                let operation = request.operation().name().to_owned();
                if let Some(table) = control.table().filter(|_| operation == "DeleteTable") {
                    journal.extend(self.tables.any(table).into_iter().flat_map(removals));
                }
                journal.push(Entry::Table { at: now, operation, body: request.canonical() });
            }
            Command::TransactWrite(transact) => {
                if let Some(token) = transact.token()
                    && let Some((at, replay)) = self.replays.get(token)
                {
                    let (canonical, sizes) = (replay.canonical.clone(), replay.sizes.clone());
                    let token = token.to_owned();
                    journal.push(Entry::Transaction { token, at, canonical, sizes });
                }
            }
            _ => {}
        }
    }
}

impl Tables {
    fn take_row_entries(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for table in self.all_mut() {
            let (changes, name) = (table.take_journal(), table.name());
            entries.extend(changes.into_iter().map(|(key, item)| Entry::Row {
                table: name.to_owned(),
                key: key.distinct_text(),
                item: item.map(|item| item.json().to_owned()),
            }));
        }
        entries
    }
}

/// The removal of every row of a table.
fn removals(table: &Table) -> impl Iterator<Item = Entry> {
    table.rows().all().map(|(position, _)| Entry::Row {
        table: table.name().to_owned(),
        key: position.key().distinct_text(),
        item: None,
    })
}

fn read_item(item: &str) -> Result<Item, String> {
    let attributes: serde_json::Map<String, Json> =
        serde_json::from_str(item).map_err(|error| format!("a row is no JSON: {error}"))?;
    let read = |(name, value): (&String, &Json)| Ok((name.clone(), decode::value(value)?));
    let attributes = attributes.iter().map(read).collect::<Result<_, ValueFault>>();
    attributes.map(Item::new).map_err(|malformed| malformed.answer().body)
}
