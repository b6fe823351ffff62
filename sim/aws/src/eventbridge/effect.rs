//! Effects, which EventBridge asks its driver for.

use std::collections::BTreeMap;

use super::delivery::{DeliveryId, Failure};

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventBridgeEffect {
    /// Deliver an event to a target: invoke a function asynchronously (FACTS 14.7), or send to a
    /// queue. The outcome goes to [`super::EventBridge::settle`].
    Deliver {
        /// The delivery that the outcome belongs to.
        delivery: DeliveryId,
        /// The ARN of the rule.
        rule_arn: String,
        /// The ARN of the target.
        target_arn: String,
        /// The input of the target, as JSON.
        input: String,
        /// The number of retries before this attempt.
        retries: u32,
    },
    /// Send a message to a dead-letter queue.
    DeadLetter(DeadLetter),
    /// Note the loss of an event: it was not delivered, and there is no dead-letter queue.
    Lost {
        /// The ARN of the rule.
        rule_arn: String,
        /// The ARN of the target.
        target_arn: String,
        /// The event, as JSON.
        event: String,
        /// The code of the last failure.
        code: String,
    },
}

/// A message for a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The ARN of the queue.
    pub queue_arn: String,
    /// The body: the event.
    pub body: String,
    /// The attributes, all of the type `String` (FACTS 14.8).
    pub attributes: BTreeMap<&'static str, String>,
}

impl DeadLetter {
    /// Builds a message with the attributes of a failure.
    pub(crate) fn new(
        queue_arn: String,
        body: String,
        retries: u32,
        failure: Failure,
    ) -> DeadLetter {
        let Failure { code, message, exhausted } = failure;
        let mut attributes = BTreeMap::from([
            ("ERROR_CODE", code),
            ("ERROR_MESSAGE", message),
            ("RETRY_ATTEMPTS", retries.to_string()),
        ]);
        if let Some(condition) = exhausted {
            attributes.insert("EXHAUSTED_RETRY_CONDITION", condition.to_owned());
        }
        DeadLetter { queue_arn, body, attributes }
    }

    /// Adds an attribute.
    pub(crate) fn attribute(mut self, name: &'static str, value: String) -> DeadLetter {
        self.attributes.insert(name, value);
        self
    }
}
