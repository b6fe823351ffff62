//! The layout of the file.

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use stormglass_dynamodb::JournalEntry;
use stormglass_spec::Time;

/// The number of this layout, so that another one is not misread.
const LAYOUT: u64 = 1;

/// The cell with the number of the file's layout.
const FORMAT: TableDefinition<'_, &str, u64> = TableDefinition::new("format");

/// The requests that created and changed the tables, in order: time (us), operation, body.
const TABLES: TableDefinition<'_, u64, (u64, &str, &str)> = TableDefinition::new("tables");

/// The rows: the table and the key in it, and the item.
const ROWS: TableDefinition<'_, (&str, &str), &str> = TableDefinition::new("rows");

/// The transactions by their tokens: time (us), the canonical request, and sizes as JSON.
const TRANSACTIONS: TableDefinition<'_, &str, (u64, &str, &str)> =
    TableDefinition::new("transactions");

/// Prepares a new file, and checks the layout of any other. Returns the reason if the layout is
/// unknown.
pub(super) fn prepare(database: &Database) -> Result<(), String> {
    let layout = layout_of(database).map_err(|error| error.to_string())?;
    if layout != LAYOUT {
        return Err(format!("its layout is {layout}, and this program knows {LAYOUT}"));
    }
    Ok(())
}

fn layout_of(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_write()?;
    if transaction.list_tables()?.next().is_none() {
        transaction.open_table(FORMAT)?.insert("layout", LAYOUT)?;
        transaction.open_table(TABLES)?;
        transaction.open_table(ROWS)?;
        transaction.open_table(TRANSACTIONS)?;
    }
    let layout = transaction.open_table(FORMAT)?.get("layout")?.map_or(0, |layout| layout.value());
    transaction.commit()?;
    Ok(layout)
}

/// Reads all entries of the file.
pub(super) fn read(database: &Database) -> Result<Vec<JournalEntry>, redb::Error> {
    let transaction = database.begin_read()?;
    let mut entries = Vec::new();
    for stored in transaction.open_table(TABLES)?.iter()? {
        let (_, stored) = stored?;
        let (at_us, operation, body) = stored.value();
        let (operation, body) = (operation.to_owned(), body.to_owned());
        entries.push(JournalEntry::Table { at: Time::from_micros(at_us), operation, body });
    }
    for stored in transaction.open_table(ROWS)?.iter()? {
        let (place, item) = stored?;
        let (table, key) = place.value();
        let item = Some(item.value().to_owned());
        entries.push(JournalEntry::Row { table: table.to_owned(), key: key.to_owned(), item });
    }
    for stored in transaction.open_table(TRANSACTIONS)?.iter()? {
        let (token, stored) = stored?;
        let (at_us, canonical, sizes) = stored.value();
        entries.push(JournalEntry::Transaction {
            token: token.value().to_owned(),
            at: Time::from_micros(at_us),
            canonical: canonical.to_owned(),
            sizes: serde_json::from_str(sizes).unwrap_or_default(),
        });
    }
    Ok(entries)
}

/// Writes entries, all of them or none. They last once the transaction is committed.
pub(super) fn write(
    transaction: &WriteTransaction,
    entries: &[JournalEntry],
) -> Result<(), redb::Error> {
    let mut rows = transaction.open_table(ROWS)?;
    for entry in entries {
        match entry {
            JournalEntry::Row { table, key, item: Some(item) } => {
                rows.insert((table.as_str(), key.as_str()), item.as_str())?;
            }
            JournalEntry::Row { table, key, item: None } => {
                rows.remove((table.as_str(), key.as_str()))?;
            }
            JournalEntry::Table { at, operation, body } => {
                let mut tables = transaction.open_table(TABLES)?;
                let next = tables.last()?.map_or(0, |(last, _)| last.value() + 1);
                tables.insert(next, (at.micros(), operation.as_str(), body.as_str()))?;
            }
            JournalEntry::Transaction { token, at, canonical, sizes } => {
                let sizes = serde_json::to_string(sizes).expect("numbers make JSON");
                let mut transactions = transaction.open_table(TRANSACTIONS)?;
                let stored = (at.micros(), canonical.as_str(), sizes.as_str());
                transactions.insert(token.as_str(), stored)?;
                let oldest_us = at.micros().saturating_sub(TOKEN_KEPT_US);
                transactions.retain(|_, (at_us, ..)| at_us >= oldest_us)?;
            }
        }
    }
    Ok(())
}

/// The time within which a transaction can be repeated: 10 minutes.
const TOKEN_KEPT_US: u64 = 10 * 60 * 1_000_000;
