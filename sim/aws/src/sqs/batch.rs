//! Batches: up to ten entries in one request, each with an outcome of its own (FACTS 12.1).

use std::collections::BTreeSet;

use serde::Serialize;

use super::Call;
use super::error::SqsError;

/// The most entries of a batch (FACTS 12.1).
const ENTRIES_MAX: usize = 10;

/// The answer to a batch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchAnswer<T> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successful: Vec<BatchSuccess<T>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<BatchFailure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchSuccess<T> {
    id: String,
    #[serde(flatten)]
    result: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchFailure {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// The result of an entry that says no more than that it succeeded.
#[derive(Debug, Serialize)]
pub(super) struct EmptyResult {}

/// Checks the number of entries and their ids.
pub(super) fn check<'a>(
    operation: &str,
    ids: impl ExactSizeIterator<Item = Option<&'a str>>,
) -> Result<(), SqsError> {
    if ids.len() == 0 {
        return Err(SqsError::empty_batch(operation));
    }
    if ids.len() > ENTRIES_MAX {
        return Err(SqsError::too_many_entries(ids.len(), ENTRIES_MAX));
    }
    let mut earlier = BTreeSet::new();
    for id in ids {
        let id = id.filter(|id| is_entry_id(id)).ok_or_else(SqsError::illegal_entry_id)?;
        if !earlier.insert(id) {
            return Err(SqsError::repeated_entry_id(id));
        }
    }
    Ok(())
}

/// Carries out the entries, one after the other. A failed one keeps none of the others back.
pub(super) fn carry_out<E, T>(
    call: &Call<'_>,
    entries: &[E],
    id: impl Fn(&E) -> Option<String>,
    mut entry: impl FnMut(usize, &E) -> Result<T, SqsError>,
) -> BatchAnswer<T> {
    let mut answer = BatchAnswer { successful: Vec::new(), failed: Vec::new() };
    for (index, each) in entries.iter().enumerate() {
        let id = id(each).unwrap_or_default();
        let result = if call.faults.failing.contains(&index) {
            Err(SqsError::internal())
        } else {
            entry(index, each)
        };
        match result {
            Ok(result) => answer.successful.push(BatchSuccess { id, result }),
            Err(error) => answer.failed.push(BatchFailure::new(id, &error.in_batch())),
        }
    }
    answer
}

impl BatchFailure {
    fn new(id: String, error: &SqsError) -> BatchFailure {
        let (sender_fault, code) = (error.is_fault_of_sender(), error.code());
        BatchFailure { id, sender_fault, code, message: error.message().to_owned() }
    }
}

fn is_entry_id(id: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=80).contains(&id.len()) && id.bytes().all(is_allowed)
}
