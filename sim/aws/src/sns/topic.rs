//! Topics and their subscriptions, as data.

use stormglass_spec::REGION;

use crate::ACCOUNT;
use crate::uuid::uuid;

/// A standard topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The name of the topic.
    pub name: String,
    /// The subscriptions, each of which gets every message.
    pub subscriptions: Vec<Subscription>,
}

/// A subscription of a function or a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The kind of the endpoint.
    pub protocol: Protocol,
    /// The ARN of the function or the queue.
    pub endpoint_arn: String,
    /// True if a queue gets the bare message and no envelope (FACTS 15.7).
    pub is_raw: bool,
    /// The ARN of the queue for messages that cannot be delivered (FACTS 15.6).
    pub dead_letter_arn: Option<String>,
}

/// The kind of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// A function, which is invoked asynchronously.
    Lambda,
    /// A queue of SQS.
    Sqs,
}

/// A reason why topics are not sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// A FIFO topic.
    #[error("topic `{0}`: FIFO topics are not modelled")]
    Fifo(String),
    /// A name that AWS does not allow.
    #[error("topic `{0}`: a name has 1 to 256 letters, digits, `-` and `_`")]
    Name(String),
    /// Two topics with one name.
    #[error("there are two topics `{0}`")]
    Duplicate(String),
    /// Two subscriptions of one topic with one endpoint.
    #[error("topic `{topic}`: `{endpoint}` is subscribed twice")]
    DuplicateEndpoint {
        /// The name of the topic.
        topic: String,
        /// The ARN of the endpoint.
        endpoint: String,
    },
    /// An endpoint of another service than its protocol.
    #[error("topic `{topic}`: `{endpoint}` is no ARN of {service}")]
    Endpoint {
        /// The name of the topic.
        topic: String,
        /// The ARN of the endpoint.
        endpoint: String,
        /// The service that the ARN should name.
        service: &'static str,
    },
    /// Raw delivery to a function.
    #[error("topic `{0}`: only a queue can get raw messages")]
    RawLambda(String),
}

impl Topic {
    /// Returns the ARN of the topic.
    pub fn arn(&self) -> String {
        format!("arn:aws:sns:{REGION}:{ACCOUNT}:{}", self.name)
    }

    /// Returns the ARN of a subscription of the topic.
    pub fn subscription_arn(&self, subscription: &Subscription) -> String {
        let arn = self.arn();
        let id = uuid(&arn, &subscription.endpoint_arn);
        format!("{arn}:{id}")
    }

    pub(super) fn check(&self) -> Result<(), TopicError> {
        let name = &self.name;
        if name.ends_with(".fifo") {
            return Err(TopicError::Fifo(name.clone()));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !(1..=256).contains(&name.len()) || !name.bytes().all(is_plain) {
            return Err(TopicError::Name(name.clone()));
        }
        for (index, subscription) in self.subscriptions.iter().enumerate() {
            self.check_subscription(subscription)?;
            let mut earlier = self.subscriptions[..index].iter();
            if earlier.any(|earlier| earlier.endpoint_arn == subscription.endpoint_arn) {
                let endpoint = subscription.endpoint_arn.clone();
                return Err(TopicError::DuplicateEndpoint { topic: name.clone(), endpoint });
            }
        }
        Ok(())
    }

    fn check_subscription(&self, subscription: &Subscription) -> Result<(), TopicError> {
        let service = match subscription.protocol {
            Protocol::Lambda => "lambda",
            Protocol::Sqs => "sqs",
        };
        let dead_letter = subscription.dead_letter_arn.as_ref().map(|arn| (arn, "sqs"));
        let arns = [(&subscription.endpoint_arn, service)].into_iter().chain(dead_letter);
        for (arn, service) in arns {
            if !arn.starts_with(&format!("arn:aws:{service}:")) {
                let (topic, endpoint) = (self.name.clone(), arn.clone());
                return Err(TopicError::Endpoint { topic, endpoint, service });
            }
        }
        if subscription.is_raw && subscription.protocol == Protocol::Lambda {
            return Err(TopicError::RawLambda(self.name.clone()));
        }
        Ok(())
    }
}
