//! Notifications: a message as functions and queues get it (FACTS 15.4, 15.7).

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::Serialize;
use serde_json::Value;
use stormglass_spec::{CONSTANT, REGION, hash};

use super::attribute::Attributes;
use super::request::Message;
use super::topic::{Subscription, Topic};
use crate::gateway::iso_8601;

/// A message that a topic has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notification {
    pub(super) message_id: String,
    pub(super) message: Message,
    /// The time at which the topic accepted it, in ms since 1970.
    pub(super) epoch_ms: u64,
}

/// A message for a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// The body.
    pub body: String,
    /// The attributes of the message in the queue.
    pub attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    records: [Record<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Record<'a> {
    event_version: &'a str,
    event_subscription_arn: &'a str,
    event_source: &'a str,
    sns: Sns<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Sns<'a> {
    r#type: &'a str,
    message_id: &'a str,
    topic_arn: String,
    subject: Option<&'a str>,
    message: &'a str,
    timestamp: String,
    signature_version: &'a str,
    signature: String,
    signing_cert_url: String,
    unsubscribe_url: String,
    message_attributes: BTreeMap<&'a str, AttributeText>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeText {
    r#type: String,
    value: String,
}

impl Notification {
    /// Writes the event of a function (FACTS 15.4).
    pub(super) fn event(&self, topic: &Topic, subscription: &Subscription) -> String {
        let arn = topic.subscription_arn(subscription);
        let Message { text, subject, attributes: _ } = &self.message;
        let sns = Sns {
            r#type: "Notification",
            message_id: &self.message_id,
            topic_arn: topic.arn(),
            subject: subject.as_deref(),
            message: text,
            timestamp: iso_8601(self.epoch_ms),
            signature_version: "1",
            signature: self.signature(),
            signing_cert_url: signing_certificate_url(),
            unsubscribe_url: unsubscribe_url(&arn),
            message_attributes: self.attribute_texts(),
        };
        let record = Record {
            event_version: "1.0",
            event_subscription_arn: &arn,
            event_source: "aws:sns",
            sns,
        };
        // A struct of strings always has a JSON form.
        serde_json::to_string(&Event { records: [record] }).expect("an event can be written")
    }

    /// Returns the message for the queue of a subscription: an envelope, or the bare message with
    /// its attributes (FACTS 15.7).
    pub(super) fn for_queue(&self, topic: &Topic, subscription: &Subscription) -> QueueMessage {
        if subscription.is_raw {
            let Message { text, subject: _, attributes } = &self.message;
            return QueueMessage { body: text.clone(), attributes: attributes.clone() };
        }
        let body = self.envelope(topic, subscription);
        QueueMessage { body, attributes: Attributes::new() }
    }

    /// Writes the envelope in the layout of AWS: a line for each field, and spaces around colons.
    fn envelope(&self, topic: &Topic, subscription: &Subscription) -> String {
        let Message { text, subject, attributes: _ } = &self.message;
        let url = unsubscribe_url(&topic.subscription_arn(subscription));
        let fields = [
            ("Type", Some("Notification".to_owned())),
            ("MessageId", Some(self.message_id.clone())),
            ("TopicArn", Some(topic.arn())),
            ("Subject", subject.clone()),
            ("Message", Some(text.clone())),
            ("Timestamp", Some(iso_8601(self.epoch_ms))),
            ("SignatureVersion", Some("1".to_owned())),
            ("Signature", Some(self.signature())),
            ("SigningCertURL", Some(signing_certificate_url())),
            ("UnsubscribeURL", Some(url)),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let mut lines: Vec<String> =
            fields.map(|(name, value)| format!("  \"{name}\" : {}", Value::from(value))).collect();
        let attributes = self.attribute_texts().into_iter().map(|(name, attribute)| {
            let (name, AttributeText { r#type, value }) = (Value::from(name), attribute);
            let (r#type, value) = (Value::from(r#type), Value::from(value));
            format!("    {name} : {{\"Type\":{type},\"Value\":{value}}}")
        });
        let attributes: Vec<String> = attributes.collect();
        if !attributes.is_empty() {
            lines.push(format!("  \"MessageAttributes\" : {{\n{}\n  }}", attributes.join(",\n")));
        }
        format!("{{\n{}\n}}", lines.join(",\n"))
    }

    fn attribute_texts(&self) -> BTreeMap<&str, AttributeText> {
        let attributes = self.message.attributes.iter().map(|(name, attribute)| {
            let (r#type, value) = (attribute.data_type.clone(), attribute.text());
            (name.as_str(), AttributeText { r#type, value })
        });
        attributes.collect()
    }

    /// Returns a text in the place of the signature. No certificate belongs to it.
    fn signature(&self) -> String {
        let draws = ["1", "2", "3", "4"];
        let draws = draws.map(|part| hash::keyed_for(CONSTANT, &self.message_id, part));
        base64::encode(draws.map(u64::to_be_bytes).concat())
    }
}

fn signing_certificate_url() -> String {
    let draws = ["1", "2"].map(|part| hash::keyed_for(CONSTANT, "certificate", part));
    let [one, other] = draws;
    format!(
        "https://sns.{REGION}.amazonaws.com/SimpleNotificationService-{one:016x}{other:016x}.pem"
    )
}

fn unsubscribe_url(subscription_arn: &str) -> String {
    format!(
        "https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription_arn}"
    )
}
