//! `GetQueueAttributes`: a queue and its counts, described (FACTS 12.1, 12.13).

use serde::Serialize;
use serde_json::json;
use stormglass_spec::Time;

use super::error::SqsError;
use super::lifecycle::NOT_MODELLED;
use super::message::Pairs;
use super::queue::{DeduplicationScope, Queue, queue_arn};
use super::settings::SqsSettings;
use super::state::QueueState;

/// The numbers of messages in a queue. Those of AWS lag by a minute; these are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    /// The messages that a receive could return, apart from the order in a group.
    pub visible: usize,
    /// The messages that were received and are hidden.
    pub in_flight: usize,
    /// The messages that were sent with a delay and are hidden.
    pub delayed: usize,
}

/// The answer with the attributes of a queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttributesAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Pairs>,
}

impl QueueState {
    /// Returns the numbers of messages.
    pub(super) fn counts(&self, now: Time) -> MessageCounts {
        let mut counts = MessageCounts::default();
        for (_, message) in self.messages() {
            let count = if message.visible_at <= now {
                &mut counts.visible
            } else if message.is_in_flight(now) {
                &mut counts.in_flight
            } else {
                &mut counts.delayed
            };
            *count += 1;
        }
        counts
    }

    /// Describes the queue by the attributes with these names.
    pub(super) fn describe(
        &self,
        now: Time,
        names: &[String],
        settings: &SqsSettings,
    ) -> Result<AttributesAnswer, SqsError> {
        let mut all = self.attributes(now, settings);
        let is_known = |asked: &str| {
            let fifo = ["ContentBasedDeduplication", "DeduplicationScope", "FifoQueue"];
            let rare = ["RedrivePolicy", "All"];
            all.iter().any(|(name, _)| *name == asked)
                || fifo.into_iter().chain(rare).chain(NOT_MODELLED).any(|name| name == asked)
        };
        if let Some(name) = names.iter().find(|name| !is_known(name)) {
            return Err(SqsError::unknown_attribute(name));
        }
        all.retain(|(name, _)| names.iter().any(|asked| asked == "All" || asked == name));
        let attributes = (!all.is_empty()).then_some(Pairs(all));
        Ok(AttributesAnswer { attributes })
    }

    fn attributes(&self, now: Time, settings: &SqsSettings) -> Vec<(&'static str, String)> {
        let Queue {
            name,
            is_fifo,
            visibility_timeout,
            delay,
            retention,
            receive_wait,
            message_bytes_max,
            deduplicates_by_content,
            deduplication_scope,
            redrive,
        } = &self.queue;
        let MessageCounts { visible, in_flight, delayed } = self.counts(now);
        let created = ((settings.epoch_ms + self.created_at.millis()) / 1_000).to_string();
        let mut all = vec![
            ("QueueArn", queue_arn(name)),
            ("ApproximateNumberOfMessages", visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
            ("CreatedTimestamp", created.clone()),
            ("LastModifiedTimestamp", created),
            ("VisibilityTimeout", visibility_timeout.as_secs().to_string()),
            ("MaximumMessageSize", message_bytes_max.to_string()),
            ("MessageRetentionPeriod", retention.as_secs().to_string()),
            ("DelaySeconds", delay.as_secs().to_string()),
            ("ReceiveMessageWaitTimeSeconds", receive_wait.as_secs().to_string()),
        ];
        if let Some(redrive) = redrive {
            let policy = json!({
                "deadLetterTargetArn": queue_arn(&redrive.dead_letter_queue),
                "maxReceiveCount": redrive.receives_max,
            });
            all.push(("RedrivePolicy", policy.to_string()));
        }
        if *is_fifo {
            let scope = match deduplication_scope {
                DeduplicationScope::Queue => "queue",
                DeduplicationScope::MessageGroup => "messageGroup",
            };
            all.push(("FifoQueue", true.to_string()));
            all.push(("ContentBasedDeduplication", deduplicates_by_content.to_string()));
            all.push(("DeduplicationScope", scope.to_owned()));
        }
        all
    }
}
