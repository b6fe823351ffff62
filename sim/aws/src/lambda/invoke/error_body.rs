//! The bodies of errors of the Lambda API.

use serde::Serialize;

use crate::lambda::ThrottleReason;

/// The body of an error. The members stand in the order in which AWS writes them.
#[derive(Debug, Default, Serialize)]
pub(super) struct ErrorBody<'a> {
    /// The reason for a throttle.
    #[serde(rename = "Reason", skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The side that is at fault: `User` or `Service`.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    /// The message of an error whose shape spells the member with a capital.
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    capital_message: Option<&'a str>,
    /// The message of every other error.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl<'a> ErrorBody<'a> {
    /// Describes an error of the caller.
    pub(super) fn user(message: &'a str) -> ErrorBody<'a> {
        ErrorBody { side: Some("User"), message: Some(message), ..ErrorBody::default() }
    }

    /// Describes an error that is spelled with `Message`; `side` is at fault.
    pub(super) fn capital(side: &'static str, message: &'a str) -> ErrorBody<'a> {
        ErrorBody { side: Some(side), capital_message: Some(message), ..ErrorBody::default() }
    }

    /// Describes an error that comes from the front of the API, which says no side.
    pub(super) fn front(message: &'a str) -> ErrorBody<'a> {
        ErrorBody { capital_message: Some(message), ..ErrorBody::default() }
    }

    /// Describes a request that is malformed, as the front of the API does.
    pub(super) fn validation(message: &'a str) -> ErrorBody<'a> {
        ErrorBody { message: Some(message), ..ErrorBody::default() }
    }

    /// Describes a throttle (FACTS 11.9).
    pub(super) fn throttle(reason: ThrottleReason) -> ErrorBody<'a> {
        ErrorBody { reason: Some(reason.name()), ..ErrorBody::user("Rate Exceeded.") }
    }

    /// Returns the body as JSON.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("texts are JSON")
    }
}
