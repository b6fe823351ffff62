//! Reports of a function about the messages that it failed on (FACTS 12.27).

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::sqs::MessageId;

/// A report about a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BatchReport {
    /// The function failed on these messages only; on none if the set is empty.
    Failures(BTreeSet<MessageId>),
    /// The report is malformed, which counts as a failure of the whole batch.
    Malformed,
}

impl BatchReport {
    /// Reads the JSON that a function returned for a batch of these messages.
    ///
    /// A value that is no object and not null counts as malformed.
    pub(super) fn read(returned: &str, messages: &[MessageId]) -> BatchReport {
        let failures = match serde_json::from_str(returned) {
            Ok(Json::Null) => return BatchReport::none(),
            Ok(Json::Object(mut object)) => object.remove("batchItemFailures"),
            _ => return BatchReport::Malformed,
        };
        let failures = match failures {
            None | Some(Json::Null) => return BatchReport::none(),
            Some(Json::Array(failures)) => failures,
            Some(_) => return BatchReport::Malformed,
        };
        let known = failures.iter().map(|failure| {
            let id = failure.get("itemIdentifier").and_then(Json::as_str)?;
            messages.iter().find(|message| *message == id).cloned()
        });
        let failures = known.collect::<Option<BTreeSet<MessageId>>>();
        failures.map_or(BatchReport::Malformed, BatchReport::Failures)
    }

    fn none() -> BatchReport {
        BatchReport::Failures(BTreeSet::new())
    }
}
