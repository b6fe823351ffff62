//! Answers of `PutEvents` (FACTS 14.2, 14.3).

use serde::Serialize;
use serde_json::json;

use crate::http::HttpAnswer;

/// The media type of requests and answers.
const MEDIA_TYPE: &str = "application/x-amz-json-1.1";

/// The refusal of a whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBridgeRefusal {
    /// The answer on the wire.
    pub answer: HttpAnswer,
    /// True if the model refused a request that AWS would have served. A run with such an answer
    /// proves nothing about AWS.
    pub is_unsupported: bool,
}

/// A failure of one entry of `PutEvents`, in an answer with the status 200. The SDK returns success
/// and does not retry the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFailure {
    /// The place of the entry, from 0.
    pub entry: usize,
    /// The code: `ThrottlingException` and `InternalFailure` may be sent again, others may not.
    pub code: String,
    /// The message for people.
    pub message: String,
}

/// A failure of the whole call that the driver decides on. The SDK tries both three times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// The account is over its rate (FACTS 14.12).
    Throttled,
    /// The service failed.
    Internal,
}

impl CallFailure {
    /// Returns the answer on the wire.
    pub fn answer(self) -> HttpAnswer {
        match self {
            CallFailure::Throttled => error(400, "ThrottlingException", "Rate exceeded"),
            CallFailure::Internal => error(500, "InternalException", "Internal error"),
        }
    }
}

impl EventBridgeRefusal {
    pub(super) fn new(code: &str, message: &str) -> EventBridgeRefusal {
        EventBridgeRefusal { answer: error(400, code, message), is_unsupported: false }
    }

    pub(super) fn unsupported(name: &str) -> EventBridgeRefusal {
        let message = format!("{name} is not modelled by the simulator");
        let answer = error(400, "UnsupportedOperationException", &message);
        EventBridgeRefusal { answer, is_unsupported: true }
    }
}

/// The result of an entry, as the answer has it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum EntryResult {
    /// The entry became an event.
    #[serde(rename_all = "PascalCase")]
    Accepted { event_id: String },
    /// The entry failed.
    #[serde(rename_all = "PascalCase")]
    Failed { error_code: String, error_message: String },
}

/// The answer, with a result for each entry in the same order.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEventsAnswer<'a> {
    failed_entry_count: usize,
    entries: &'a [EntryResult],
}

/// Builds the answer to a call that was right itself.
pub(super) fn results(entries: &[EntryResult]) -> HttpAnswer {
    let failed = entries.iter().filter(|entry| matches!(entry, EntryResult::Failed { .. }));
    let answer = PutEventsAnswer { failed_entry_count: failed.count(), entries };
    let body = serde_json::to_vec(&answer).expect("an answer is JSON");
    HttpAnswer::new(200, MEDIA_TYPE, body)
}

pub(super) fn error(status: u16, code: &str, message: &str) -> HttpAnswer {
    let body = json!({ "__type": code, "message": message });
    HttpAnswer::new(status, MEDIA_TYPE, body.to_string())
}
