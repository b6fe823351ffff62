//! Requests, checked as far as no topic is needed (FACTS 15.1, 15.2).

use std::collections::BTreeMap;

use aws_smithy_types::base64;

use super::answer::SnsRefusal;
use super::attribute::{Attribute, AttributeValue, Attributes};
use super::unmodelled::{MESSAGE_PARAMETERS, OPERATIONS};
use crate::form::read_form;
use crate::http::HttpRequest;

/// The largest message with its attributes, and the largest batch, in bytes (FACTS 15.2).
pub const PUBLISH_BYTES_MAX: usize = 262_144;

/// The number of messages in a batch (FACTS 15.2).
const BATCH_MAX: usize = 10;

/// The number of characters of a subject.
const SUBJECT_CHARS_MAX: usize = 100;

/// A sound request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnsRequest {
    /// `Publish`
    Publish {
        /// The ARN of the topic.
        topic_arn: String,
        /// The message.
        message: Message,
    },
    /// `PublishBatch`
    PublishBatch {
        /// The ARN of the topic.
        topic_arn: String,
        /// The entries, in their order.
        entries: Vec<BatchEntry>,
    },
}

/// A message to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The text.
    pub text: String,
    /// The subject, if there is one.
    pub subject: Option<String>,
    /// The attributes.
    pub attributes: Attributes,
}

/// An entry of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchEntry {
    /// The id of the entry within its batch.
    pub id: String,
    /// The message, or the mistake in it. A mistake concerns this entry only.
    pub message: Result<Message, Mistake>,
}

/// A mistake in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The code of the error.
    pub code: &'static str,
    /// The message of the error.
    pub message: String,
}

impl SnsRequest {
    /// Parses a request. `key` makes the id of the request in a refusal.
    ///
    /// # Errors
    ///
    /// If AWS refuses the request before it looks at a topic, or if the model lacks the operation
    /// or a parameter.
    pub fn parse(request: &HttpRequest, key: &str) -> Result<SnsRequest, SnsRefusal> {
        let body = String::from_utf8_lossy(&request.body);
        let form = Form { pairs: read_form(&body).into_iter().collect(), key };
        match form.get("Action") {
            Some("Publish") => form.publish(),
            Some("PublishBatch") => form.publish_batch(),
            Some(action) if OPERATIONS.contains(&action) => {
                Err(SnsRefusal::unsupported(&format!("the operation {action} of SNS"), key))
            }
            Some(action) => {
                let message = format!("Could not find operation {action} for version 2010-03-31");
                Err(SnsRefusal::new(400, "InvalidAction", &message, key))
            }
            None => Err(SnsRefusal::new(400, "MissingAction", "Missing Action", key)),
        }
    }

    /// Returns the ARN of the topic.
    pub fn topic_arn(&self) -> &str {
        match self {
            SnsRequest::Publish { topic_arn, .. } | SnsRequest::PublishBatch { topic_arn, .. } => {
                topic_arn
            }
        }
    }
}

/// The parameters of a request, by their names.
struct Form<'a> {
    pairs: BTreeMap<String, String>,
    key: &'a str,
}

impl Form<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str)
    }

    /// Reports whether there is a parameter whose name begins like this.
    fn has_prefix(&self, prefix: &str) -> bool {
        let mut from = self.pairs.range(prefix.to_owned()..);
        from.next().is_some_and(|(name, _)| name.starts_with(prefix))
    }

    fn publish(&self) -> Result<SnsRequest, SnsRefusal> {
        for name in ["PhoneNumber", "TargetArn"] {
            if self.get(name).is_some() {
                let what = format!("the parameter {name} of Publish");
                return Err(SnsRefusal::unsupported(&what, self.key));
            }
        }
        let topic_arn = self.topic_arn()?;
        self.check_modelled("")?;
        let message = self
            .message("")
            .map_err(|mistake| SnsRefusal::new(400, mistake.code, &mistake.message, self.key))?;
        if message.bytes() > PUBLISH_BYTES_MAX {
            return Err(SnsRefusal::invalid("Message too long", self.key));
        }
        Ok(SnsRequest::Publish { topic_arn, message })
    }

    fn publish_batch(&self) -> Result<SnsRequest, SnsRefusal> {
        let topic_arn = self.topic_arn()?;
        let refuse = |code, message: &str| SnsRefusal::new(400, code, message, self.key);
        let entries = "PublishBatchRequestEntries.member.";
        let mut batch: Vec<BatchEntry> = Vec::new();
        for number in 1.. {
            let prefix = format!("{entries}{number}.");
            if !self.has_prefix(&prefix) {
                break;
            }
            self.check_modelled(&prefix)?;
            let id = self.get(&format!("{prefix}Id")).unwrap_or_default().to_owned();
            batch.push(BatchEntry { id, message: self.message(&prefix) });
        }
        if batch.is_empty() {
            let message = "The batch request doesn't contain any entries.";
            return Err(refuse("EmptyBatchRequest", message));
        }
        if batch.len() > BATCH_MAX {
            let message = "The batch request contains more entries than permissible.";
            return Err(refuse("TooManyEntriesInBatchRequest", message));
        }
        for (index, entry) in batch.iter().enumerate() {
            if !is_entry_id(&entry.id) {
                let message = "The Id of a batch entry in a batch request doesn't abide by the \
                               specification.";
                return Err(refuse("InvalidBatchEntryId", message));
            }
            if batch[..index].iter().any(|earlier| earlier.id == entry.id) {
                let message = "Two or more batch entries in the request have the same Id.";
                return Err(refuse("BatchEntryIdsNotDistinct", message));
            }
        }
        let sizes = batch.iter().filter_map(|entry| entry.message.as_ref().ok());
        if sizes.map(Message::bytes).sum::<usize>() > PUBLISH_BYTES_MAX {
            let message =
                "The length of all the batch messages put together is more than the limit.";
            return Err(refuse("BatchRequestTooLong", message));
        }
        Ok(SnsRequest::PublishBatch { topic_arn, entries: batch })
    }

    /// Returns the ARN of the topic. A FIFO topic is not modelled.
    fn topic_arn(&self) -> Result<String, SnsRefusal> {
        let arn = self.get("TopicArn").unwrap_or_default();
        if arn.is_empty() {
            let message = "TopicArn or TargetArn Reason: no value for required parameter";
            return Err(SnsRefusal::invalid(message, self.key));
        }
        if arn.ends_with(".fifo") {
            return Err(SnsRefusal::unsupported(&format!("the FIFO topic {arn}"), self.key));
        }
        let is_sound = arn.starts_with("arn:") && arn.split(':').count() == 6;
        if !is_sound {
            return Err(SnsRefusal::invalid("TopicArn", self.key));
        }
        Ok(arn.to_owned())
    }

    fn check_modelled(&self, prefix: &str) -> Result<(), SnsRefusal> {
        let mut names = MESSAGE_PARAMETERS.into_iter();
        let name = names.find(|name| self.get(&format!("{prefix}{name}")).is_some());
        name.map_or(Ok(()), |name| {
            Err(SnsRefusal::unsupported(&format!("the parameter {name} of a message"), self.key))
        })
    }

    /// Reads the message whose parameters begin with a prefix.
    fn message(&self, prefix: &str) -> Result<Message, Mistake> {
        let text = self.get(&format!("{prefix}Message")).unwrap_or_default().to_owned();
        if text.is_empty() {
            return Err(Mistake::parameter("Empty message"));
        }
        let subject = self.get(&format!("{prefix}Subject")).map(str::to_owned);
        if subject.as_ref().is_some_and(|subject| !is_subject(subject)) {
            return Err(Mistake::parameter("Subject"));
        }
        let mut attributes = Attributes::new();
        for number in 1.. {
            let entry = format!("{prefix}MessageAttributes.entry.{number}.");
            if !self.has_prefix(&entry) {
                break;
            }
            let name = self.get(&format!("{entry}Name")).unwrap_or_default().to_owned();
            let attribute = self.attribute(&name, &format!("{entry}Value."))?;
            attributes.insert(name, attribute);
        }
        Ok(Message { text, subject, attributes })
    }

    fn attribute(&self, name: &str, prefix: &str) -> Result<Attribute, Mistake> {
        let data_type = self.get(&format!("{prefix}DataType")).unwrap_or_default().to_owned();
        let is_binary = match data_type.split('.').next() {
            Some("Binary") => true,
            Some("String" | "Number") => false,
            _ => {
                return Err(Mistake::attribute(format!(
                    "The message attribute '{name}' has an invalid message attribute type, the \
                     set of supported type prefixes is Binary, Number, and String."
                )));
            }
        };
        let field = if is_binary { "BinaryValue" } else { "StringValue" };
        let value = self.get(&format!("{prefix}{field}")).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| {
            Mistake::attribute(format!(
                "The message attribute '{name}' must contain non-empty message attribute value \
                 for message attribute type '{data_type}'."
            ))
        })?;
        let value = if is_binary {
            let bytes = base64::decode(value);
            AttributeValue::Bytes(bytes.map_err(|_| {
                Mistake::attribute(format!("The message attribute '{name}' is not in base64."))
            })?)
        } else {
            AttributeValue::Text(value.to_owned())
        };
        Ok(Attribute { data_type, value })
    }
}

impl Message {
    /// Returns the size of the text and the attributes in bytes.
    fn bytes(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, attribute)| name.len() + attribute.bytes());
        self.text.len() + attributes.sum::<usize>()
    }
}

impl Mistake {
    fn parameter(what: &str) -> Mistake {
        Mistake { code: "InvalidParameter", message: format!("Invalid parameter: {what}") }
    }

    fn attribute(message: String) -> Mistake {
        Mistake { code: "ParameterValueInvalid", message }
    }
}

/// Reports whether a text is a subject: 1 to 100 characters of ASCII without control characters.
fn is_subject(text: &str) -> bool {
    (1..=SUBJECT_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control())
}

fn is_entry_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=80).contains(&id.len()) && id.bytes().all(is_plain)
}
