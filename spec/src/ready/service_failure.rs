//! The failures of services, for which no function is to blame.

use crate::history::Answer;
use crate::ledger::{Call, Ledger};

/// Parts of the names of errors that say that a service has no capacity (FACTS 3.5, 6.2).
const NO_CAPACITY: [&str; 4] =
    ["Throttl", "LimitExceeded", "ThroughputExceeded", "TransactionConflict"];

/// Returns a call of an invocation that a service failed: it gave no answer or a 5xx, or it had no
/// capacity.
pub(super) fn failed_call<'a>(ledger: &'a Ledger, invocation: &str) -> Option<&'a Call> {
    let mut calls = ledger.calls().filter(|(_, call)| call.invocation == *invocation);
    calls.find(|(_, call)| is_failure(call)).map(|(_, call)| call)
}

fn is_failure(call: &Call) -> bool {
    let Some((_, answer)) = &call.answered else { return true };
    answer.is_ambiguous() || lacks_capacity(answer)
}

fn lacks_capacity(answer: &Answer) -> bool {
    let error = answer.error.as_deref().unwrap_or_default();
    answer.status == Some(429) || NO_CAPACITY.iter().any(|part| error.contains(part))
}
