//! SNS, sans IO: standard topics with subscriptions of functions and queues (FACTS 15).
//!
//! A request goes in, an answer and deliveries come out. The driver carries each delivery out and
//! reports with [`Sns::settle`] what Lambda or SQS answered; SNS tries again or gives up. A topic
//! delivers at least once and in no certain order (FACTS 15.8): a driver may carry a delivery out
//! twice, or two in another order.
//!
//! Not modelled, and refused by name: FIFO topics, phone numbers, messages with a structure, and
//! all operations but `Publish` and `PublishBatch`. Subscriptions have no filters.
//!
//! - `topic`, `settings`: topics and subscriptions as data, and choices.
//! - `request`, `attribute`, `unmodelled`: requests, the messages in them, and what is refused.
//! - `answer`: answers in XML.
//! - `notification`: a message as functions and queues get it.
//! - `delivery`, `effect`: retries, and the effects that SNS asks for.

mod answer;
mod attribute;
mod delivery;
mod effect;
mod notification;
mod request;
mod settings;
mod topic;
mod unmodelled;

use std::collections::BTreeMap;

use stormglass_spec::{Sketch, Time};

pub use answer::{SnsRefusal, error};
use answer::{escape, success};
pub use attribute::{Attribute, AttributeValue, Attributes};
use delivery::{Delivery, delay};
pub use delivery::{RETRIES_MAX, SnsDeliveryId, SnsDeliveryOutcome};
pub use effect::SnsEffect;
use notification::Notification;
pub use notification::QueueMessage;
pub use request::{BatchEntry, Message, Mistake, PUBLISH_BYTES_MAX, SnsRequest};
pub use settings::{SnsSettings, SnsThrottle};
pub use topic::{Protocol, Subscription, Topic, TopicError};

use crate::http::HttpAnswer;
use crate::uuid::uuid;

/// The topics of an account and a region.
#[derive(Debug)]
pub struct Sns {
    topics: Vec<Topic>,
    settings: SnsSettings,
    /// The deliveries that are under way or wait for their next attempt.
    deliveries: BTreeMap<SnsDeliveryId, Delivery>,
}

impl Sns {
    /// Creates topics without deliveries.
    ///
    /// # Errors
    ///
    /// If a topic is not sound, or two have one name.
    pub fn new(topics: Vec<Topic>, settings: SnsSettings) -> Result<Sns, TopicError> {
        for (index, topic) in topics.iter().enumerate() {
            topic.check()?;
            if topics[..index].iter().any(|earlier| earlier.name == topic.name) {
                return Err(TopicError::Duplicate(topic.name.clone()));
            }
        }
        Ok(Sns { topics, settings, deliveries: BTreeMap::new() })
    }

    /// Carries out a request: the answer, and the first attempt of each delivery. `key` makes the
    /// ids of the request and of its messages; it is unique and stable.
    ///
    /// # Panics
    ///
    /// If the key was used for a message whose delivery is not over.
    pub fn apply(
        &mut self,
        now: Time,
        request: &SnsRequest,
        key: &str,
    ) -> (HttpAnswer, Vec<SnsEffect>) {
        let topic = self.topics.iter().position(|topic| topic.arn() == request.topic_arn());
        let Some(topic) = topic else {
            return (error(404, "NotFound", "Topic does not exist", key), Vec::new());
        };
        match request {
            SnsRequest::Publish { message, .. } => {
                let (id, effects) = self.publish(now, topic, message, uuid(key, "message"));
                let result = format!("<MessageId>{id}</MessageId>");
                (success("Publish", &result, key), effects)
            }
            SnsRequest::PublishBatch { entries, .. } => {
                self.publish_batch(now, topic, entries, key)
            }
        }
    }

    /// Makes the attempts that are due (FACTS 15.6), the earliest first.
    pub fn deliver_due(&mut self, now: Time) -> Vec<SnsEffect> {
        let due = self.deliveries.iter().filter_map(|(id, delivery)| Some((delivery.due?, id)));
        let mut due: Vec<(Time, SnsDeliveryId)> =
            due.filter(|(at, _)| *at <= now).map(|(at, id)| (at, id.clone())).collect();
        due.sort_unstable();
        due.iter().map(|(_, id)| self.attempt(id)).collect()
    }

    /// Ends an attempt of a delivery. SNS tries again after an error of the server, and gives up
    /// after an error of the client or the last retry. Nothing happens if no attempt is under way:
    /// a delivery that the driver carried out twice has two outcomes, and the first one counts.
    pub fn settle(
        &mut self,
        now: Time,
        id: &SnsDeliveryId,
        outcome: SnsDeliveryOutcome,
    ) -> Vec<SnsEffect> {
        let jitter_per_mille = self.settings.jitter_per_mille;
        let Some(delivery) = self.deliveries.get_mut(id) else { return Vec::new() };
        if delivery.due.is_some() {
            return Vec::new();
        }
        let retry_after = match outcome {
            SnsDeliveryOutcome::Accepted => {
                self.deliveries.remove(id);
                return Vec::new();
            }
            SnsDeliveryOutcome::ServerError => delay(id, delivery.retries + 1, jitter_per_mille),
            SnsDeliveryOutcome::ClientError => None,
        };
        let Some(retry_after) = retry_after else { return vec![self.give_up(id)] };
        delivery.retries += 1;
        delivery.due = Some(now + retry_after);
        Vec::new()
    }

    /// Returns the time of the next attempt that waits.
    pub fn next_due(&self) -> Option<Time> {
        self.deliveries.values().filter_map(|delivery| delivery.due).min()
    }

    /// Returns the answer to a request that is refused under load (FACTS 15.3).
    pub fn throttled(&self, key: &str) -> HttpAnswer {
        let (status, code) = match self.settings.throttle {
            SnsThrottle::Throttling => (400, "Throttling"),
            SnsThrottle::Throttled => (429, "Throttled"),
        };
        error(status, code, "Rate exceeded", key)
    }

    /// Returns the topics.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let Sns {
            // Deployed once, and the same in all states of a run.
            topics: _,
            settings: _,
            deliveries,
        } = self;
        sketch.list(deliveries, |sketch, (id, delivery)| {
            let Delivery { notification, topic, subscription, retries, due } = delivery;
            sketch.text(id);
            sketch.debug(notification);
            sketch.count(*topic);
            sketch.count(*subscription);
            sketch.number(u64::from(*retries));
            sketch.option(*due, Sketch::time);
        });
    }

    fn publish_batch(
        &mut self,
        now: Time,
        topic: usize,
        entries: &[BatchEntry],
        key: &str,
    ) -> (HttpAnswer, Vec<SnsEffect>) {
        let (mut successful, mut failed) = (String::new(), String::new());
        let mut effects = Vec::new();
        for BatchEntry { id, message } in entries {
            match message {
                Ok(message) => {
                    let own_id = uuid(key, &format!("message {id}"));
                    let (message_id, attempts) = self.publish(now, topic, message, own_id);
                    effects.extend(attempts);
                    successful.push_str(&format!(
                        "<member><MessageId>{message_id}</MessageId><Id>{id}</Id></member>"
                    ));
                }
                Err(Mistake { code, message }) => {
                    let message = escape(message);
                    failed.push_str(&format!(
                        "<member><Code>{code}</Code><Message>{message}</Message><Id>{id}</Id>\
                         <SenderFault>true</SenderFault></member>"
                    ));
                }
            }
        }
        let result = format!("<Failed>{failed}</Failed><Successful>{successful}</Successful>");
        (success("PublishBatch", &result, key), effects)
    }

    /// Accepts a message, and makes the first attempt for each subscription.
    fn publish(
        &mut self,
        now: Time,
        topic: usize,
        message: &Message,
        message_id: String,
    ) -> (String, Vec<SnsEffect>) {
        let epoch_ms = self.settings.epoch_ms + now.millis();
        let message = message.clone();
        let notification = Notification { message_id: message_id.clone(), message, epoch_ms };
        let count = self.topics[topic].subscriptions.len();
        let effects = (0..count).map(|subscription| {
            let id = format!("{message_id}:{subscription}");
            let notification = notification.clone();
            let delivery = Delivery { notification, topic, subscription, retries: 0, due: None };
            let earlier = self.deliveries.insert(id.clone(), delivery);
            assert!(earlier.is_none(), "two messages have the same key");
            self.attempt(&id)
        });
        let effects = effects.collect();
        (message_id, effects)
    }

    /// Begins an attempt of a delivery.
    fn attempt(&mut self, id: &SnsDeliveryId) -> SnsEffect {
        let delivery = self.deliveries.get_mut(id).expect("the delivery is not over");
        delivery.due = None;
        let topic = &self.topics[delivery.topic];
        let subscription = &topic.subscriptions[delivery.subscription];
        let (id, endpoint_arn) = (id.clone(), subscription.endpoint_arn.clone());
        match subscription.protocol {
            Protocol::Lambda => SnsEffect::Invoke {
                delivery: id,
                function_arn: endpoint_arn,
                event: delivery.notification.event(topic, subscription),
            },
            Protocol::Sqs => SnsEffect::Send {
                delivery: id,
                queue_arn: endpoint_arn,
                message: delivery.notification.for_queue(topic, subscription),
            },
        }
    }

    /// Ends a delivery that failed for good.
    fn give_up(&mut self, id: &SnsDeliveryId) -> SnsEffect {
        let delivery = self.deliveries.remove(id).expect("the delivery is not over");
        let topic = &self.topics[delivery.topic];
        let subscription = &topic.subscriptions[delivery.subscription];
        let id = id.clone();
        let Some(queue_arn) = subscription.dead_letter_arn.clone() else {
            return SnsEffect::Lost { delivery: id };
        };
        let message = delivery.notification.for_queue(topic, subscription);
        SnsEffect::DeadLetter { delivery: id, queue_arn, message }
    }
}

#[cfg(test)]
mod tests;
