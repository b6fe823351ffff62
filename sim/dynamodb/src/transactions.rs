//! Transactions in progress: nothing else may write their rows (FACTS 6.14).
//!
//! A `TransactWriteItems` that is applied at once is never in progress. A driver that gives it a
//! duration begins it when the request arrives, and ends it when it takes effect. In between,
//! writes of its rows get `TransactionConflictException`, other transactions on them are
//! cancelled, and reads see the rows as they were.

use std::collections::BTreeMap;

use stormglass_spec::{Sketch, Time};

use crate::answer::Answer;
use crate::dynamodb::DynamoDb;
use crate::key::Key;
use crate::operations::TransactWrite;
use crate::replica_view::ReplicaView;
use crate::request::{Command, Request};

/// A transaction in progress, by the key that its driver gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(String);

/// The transactions in progress.
#[derive(Clone, Debug, Default)]
pub(super) struct Transactions(BTreeMap<TransactionId, OpenTransaction>);

/// A transaction in progress.
#[derive(Clone, Debug)]
struct OpenTransaction {
    request: Request,
    /// The rows that it locks, with their tables.
    rows: Vec<(String, Key)>,
}

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
        let id = TransactionId(key.to_owned());
        let transaction = OpenTransaction { request: request.clone(), rows };
        let earlier = self.transactions.0.insert(id.clone(), transaction);
        assert!(earlier.is_none(), "two transactions have the same key");
        Ok(id)
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
        let transaction = self.transactions.0.remove(id);
        let OpenTransaction { request, rows } =
            transaction.expect("a transaction ends once, after it began");
        for (table, key) in &rows {
            if let Some(table) = self.tables.any_mut(table) {
                table.unlock(key);
            }
        }
        request
    }
}

impl Transactions {
    /// Refuses a transaction whose token one in progress has.
    pub(super) fn check_token(&self, transact: &TransactWrite) -> Result<(), Answer> {
        let Some(token) = transact.token() else { return Ok(()) };
        let has_token = |transaction: &OpenTransaction| {
            let command = transaction.request.command();
            matches!(command, Command::TransactWrite(other) if other.token() == Some(token))
        };
        if self.0.values().any(has_token) {
            let message = "The transaction with the given request token is already in progress.";
            return Err(Answer::error(400, "TransactionInProgressException", message));
        }
        Ok(())
    }

    /// Adds the transactions; their locks follow from them.
    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        sketch.list(&self.0, |sketch, (id, transaction)| {
            let OpenTransaction { request, rows } = transaction;
            sketch.text(&id.0);
            sketch.text(&request.canonical());
            sketch.debug(rows);
        });
    }
}
