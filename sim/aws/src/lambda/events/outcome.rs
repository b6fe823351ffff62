//! The outcomes of attempts to run an event.

use serde_json::Value;

/// The outcome of an attempt to run an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    /// The function returned this JSON.
    Succeeded {
        /// The response.
        payload: String,
    },
    /// The function failed, by an error, an exit or a timeout.
    FunctionError {
        /// The error object, which [`FunctionFailure`](crate::lambda::FunctionFailure) writes.
        payload: String,
    },
    /// The function had no place for the event (FACTS 11.13).
    Throttled,
    /// The function reserves a concurrency of 0 (FACTS 11.18).
    Disabled,
    /// The service failed before the function ran (FACTS 11.13).
    PlatformError,
    /// The function has run too often for one original event, by
    /// [`Lineage::extend`](crate::lambda::Lineage::extend) (FACTS 11.20).
    RecursionStopped,
}

impl EventOutcome {
    /// Returns the HTTP status of the attempt. There is none if the function is disabled.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            EventOutcome::Succeeded { .. } | EventOutcome::FunctionError { .. } => Some(200),
            EventOutcome::Throttled => Some(429),
            EventOutcome::Disabled => None,
            EventOutcome::PlatformError => Some(500),
            EventOutcome::RecursionStopped => Some(400),
        }
    }

    /// Returns the response or the error object of the function, if it ran.
    pub(super) fn payload(&self) -> Option<&str> {
        match self {
            EventOutcome::Succeeded { payload } | EventOutcome::FunctionError { payload } => {
                Some(payload)
            }
            EventOutcome::Throttled
            | EventOutcome::Disabled
            | EventOutcome::PlatformError
            | EventOutcome::RecursionStopped => None,
        }
    }

    /// Returns the message of a failure, as a dead-letter queue gets it. Only those of functions
    /// and throttles are published.
    pub(super) fn message(&self) -> String {
        let message = match self {
            EventOutcome::Succeeded { payload } | EventOutcome::FunctionError { payload } => {
                return message_of(payload);
            }
            EventOutcome::Throttled => "Rate Exceeded.",
            EventOutcome::Disabled => "The function reserves a concurrency of 0.",
            EventOutcome::PlatformError => "An error occurred and the request cannot be processed.",
            EventOutcome::RecursionStopped => "Lambda stopped a recursive loop.",
        };
        message.to_owned()
    }
}

/// Returns the message of an error object, or the whole text if it is none.
fn message_of(payload: &str) -> String {
    let error: Option<Value> = serde_json::from_str(payload).ok();
    let message = error.as_ref().and_then(|error| error.get("errorMessage")?.as_str());
    message.unwrap_or(payload).to_owned()
}
