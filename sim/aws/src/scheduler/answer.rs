//! Answers of Scheduler (FACTS 14.13).

use serde::Serialize;
use serde_json::json;

use crate::eventbridge::EventBridgeRefusal;
use crate::http::HttpAnswer;

/// The media type of answers.
const MEDIA_TYPE: &str = "application/json";

/// A failure of a call that the driver decides on. The SDK tries both three times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchedulerFailure {
    /// The account is over its rate (FACTS 14.15).
    Throttled,
    /// The service failed.
    Internal,
}

impl SchedulerFailure {
    /// Returns the answer on the wire.
    pub fn answer(self) -> HttpAnswer {
        match self {
            SchedulerFailure::Throttled => error(429, "ThrottlingException", "Rate exceeded"),
            SchedulerFailure::Internal => {
                error(500, "InternalServerException", "Internal server error")
            }
        }
    }
}

/// Builds a successful answer.
pub(super) fn success(body: &impl Serialize) -> HttpAnswer {
    HttpAnswer::new(200, MEDIA_TYPE, serde_json::to_vec(body).expect("an answer is JSON"))
}

pub(super) fn error(status: u16, code: &'static str, message: &str) -> HttpAnswer {
    let body = json!({ "Message": message }).to_string();
    HttpAnswer::new(status, MEDIA_TYPE, body).header("x-amzn-errortype", code)
}

pub(super) fn invalid(message: &str) -> EventBridgeRefusal {
    EventBridgeRefusal { answer: error(400, "ValidationException", message), is_unsupported: false }
}

pub(super) fn unsupported(name: &str) -> EventBridgeRefusal {
    let message = format!("{name} is not modelled by the simulator");
    let answer = error(400, "UnsupportedOperationException", &message);
    EventBridgeRefusal { answer, is_unsupported: true }
}
