//! Errors of SQS, with the statuses, names and bodies of AWS (FACTS 12.2, 12.3).

use serde::Serialize;

use crate::http::HttpAnswer;

/// The content type of all requests and answers (FACTS 12.1).
pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// The namespace of the errors that the model of SQS has.
const MODEL: &str = "com.amazonaws.sqs";
/// The namespace of the errors that all services share.
const SHARED: &str = "com.amazon.coral.service";
/// The namespace of throttling.
const AVAILABILITY: &str = "com.amazon.coral.availability";

/// An error of SQS.
///
/// A driver makes one for a denied request or for a fault that it injects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqsError {
    status: u16,
    namespace: &'static str,
    /// The name of the error in the body.
    shape: &'static str,
    /// The name of the error in the header, which clients go by.
    code: &'static str,
    message: String,
    is_fault_of_sender: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "__type")]
    kind: String,
    message: &'a str,
}

impl SqsError {
    /// Makes a denial, whose message names the user, the action and the queue (FACTS 17.1).
    pub fn access_denied(message: &str) -> SqsError {
        let error = SqsError::shared("AccessDeniedException", "AccessDenied", message);
        SqsError { status: 403, ..error }
    }

    /// Makes an error of the service itself, after which a client tries again (FACTS 12.4).
    pub fn internal() -> SqsError {
        let message = "We encountered an internal error. Please try again.";
        let error = SqsError::shared("InternalFailure", "InternalError", message);
        SqsError { status: 500, is_fault_of_sender: false, ..error }
    }

    /// Makes the error of too many calls, after which a client tries again (FACTS 12.4, 12.16).
    pub fn throttled() -> SqsError {
        let error = SqsError::shared("ThrottlingException", "ThrottlingException", "Rate exceeded");
        SqsError { namespace: AVAILABILITY, ..error }
    }

    /// Returns the answer on the wire.
    pub fn answer(&self) -> HttpAnswer {
        let kind = format!("{}#{}", self.namespace, self.shape);
        let body = serde_json::to_vec(&Body { kind, message: &self.message });
        let body = body.expect("two texts can be written as JSON");
        let side = if self.is_fault_of_sender { "Sender" } else { "Receiver" };
        HttpAnswer::new(self.status, CONTENT_TYPE, body)
            .header("x-amzn-query-error", format!("{};{side}", self.code))
    }

    /// Returns the name of the error, as clients see it.
    pub fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn is_fault_of_sender(&self) -> bool {
        self.is_fault_of_sender
    }

    /// Refuses a value. The message is whole.
    pub(super) fn invalid(message: &str) -> SqsError {
        SqsError::shared("InvalidParameterValueException", "InvalidParameterValue", message)
    }

    /// Refuses the value of a parameter for a reason.
    pub(super) fn invalid_value(value: &str, parameter: &str, reason: &str) -> SqsError {
        SqsError::invalid(&format!(
            "Value {value} for parameter {parameter} is invalid. Reason: {reason}"
        ))
    }

    pub(super) fn missing(parameter: &str) -> SqsError {
        let message = format!("The request must contain the parameter {parameter}.");
        SqsError::shared("MissingRequiredParameterException", "MissingParameter", &message)
    }

    /// Refuses a body of the wrong shape.
    pub(super) fn serialization(message: &str) -> SqsError {
        SqsError::shared("SerializationException", "MalformedInput", message)
    }

    pub(super) fn unknown_operation(message: &str) -> SqsError {
        SqsError::shared("UnknownOperationException", "InvalidAction", message)
    }

    pub(super) fn no_such_queue() -> SqsError {
        let code = "AWS.SimpleQueueService.NonExistentQueue";
        SqsError::modelled("QueueDoesNotExist", code, "The specified queue does not exist.")
    }

    pub(super) fn illegal_characters() -> SqsError {
        let message = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | \
                       #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
        SqsError::modelled("InvalidMessageContents", "InvalidMessageContents", message)
    }

    pub(super) fn not_in_flight() -> SqsError {
        let code = "AWS.SimpleQueueService.MessageNotInflight";
        SqsError::modelled("MessageNotInflight", code, "The message referred to isn't in flight.")
    }

    /// Refuses a receipt handle that SQS never made for this queue.
    pub(super) fn no_receipt_handle(handle: &str) -> SqsError {
        let message =
            format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
        SqsError::modelled("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", &message)
    }

    /// Refuses a receipt handle that is too old (FACTS 12.10).
    pub(super) fn receipt_handle_expired(handle: &str) -> SqsError {
        SqsError::invalid_value(handle, "ReceiptHandle", "The receipt handle has expired.")
    }

    /// Refuses an entry of a batch, which has another name for an expired handle (FACTS 12.10).
    pub(super) fn in_batch(self) -> SqsError {
        if self.message.ends_with("The receipt handle has expired.") {
            let (namespace, code) = (MODEL, "ReceiptHandleIsInvalid");
            let message = "The receipt handle has expired".to_owned();
            return SqsError { namespace, shape: code, code, message, ..self };
        }
        self
    }

    /// Refuses a receive: too many messages are in flight (FACTS 12.13).
    pub(super) fn over_limit() -> SqsError {
        let message = "The maximum number of in flight messages is reached.";
        SqsError::modelled("OverLimit", "OverLimit", message)
    }

    pub(super) fn empty_batch(operation: &str) -> SqsError {
        let code = "AWS.SimpleQueueService.EmptyBatchRequest";
        let message =
            format!("There should be at least one {operation}RequestEntry in the request.");
        SqsError::modelled("EmptyBatchRequest", code, &message)
    }

    pub(super) fn too_many_entries(count: usize, count_max: usize) -> SqsError {
        let code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest";
        let message = format!(
            "Maximum number of entries per request are {count_max}. You have sent {count}."
        );
        SqsError::modelled("TooManyEntriesInBatchRequest", code, &message)
    }

    pub(super) fn illegal_entry_id() -> SqsError {
        let code = "AWS.SimpleQueueService.InvalidBatchEntryId";
        let message = "A batch entry id can only contain alphanumeric characters, hyphens and \
                       underscores. It can be at most 80 letters long.";
        SqsError::modelled("InvalidBatchEntryId", code, message)
    }

    pub(super) fn repeated_entry_id(id: &str) -> SqsError {
        let code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct";
        SqsError::modelled("BatchEntryIdsNotDistinct", code, &format!("Id {id} repeated."))
    }

    pub(super) fn batch_too_long(bytes: usize, bytes_max: usize) -> SqsError {
        let code = "AWS.SimpleQueueService.BatchRequestTooLong";
        let message = format!(
            "Batch requests cannot be longer than {bytes_max} bytes. You have sent {bytes} bytes."
        );
        SqsError::modelled("BatchRequestTooLong", code, &message)
    }

    pub(super) fn queue_exists(attribute: &str) -> SqsError {
        let message = format!(
            "A queue already exists with the same name and a different value for attribute \
             {attribute}"
        );
        SqsError::modelled("QueueNameExists", "QueueAlreadyExists", &message)
    }

    pub(super) fn unknown_attribute(name: &str) -> SqsError {
        let message = format!("Unknown Attribute {name}.");
        SqsError::modelled("InvalidAttributeName", "InvalidAttributeName", &message)
    }

    pub(super) fn invalid_attribute(name: &str) -> SqsError {
        let message = format!("Invalid value for the parameter {name}.");
        SqsError::modelled("InvalidAttributeValue", "InvalidAttributeValue", &message)
    }

    pub(super) fn purge_in_progress(queue: &str) -> SqsError {
        let code = "AWS.SimpleQueueService.PurgeQueueInProgress";
        let message =
            format!("Only one PurgeQueue operation on {queue} is allowed every 60 seconds.");
        let error = SqsError::modelled("PurgeQueueInProgress", code, &message);
        SqsError { status: 403, ..error }
    }

    fn shared(shape: &'static str, code: &'static str, message: &str) -> SqsError {
        let error = SqsError::modelled(shape, code, message);
        SqsError { namespace: SHARED, ..error }
    }

    fn modelled(shape: &'static str, code: &'static str, message: &str) -> SqsError {
        let (status, namespace, is_fault_of_sender) = (400, MODEL, true);
        let message = message.to_owned();
        SqsError { status, namespace, shape, code, message, is_fault_of_sender }
    }
}
