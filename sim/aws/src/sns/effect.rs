//! Effects, which SNS asks its driver for.

use super::delivery::SnsDeliveryId;
use super::notification::QueueMessage;

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnsEffect {
    /// Invoke a function asynchronously. The answer of Lambda goes to [`super::Sns::settle`].
    Invoke {
        /// The delivery that the answer belongs to.
        delivery: SnsDeliveryId,
        /// The ARN of the function.
        function_arn: String,
        /// The event, as JSON.
        event: String,
    },
    /// Send a message to a queue. The answer of SQS goes to [`super::Sns::settle`].
    Send {
        /// The delivery that the answer belongs to.
        delivery: SnsDeliveryId,
        /// The ARN of the queue.
        queue_arn: String,
        /// The message.
        message: QueueMessage,
    },
    /// Send a message that could not be delivered to the dead-letter queue of its subscription. If
    /// that fails, the message is lost.
    DeadLetter {
        /// The delivery that failed.
        delivery: SnsDeliveryId,
        /// The ARN of the queue.
        queue_arn: String,
        /// The message. Its form is unpublished; it is that for a queue.
        message: QueueMessage,
    },
    /// Note the loss of a message whose subscription has no dead-letter queue.
    Lost {
        /// The delivery that failed.
        delivery: SnsDeliveryId,
    },
}
