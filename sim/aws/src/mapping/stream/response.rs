//! The records that the response of a function reports as failed (FACTS 13.13).

use serde_json::Value as Json;

use super::record::ShardRecord;

/// Returns the place of the first record that is to be retried; `None` if all succeeded.
///
/// A response without failures is a success. An id that is no sequence number of the batch makes
/// the whole batch fail.
pub(super) fn first_failure(response: &str, records: &[ShardRecord]) -> Option<usize> {
    // A function that returns no JSON reports no failures.
    let response: Json = serde_json::from_str(response).unwrap_or(Json::Null);
    let failures = match response.get("batchItemFailures") {
        None | Some(Json::Null) => return None,
        Some(Json::Array(failures)) => failures,
        Some(_) => return Some(0),
    };
    let place = |failure: &Json| {
        let id = failure.get("itemIdentifier")?.as_str()?;
        records.iter().position(|record| record.sequence == id)
    };
    failures.iter().map(|failure| place(failure).unwrap_or(0)).min()
}
