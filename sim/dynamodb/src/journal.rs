//! A journal of changes, from which a driver restores the tables in a new process.
//!
//! A driver takes the entries after every call and stores them before it sends the answer. At its
//! next start it passes them to [`DynamoDb::restore`]: entries of tables in their order, then all
//! others in any order. Of several entries about one row or one transaction only the last counts.
//! The records of streams are not in the journal: a new process starts with empty streams.

use serde_json::Value as Json;
use stormglass_spec::Time;

use crate::answer::Answer;
use crate::decode::{self, ValueFault};
use crate::dynamodb::DynamoDb;
use crate::item::Item;
use crate::journal_entry::JournalEntry;
use crate::replays::Replay;
use crate::replica_view::ReplicaView;
use crate::request::{Command, Request};
use crate::table::{Table, Tables};

impl DynamoDb {
    /// Starts a journal.
    pub fn with_journal(mut self) -> DynamoDb {
        self.journal = Some(Vec::new());
        self.tables.keep_journals();
        self
    }

    /// Takes the entries since the last call; none without a journal.
    pub fn take_entries(&mut self) -> Vec<JournalEntry> {
        let mut entries = self.journal.as_mut().map(std::mem::take).unwrap_or_default();
        entries.extend(self.tables.take_row_entries());
        entries
    }

    /// Restores an entry of an earlier journal.
    ///
    /// # Errors
    ///
    /// If no journal can have such an entry: the reason.
    pub fn restore(&mut self, now: Time, entry: &JournalEntry) -> Result<(), String> {
        match entry {
            JournalEntry::Table { at, operation, body } => {
                let target = format!("DynamoDB_20120810.{operation}");
                let request = Request::parse(&target, body.as_bytes());
                let answer = match request {
                    Ok(request) => self.apply(*at, &request, ReplicaView::Fresh),
                    Err(refusal) => refusal,
                };
                if answer.is_success() { Ok(()) } else { Err(answer.body) }
            }
            JournalEntry::Row { item: None, .. } => Ok(()),
            JournalEntry::Row { table, item: Some(item), .. } => self.restore_row(now, table, item),
            JournalEntry::Transaction { token, at, canonical, sizes } => {
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
        table.restore(now, &key, item.into());
        Ok(())
    }

    /// Notes a change of a table or a transaction in the journal. Tables note changes of rows.
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
                journal.push(JournalEntry::Table { at: now, operation, body: request.canonical() });
            }
            Command::TransactWrite(transact) => {
                if let Some(token) = transact.token()
                    && let Some((at, replay)) = self.replays.get(token)
                {
                    let (canonical, sizes) = (replay.canonical.clone(), replay.sizes.clone());
                    let token = token.to_owned();
                    journal.push(JournalEntry::Transaction { token, at, canonical, sizes });
                }
            }
            _ => {}
        }
    }
}

impl Tables {
    fn take_row_entries(&mut self) -> Vec<JournalEntry> {
        let mut entries = Vec::new();
        for table in self.all_mut() {
            let (changes, name) = (table.take_journal(), table.name());
            entries.extend(changes.into_iter().map(|(key, item)| JournalEntry::Row {
                table: name.to_owned(),
                key: key.distinct_text(),
                item: item.map(|item| item.json().to_owned()),
            }));
        }
        entries
    }
}

/// Returns the removal of every row of a table.
fn removals(table: &Table) -> impl Iterator<Item = JournalEntry> {
    table.rows().all().map(|(position, _)| JournalEntry::Row {
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
