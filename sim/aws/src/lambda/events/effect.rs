//! The effects of an event that is over.

use super::event::EventId;
use super::outcome::EventOutcome;

/// The longest message of an error in a dead-letter queue, in bytes (FACTS 11.17).
const MESSAGE_BYTES_MAX: usize = 1024;

/// An effect that the driver carries out. One that fails is lost, and does not bring the event back
/// (FACTS 11.17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsyncEffect {
    /// Send an event that failed to a dead-letter queue.
    DeadLetter {
        /// The ARN of a queue or a topic.
        to: String,
        /// The body of the message: the event.
        body: String,
        /// The attributes of the message, in the order of their names.
        attributes: Vec<DeadLetterAttribute>,
    },
    /// Send the record of an event to its destination: as a message, as the event of an
    /// asynchronous invocation, or as the detail of an event on a bus.
    Destination {
        /// The ARN of a queue, a topic, a function or a bus.
        to: String,
        /// The record, as JSON.
        body: String,
    },
    /// Note the loss of an event that failed: its function has neither a dead-letter queue nor a
    /// destination for failures.
    Discarded {
        /// The event.
        id: EventId,
    },
}

/// An attribute of a message in a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterAttribute {
    /// The name: `ErrorCode`, `ErrorMessage` or `RequestID`.
    pub name: &'static str,
    /// The type: `Number` or `String`.
    pub data_type: &'static str,
    /// The value.
    pub value: String,
}

/// Returns the attributes of an event whose last attempt failed.
pub(super) fn attributes(id: &EventId, outcome: &EventOutcome) -> Vec<DeadLetterAttribute> {
    let text = |name, value| DeadLetterAttribute { name, data_type: "String", value };
    let code = outcome.status().map(|status| DeadLetterAttribute {
        name: "ErrorCode",
        data_type: "Number",
        value: status.to_string(),
    });
    let mut message = outcome.message();
    message.truncate(message.floor_char_boundary(MESSAGE_BYTES_MAX));
    let rest = [text("ErrorMessage", message), text("RequestID", id.request_id.clone())];
    code.into_iter().chain(rest).collect()
}
