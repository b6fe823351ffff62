//! The service: requests go in, answers come out.

use std::time::Duration;

use stormglass_spec::{Sketch, Time};

use crate::answer::{Answer, Change};
use crate::item::Item;
use crate::journal_entry::JournalEntry;
use crate::limits::Limits;
use crate::operations::Reading;
use crate::replays::Replays;
use crate::replica_view::ReplicaView;
use crate::request::{Command, Operation, Request};
use crate::row_key::RowKey;
use crate::schema::{Definition, KeyAttribute, KeySchema, KeyType};
use crate::state::TableState;
use crate::table::{Table, Tables};
use crate::throttling::Throttling;
use crate::transactions::Transactions;

/// The tables of one account, with their rows and the recent past of the rows.
#[derive(Clone, Debug)]
pub struct DynamoDb {
    pub(super) tables: Tables,
    pub(super) replays: Replays,
    /// The transactions in progress.
    pub(super) transactions: Transactions,
    limits: Limits,
    /// The changes of tables and transactions since the driver last asked, if it keeps a journal.
    pub(super) journal: Option<Vec<JournalEntry>>,
}

impl Default for DynamoDb {
    /// An account without tables and with the default limits.
    fn default() -> DynamoDb {
        DynamoDb::new(Limits::default())
    }
}

impl DynamoDb {
    /// Starts an account without tables.
    pub fn new(limits: Limits) -> DynamoDb {
        let tables = Tables::new(limits.expiry_lag_max, limits.stream_shards);
        let (replays, transactions) = (Replays::default(), Transactions::default());
        DynamoDb { tables, replays, transactions, limits, journal: None }
    }

    /// Creates an empty, active table whose partition key is a string.
    ///
    /// A table of this name that exists already stays as it is.
    pub fn create_table(&mut self, name: &str, partition_key: &str) {
        if self.tables.any(name).is_none() {
            let hash = KeyAttribute { name: partition_key.to_owned(), kind: KeyType::S };
            let keys = KeySchema { hash, range: None };
            let definition = Definition { name: name.to_owned(), keys, indexes: Vec::new() };
            self.tables.create(definition, TableState::ready(Time::ZERO));
        }
    }

    /// Carries out a request at `now` and returns the answer.
    ///
    /// `read` is the state of the replica for an eventually consistent read. Other requests ignore
    /// it.
    pub fn apply(&mut self, now: Time, request: &Request, read: ReplicaView) -> Answer {
        self.serve(now, request, read, None)
    }

    /// Answers a request for which there is no capacity, without carrying it out.
    ///
    /// Only of a batch a part may be carried out; the rest comes back as unprocessed (FACTS 6.11).
    /// The number `draw` picks the error or the part.
    pub fn throttle(
        &mut self,
        now: Time,
        request: &Request,
        read: ReplicaView,
        draw: u64,
    ) -> Answer {
        match request.operation() {
            Operation::BatchGet | Operation::BatchWrite => {
                self.serve(now, request, read, Some(draw))
            }
            Operation::Stream(_) => Answer::stream_throttled(),
            _ => Throttling::draw(draw, request).answer(request),
        }
    }

    /// Removes the expired rows whose lag is over (FACTS 6.10).
    ///
    /// Requests do not remove expired rows. The driver calls this at the time that
    /// [`DynamoDb::next_expiry`] returns.
    pub fn expire(&mut self, now: Time) -> Vec<Change> {
        self.tables.settle(now);
        self.tables.expire(now)
    }

    /// Returns the time of the next removal of an expired row, if there is one.
    pub fn next_expiry(&self) -> Option<Time> {
        self.tables.next_expiry()
    }

    /// Adds all that can make a difference from `now` on, if no read is ever behind by more than
    /// `lag_max`.
    pub fn sketch(&self, now: Time, lag_max: Duration, sketch: &mut Sketch) {
        // A run never changes the limits, and no request reads the journal.
        let DynamoDb { tables, replays, transactions, limits: _, journal: _ } = self;
        tables.sketch(now - lag_max, sketch);
        sketch.debug(replays);
        transactions.sketch(sketch);
    }

    /// Returns the keys of the rows of a table as text, sorted; none if there is no such table.
    pub fn keys(&self, table: &str) -> Vec<String> {
        self.tables.table(table).map(Table::row_keys).unwrap_or_default()
    }

    /// Returns the number of rows of a table; `None` if there is no such table.
    pub fn count(&self, table: &str) -> Option<usize> {
        self.tables.table(table).ok().map(Table::row_count)
    }

    /// Carries out a request. `shed` picks the unprocessed part of a batch, if capacity lacks.
    fn serve(
        &mut self,
        now: Time,
        request: &Request,
        replica: ReplicaView,
        shed: Option<u64>,
    ) -> Answer {
        self.tables.settle(now);
        let reading = Reading { now, replica, rows_max: self.limits.page_rows_max, shed };
        let answer = match request.command() {
            Command::Single(single) => single.apply(&mut self.tables, now),
            Command::Get(get) => get.apply(&self.tables, reading),
            Command::Query(query) => query.apply(&self.tables, reading),
            Command::Scan(scan) => scan.apply(&self.tables, reading),
            Command::BatchGet(batch) => batch.apply(&self.tables, reading),
            Command::BatchWrite(batch) => batch.apply(&mut self.tables, reading),
            Command::TransactGet(transact) => transact.apply(&self.tables),
            Command::TransactWrite(transact) => {
                let check = self.transactions.check_token(transact);
                check.and_then(|()| transact.apply(&mut self.tables, &mut self.replays, now))
            }
            Command::Control(control) => {
                control.apply(&mut self.tables, now, self.limits.table_change_time)
            }
            Command::Stream(stream) => stream.apply(&self.tables, now),
        };
        let answer = answer.unwrap_or_else(|refusal| refusal);
        self.note(now, request, &answer);
        answer
    }
}

impl Request {
    /// Returns the keys of the rows that the request names.
    ///
    /// Leaves out rows of tables that do not exist, and keys that do not fit their table.
    pub fn keys(&self, db: &DynamoDb) -> Vec<RowKey> {
        let key = |(name, item): (&str, &Item)| {
            let table = db.tables.table(name).ok()?;
            let key = table.keys().key_if_any(item)?.to_string();
            Some(RowKey { table: name.into(), key })
        };
        self.rows().into_iter().filter_map(key).collect()
    }
}
