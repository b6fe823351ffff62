//! The commands that begin and end a transaction (FACTS 6.14).
//!
//! A `TransactWriteItems` that is applied at once is never in progress. A driver that gives it a
//! duration begins it when the request arrives, and ends it when it takes effect. In between,
//! writes of its rows get `TransactionConflictException`, other transactions on them are
//! cancelled, and reads see the rows as they were.

use stormglass_spec::Time;

use crate::answer::Answer;
use crate::dynamodb::DynamoDb;
use crate::replica_view::ReplicaView;
use crate::request::{Command, Request};
use crate::transactions::TransactionId;

impl DynamoDb {
    /// Begins a transaction, which [`DynamoDb::end_transaction`] carries out.
    ///
    /// The driver has never used `key` before. A transaction that repeats an earlier one by its
    /// token, or whose keys have faults, locks no rows.
    ///
    /// # Errors
    ///
    /// If another transaction in progress has one of the rows or the token: the answer of AWS.
    ///
    /// # Panics
    ///
    /// If the request is no `TransactWriteItems`, or if the key is in use.
    pub fn begin_transaction(
        &mut self,
        now: Time,
        request: &Request,
        key: &str,
    ) -> Result<TransactionId, Answer> {
        let Command::TransactWrite(transact) = request.command() else {
            panic!("only a TransactWriteItems can be in progress");
        };
        self.tables.settle(now);
        self.transactions.check_token(transact)?;
        let is_repeated = transact.repeats(&mut self.replays, now);
        let rows = if is_repeated { Vec::new() } else { transact.lock(&mut self.tables)? };
        Ok(self.transactions.add(key, request.clone(), rows))
    }

    /// Carries out a transaction in progress, and returns its answer.
    ///
    /// # Panics
    ///
    /// If no such transaction is in progress.
    pub fn end_transaction(&mut self, now: Time, id: &TransactionId) -> Answer {
        let request = self.release(id);
        self.apply(now, &request, ReplicaView::Fresh)
    }

    /// Gives up a transaction in progress, which then changes nothing.
    ///
    /// # Panics
    ///
    /// If no such transaction is in progress.
    pub fn abandon_transaction(&mut self, id: &TransactionId) {
        self.release(id);
    }

    /// Forgets a transaction, unlocks its rows, and returns its request.
    fn release(&mut self, id: &TransactionId) -> Request {
        let (request, rows) = self.transactions.remove(id);
        for (table, key) in &rows {
            if let Some(table) = self.tables.any_mut(table) {
                table.unlock(key);
            }
        }
        request
    }
}
