//! Effects, which Scheduler asks its driver for.

use super::definition::SchedulerTarget;
use crate::eventbridge::{DeadLetter, DeliveryId};

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchedulerEffect {
    /// Invoke the target of a schedule through its role: a function asynchronously, a queue by a
    /// message (FACTS 14.14). The outcome goes to [`super::Scheduler::settle`].
    Invoke {
        /// The delivery that the outcome belongs to.
        delivery: DeliveryId,
        /// The ARN of the schedule.
        schedule_arn: String,
        /// The target.
        target: SchedulerTarget,
        /// The payload: the input with its context attributes replaced.
        payload: String,
        /// The number of retries before this attempt.
        retries: u32,
    },
    /// Send a message to a dead-letter queue.
    DeadLetter(DeadLetter),
    /// Note the loss of an invocation: it failed, and there is no dead-letter queue.
    Lost {
        /// The ARN of the schedule.
        schedule_arn: String,
        /// The ARN of the target.
        target_arn: String,
        /// The payload.
        payload: String,
        /// The code of the last failure.
        code: String,
    },
    /// Note that a schedule is deleted, because its last invocation is over.
    Deleted {
        /// The ARN of the schedule.
        schedule_arn: String,
    },
}
