//! `CreateQueue`, `ListQueues`, `PurgeQueue` and `GetQueueUrl`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use stormglass_spec::Time;

use super::effect::{MessageChange, SqsEffect};
use super::error::SqsError;
use super::queue::{DeduplicationScope, Queue, Redrive, is_name, queue_arn};
use super::request::{SqsRefusal, shape};
use super::state::QueueState;
use super::{Effects, Sqs};

/// The time that has to pass between two purges of a queue.
const PURGE_PAUSE: Duration = Duration::from_secs(60);

/// The attributes of a queue that the model lacks.
pub(super) const NOT_MODELLED: [&str; 6] = [
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

/// A queue as a request has it.
#[derive(Clone, Debug)]
pub(super) struct CreateQueue {
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct CreateShape {
    #[serde(rename = "Attributes")]
    attributes: Option<BTreeMap<String, String>>,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
    max_receive_count: Json,
}

/// The answer with the URL of a queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueUrlAnswer {
    queue_url: String,
}

/// The answer with the URLs of queues.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAnswer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queue_urls: Vec<String>,
}

impl CreateQueue {
    pub(super) fn parse(body: &Json) -> Result<CreateQueue, SqsRefusal> {
        let CreateShape { attributes, tags } = shape(body)?;
        if tags.is_some_and(|tags| !tags.is_empty()) {
            return Err(SqsRefusal::unsupported("tags of a queue"));
        }
        let attributes = attributes.unwrap_or_default();
        match attributes.keys().find(|name| NOT_MODELLED.contains(&name.as_str())) {
            Some(name) => Err(SqsRefusal::unsupported(&format!("the attribute {name} of a queue"))),
            None => Ok(CreateQueue { attributes }),
        }
    }

    fn queue(&self, name: &str) -> Result<Queue, SqsError> {
        let is_fifo = self.attributes.get("FifoQueue").is_some_and(|value| value == "true");
        if !is_name(name, is_fifo) {
            return Err(SqsError::invalid(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in \
                 length",
            ));
        }
        let mut queue = if is_fifo { Queue::fifo(name) } else { Queue::new(name) };
        for (name, value) in &self.attributes {
            set(&mut queue, name, value)?;
        }
        Ok(queue)
    }
}

impl Sqs {
    /// Creates a queue, unless there is an equal one (QueueAlreadyExists if there is another).
    pub(super) fn create(
        &mut self,
        now: Time,
        name: &str,
        create: &CreateQueue,
    ) -> Result<QueueUrlAnswer, SqsError> {
        let queue = create.queue(name)?;
        if let Some(existing) = self.queues.get(name) {
            let differs = create.attributes.iter().find(|(name, value)| {
                let mut other = existing.queue.clone();
                set(&mut other, name, value).is_err() || other != existing.queue
            });
            return match differs {
                Some((attribute, _)) => Err(SqsError::queue_exists(attribute)),
                None => Ok(QueueUrlAnswer::of(&existing.queue)),
            };
        }
        if self.check_redrive(&queue).is_err() {
            let policy = create.attributes.get("RedrivePolicy").map_or("", String::as_str);
            let reason = "Dead letter target does not exist.";
            return Err(SqsError::invalid_value(policy, "RedrivePolicy", reason));
        }
        let answer = QueueUrlAnswer::of(&queue);
        self.queues.insert(name.to_owned(), QueueState::new(queue, now));
        Ok(answer)
    }

    pub(super) fn list(&self, prefix: &str) -> ListAnswer {
        let names = self.queues.iter().filter(|(name, _)| name.starts_with(prefix));
        ListAnswer { queue_urls: names.map(|(_, state)| state.queue.url()).collect() }
    }
}

impl QueueState {
    /// Drops all messages.
    pub(super) fn purge_all(&mut self, now: Time, effects: Effects<'_>) -> Result<(), SqsError> {
        if self.purged_at.is_some_and(|at| now < at + PURGE_PAUSE) {
            return Err(SqsError::purge_in_progress(&self.queue.name));
        }
        self.purged_at = Some(now);
        for message in self.purge() {
            let (queue, message) = (self.queue.name.clone(), message.content.id.clone());
            effects.push(SqsEffect { queue, message, change: MessageChange::Purged });
        }
        Ok(())
    }
}

impl QueueUrlAnswer {
    pub(super) fn of(queue: &Queue) -> QueueUrlAnswer {
        QueueUrlAnswer { queue_url: queue.url() }
    }
}

/// Sets an attribute of a queue by its name on AWS.
fn set(queue: &mut Queue, name: &str, value: &str) -> Result<(), SqsError> {
    let invalid = || SqsError::invalid_attribute(name);
    let seconds = || value.parse().map(Duration::from_secs).map_err(|_| invalid());
    let flag = || value.parse::<bool>().map_err(|_| invalid());
    match name {
        "VisibilityTimeout" => queue.visibility_timeout = seconds()?,
        "DelaySeconds" => queue.delay = seconds()?,
        "MessageRetentionPeriod" => queue.retention = seconds()?,
        "ReceiveMessageWaitTimeSeconds" => queue.receive_wait = seconds()?,
        "MaximumMessageSize" => {
            queue.message_bytes_max = value.parse().map_err(|_| invalid())?;
        }
        // AWS has no queue with `false` here: a queue is a FIFO queue, or has no such attribute.
        "FifoQueue" if value == "true" => queue.is_fifo = true,
        "FifoQueue" => return Err(SqsError::unknown_attribute(name)),
        "ContentBasedDeduplication" if queue.is_fifo => {
            queue.deduplicates_by_content = flag()?;
        }
        "DeduplicationScope" if queue.is_fifo => {
            queue.deduplication_scope = match value {
                "queue" => DeduplicationScope::Queue,
                "messageGroup" => DeduplicationScope::MessageGroup,
                _ => return Err(invalid()),
            };
        }
        "RedrivePolicy" => queue.redrive = Some(redrive(value)?),
        _ => return Err(SqsError::unknown_attribute(name)),
    }
    queue.check().map_err(|_| invalid())
}

/// Reads a redrive policy, whose number may be a text.
fn redrive(value: &str) -> Result<Redrive, SqsError> {
    let refuse = |reason: &str| SqsError::invalid_value(value, "RedrivePolicy", reason);
    let policy: RedrivePolicy =
        serde_json::from_str(value).map_err(|_| refuse("Redrive policy is not valid JSON."))?;
    let dead_letter_queue = policy.dead_letter_target_arn.rsplit(':').next().unwrap_or_default();
    if policy.dead_letter_target_arn != queue_arn(dead_letter_queue) {
        return Err(refuse("Invalid value for deadLetterTargetArn."));
    }
    let count = match &policy.max_receive_count {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let receives_max = count.and_then(|count| u32::try_from(count).ok());
    let receives_max = receives_max.ok_or_else(|| refuse("Invalid value for maxReceiveCount."))?;
    Ok(Redrive { dead_letter_queue: dead_letter_queue.to_owned(), receives_max })
}
