//! Transactions in progress, and the rows that they lock (FACTS 6.14).

use std::collections::BTreeMap;

use stormglass_spec::Sketch;

use crate::answer::Answer;
use crate::key::Key;
use crate::operations::TransactWrite;
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

impl Transactions {
    /// Adds a transaction, whose key no other has.
    pub(super) fn add(
        &mut self,
        key: &str,
        request: Request,
        rows: Vec<(String, Key)>,
    ) -> TransactionId {
        let id = TransactionId(key.to_owned());
        let earlier = self.0.insert(id.clone(), OpenTransaction { request, rows });
        assert!(earlier.is_none(), "two transactions have the same key");
        id
    }

    /// Removes a transaction, and returns its request and its rows.
    pub(super) fn remove(&mut self, id: &TransactionId) -> (Request, Vec<(String, Key)>) {
        let transaction = self.0.remove(id);
        let OpenTransaction { request, rows } =
            transaction.expect("a transaction ends once, after it began");
        (request, rows)
    }

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
