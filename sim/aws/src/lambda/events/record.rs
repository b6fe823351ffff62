//! The record of an event for its destination (FACTS 11.17).

use serde::Serialize;
use serde_json::value::RawValue;
use stormglass_spec::{EPOCH_MS, Time};

use super::event::{EventId, QueuedEvent};
use super::outcome::EventOutcome;
use crate::gateway::stamp::iso_8601;

/// The reason for the end of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Success,
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
    /// Nobody has published the name of this one.
    RecursiveInvocation,
}

impl Condition {
    fn name(self) -> &'static str {
        match self {
            Condition::Success => "Success",
            Condition::RetriesExhausted => "RetriesExhausted",
            Condition::EventAgeExceeded => "EventAgeExceeded",
            Condition::ZeroReservedConcurrency => "ZeroReservedConcurrency",
            Condition::RecursiveInvocation => "RecursiveInvocation",
        }
    }
}

/// Writes the record of an event that is over; `outcome` is that of its last attempt.
pub(super) fn record(
    now: Time,
    id: &EventId,
    event: &QueuedEvent,
    condition: Condition,
    outcome: &EventOutcome,
) -> String {
    let function = &event.invocation.function;
    let record = Record {
        version: "1.0",
        timestamp: iso_8601(EPOCH_MS + now.millis()),
        request_context: RequestContext {
            request_id: &id.request_id,
            function_arn: function.arn_of_version(),
            condition: condition.name(),
            approximate_invoke_count: event.runs,
        },
        request_payload: raw(&event.invocation.payload),
        response_context: ResponseContext::of(function.version(), outcome),
        response_payload: outcome.payload().map(raw),
    };
    serde_json::to_string(&record).expect("texts, numbers and JSON are JSON")
}

/// The members of a record in their order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    version: &'static str,
    timestamp: String,
    request_context: RequestContext<'a>,
    request_payload: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_payload: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    request_id: &'a str,
    function_arn: String,
    condition: &'static str,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext<'a> {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    executed_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_error: Option<&'static str>,
}

impl<'a> ResponseContext<'a> {
    /// Describes the last attempt. A function that did not run has no version in it; nobody has
    /// published such a record.
    fn of(version: &'a str, outcome: &EventOutcome) -> Option<ResponseContext<'a>> {
        let is_error = matches!(outcome, EventOutcome::FunctionError { .. });
        Some(ResponseContext {
            status_code: outcome.status()?,
            executed_version: outcome.payload().map(|_| version),
            function_error: is_error.then_some("Unhandled"),
        })
    }
}

/// Returns JSON as it stands. A process can return a text that is none, which becomes a string.
fn raw(text: &str) -> Box<RawValue> {
    let quoted = |_| serde_json::value::to_raw_value(text).expect("a text is JSON");
    RawValue::from_string(text.to_owned()).unwrap_or_else(quoted)
}
