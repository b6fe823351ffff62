//! Requests, checked as far as no queue is needed.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value as Json, json};

use crate::http::{HttpAnswer, HttpRequest};

use super::delete::DeleteEntry;
use super::error::SqsError;
use super::lifecycle::CreateQueue;
use super::queue::Queue;
use super::receive::ReceiveCommand;
use super::send::SendEntry;
use super::visibility::VisibilityEntry;

/// The prefix of the operation in the header `x-amz-target`.
const TARGET: &str = "AmazonSQS.";

/// The operations that AWS has and the model lacks.
const NOT_MODELLED: [&str; 11] = [
    "AddPermission",
    "CancelMessageMoveTask",
    "DeleteQueue",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

/// A sound request to SQS.
#[derive(Clone, Debug)]
pub struct SqsRequest {
    body: Json,
    operation: &'static str,
    /// The name of the queue, if the operation is about one.
    queue: Option<String>,
    /// The trace that the sender of a message is part of.
    pub(super) trace_header: Option<String>,
    pub(super) command: Command,
}

/// A refusal of a request before any queue is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqsRefusal {
    /// The answer on the wire.
    pub answer: HttpAnswer,
    /// True if the model refused a request that AWS would have served.
    ///
    /// A run with such an answer proves nothing about AWS.
    pub is_unsupported: bool,
}

/// An operation with its parameters.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Send(SendEntry),
    SendBatch(Vec<SendEntry>),
    Receive(ReceiveCommand),
    Delete(DeleteEntry),
    DeleteBatch(Vec<DeleteEntry>),
    ChangeVisibility(VisibilityEntry),
    ChangeVisibilityBatch(Vec<VisibilityEntry>),
    QueueUrl,
    QueueAttributes(Vec<String>),
    Create(CreateQueue),
    List { prefix: String },
    Purge,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueOfRequest {
    queue_url: Option<String>,
    queue_name: Option<String>,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    queue_owner: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch<T> {
    entries: Option<Vec<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeNames {
    attribute_names: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListQueues {
    queue_name_prefix: Option<String>,
    next_token: Option<IgnoredAny>,
    max_results: Option<IgnoredAny>,
}

impl SqsRequest {
    /// Parses a request of the JSON protocol (FACTS 12.1). Its path does not matter, and neither
    /// does the header `x-amzn-query-mode`.
    ///
    /// # Errors
    ///
    /// If AWS refuses the request before it looks at a queue: the answer of AWS. If the model lacks
    /// the operation or a member of it: an answer that says so.
    pub fn parse(request: &HttpRequest) -> Result<SqsRequest, SqsRefusal> {
        let Some(target) = request.header("x-amz-target") else {
            return Err(SqsRefusal::unsupported("requests of the query protocol"));
        };
        let Some(operation) = target.strip_prefix(TARGET) else {
            return Err(SqsRefusal::unknown_operation(target));
        };
        let parsed = SqsRequest::read(operation, &request.body)?;
        let trace_header = request.header("x-amzn-trace-id").map(str::to_owned);
        Ok(SqsRequest { trace_header, ..parsed })
    }

    /// Reads a request from the name of its operation and its body. A service that sends to a queue
    /// without the network begins here.
    ///
    /// # Errors
    ///
    /// As [`SqsRequest::parse`].
    pub fn read(operation: &str, body: &[u8]) -> Result<SqsRequest, SqsRefusal> {
        if NOT_MODELLED.contains(&operation) {
            return Err(SqsRefusal::unsupported(operation));
        }
        let body: Json = serde_json::from_slice(body)
            .map_err(|_| SqsError::serialization("The body is not JSON."))?;
        let (operation, command) = match operation {
            "SendMessage" => ("SendMessage", Command::Send(shape(&body)?)),
            "SendMessageBatch" => ("SendMessageBatch", Command::SendBatch(entries(&body)?)),
            "ReceiveMessage" => ("ReceiveMessage", Command::Receive(shape(&body)?)),
            "DeleteMessage" => ("DeleteMessage", Command::Delete(shape(&body)?)),
            "DeleteMessageBatch" => ("DeleteMessageBatch", Command::DeleteBatch(entries(&body)?)),
            "ChangeMessageVisibility" => {
                ("ChangeMessageVisibility", Command::ChangeVisibility(shape(&body)?))
            }
            "ChangeMessageVisibilityBatch" => {
                ("ChangeMessageVisibilityBatch", Command::ChangeVisibilityBatch(entries(&body)?))
            }
            "GetQueueUrl" => ("GetQueueUrl", Command::QueueUrl),
            "GetQueueAttributes" => {
                let AttributeNames { attribute_names } = shape(&body)?;
                let names = attribute_names.unwrap_or_default();
                ("GetQueueAttributes", Command::QueueAttributes(names))
            }
            "CreateQueue" => ("CreateQueue", Command::Create(CreateQueue::parse(&body)?)),
            "ListQueues" => ("ListQueues", list(&body)?),
            "PurgeQueue" => ("PurgeQueue", Command::Purge),
            other => return Err(SqsRefusal::unknown_operation(other)),
        };
        let queue = queue_name(&body, &command)?;
        Ok(SqsRequest { body, operation, queue, trace_header: None, command })
    }

    /// Makes the request with which another service of AWS sends a message to a queue.
    /// `attributes` are those of the message, in the form of the JSON protocol (FACTS 12.1).
    ///
    /// `deduplication_id` is for a FIFO queue, where all messages of a service are in one group.
    ///
    /// # Errors
    ///
    /// As [`SqsRequest::parse`].
    pub fn of_service(
        queue: &Queue,
        body: &str,
        attributes: &Json,
        deduplication_id: &str,
    ) -> Result<SqsRequest, SqsRefusal> {
        let mut request = json!({ "QueueUrl": queue.url(), "MessageBody": body });
        if !attributes.is_null() {
            request["MessageAttributes"] = attributes.clone();
        }
        if queue.is_fifo {
            request["MessageGroupId"] = "service".into();
            request["MessageDeduplicationId"] = deduplication_id.into();
        }
        SqsRequest::read("SendMessage", request.to_string().as_bytes())
    }

    /// Returns the number of entries of a batch; 0 for every other request.
    pub fn entries(&self) -> usize {
        match &self.command {
            Command::SendBatch(entries) => entries.len(),
            Command::DeleteBatch(entries) => entries.len(),
            Command::ChangeVisibilityBatch(entries) => entries.len(),
            _ => 0,
        }
    }

    /// Returns the name of the operation.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the name of the queue, as the request has it: the queue may not exist. `None` for
    /// `ListQueues`.
    pub fn queue(&self) -> Option<&str> {
        self.queue.as_deref()
    }

    /// Returns the action of IAM that the caller needs. Batches have none of their own
    /// (FACTS 17.2).
    pub fn iam_action(&self) -> String {
        format!("sqs:{}", self.operation.trim_end_matches("Batch"))
    }

    /// Returns the body with the keys of every object sorted: equal for equal requests.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        write_sorted(&mut out, &self.body);
        out
    }
}

impl SqsRefusal {
    /// Refuses a part of SQS that AWS has and the model lacks.
    pub(super) fn unsupported(part: &str) -> SqsRefusal {
        let message = format!("The simulated SQS does not support {part}.");
        let answer = SqsError::unknown_operation(&message).answer();
        SqsRefusal { answer, is_unsupported: true }
    }

    fn unknown_operation(name: &str) -> SqsRefusal {
        SqsError::unknown_operation(&format!("The operation {name} does not exist.")).into()
    }
}

impl From<SqsError> for SqsRefusal {
    fn from(error: SqsError) -> SqsRefusal {
        SqsRefusal { answer: error.answer(), is_unsupported: false }
    }
}

/// Reads a body into its shape.
pub(super) fn shape<T: DeserializeOwned>(body: &Json) -> Result<T, SqsError> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let (path, reason) = (error.path().to_string(), error.inner());
        SqsError::serialization(&format!("The value at {path} is malformed: {reason}."))
    })
}

fn entries<T: DeserializeOwned>(body: &Json) -> Result<Vec<T>, SqsError> {
    let batch: Batch<T> = shape(body)?;
    Ok(batch.entries.unwrap_or_default())
}

fn list(body: &Json) -> Result<Command, SqsRefusal> {
    let ListQueues { queue_name_prefix, next_token, max_results } = shape(body)?;
    if next_token.is_some() || max_results.is_some() {
        return Err(SqsRefusal::unsupported("pages of ListQueues"));
    }
    Ok(Command::List { prefix: queue_name_prefix.unwrap_or_default() })
}

/// Reads the name of the queue out of its URL, or as it stands in a request that has no URL.
fn queue_name(body: &Json, command: &Command) -> Result<Option<String>, SqsRefusal> {
    let QueueOfRequest { queue_url, queue_name, queue_owner: owner } = shape(body)?;
    let is_set = |text: &String| !text.is_empty();
    match command {
        Command::List { .. } => Ok(None),
        Command::Create(_) | Command::QueueUrl => {
            if owner.is_some_and(|owner| owner != crate::ACCOUNT) {
                return Err(SqsRefusal::unsupported("queues of another account"));
            }
            let name = queue_name.filter(is_set);
            Ok(Some(name.ok_or_else(|| SqsError::missing("QueueName"))?))
        }
        _ => {
            let url = queue_url.filter(is_set).ok_or_else(|| SqsError::missing("QueueUrl"))?;
            let name = url.rsplit('/').next().unwrap_or_default();
            Ok(Some(name.to_owned()))
        }
    }
}

fn write_sorted(out: &mut String, json: &Json) {
    match json {
        Json::Array(elements) => {
            let mut before = '[';
            for element in elements {
                out.push(before);
                before = ',';
                write_sorted(out, element);
            }
            out.push_str(if elements.is_empty() { "[]" } else { "]" });
        }
        Json::Object(object) => write_sorted_object(out, object),
        // Writing to a string cannot fail.
        plain => _ = write!(out, "{plain}"),
    }
}

fn write_sorted_object(out: &mut String, object: &Map<String, Json>) {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    let mut before = '{';
    for (name, json) in &members {
        // Writing to a string cannot fail.
        _ = write!(out, "{before}{}:", Json::from(name.as_str()));
        before = ',';
        write_sorted(out, json);
    }
    out.push_str(if members.is_empty() { "{}" } else { "}" });
}
