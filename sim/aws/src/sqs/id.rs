//! Ids as SQS makes them: of messages, of receives, and the numbers of a FIFO queue.

use std::time::Duration;

use aws_smithy_types::base64;
use stormglass_spec::hash::keyed_for;
use stormglass_spec::{CONSTANT, Time};

use crate::uuid;

/// The id of a message: a UUID.
pub type MessageId = String;

/// The first bytes of a receipt handle: `AQEB` in base64, as on AWS.
const TAG: [u8; 3] = [1, 1, 1];

/// The number of bytes of a receipt handle: the tag, two halves of an id, the number of the
/// receive, its time, and a check.
const HANDLE_BYTES: usize = 3 + 8 + 8 + 4 + 8 + 8;

/// The number before the first number of a message in a FIFO queue; AWS's have 20 digits.
const SEQUENCE_START: u128 = 18_850_000_000_000_000_000;

/// The distance between two numbers of messages: they are not consecutive on AWS.
const SEQUENCE_STEP: u128 = 256;

/// A receipt handle, taken apart: the message, and which of its receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) message: MessageId,
    pub(super) receives: u32,
    pub(super) received_at: Time,
}

/// Makes the id of the message at a place of a request.
pub(super) fn message_id(key: &str, index: usize) -> MessageId {
    uuid::uuid(key, &format!("sqs.message.{index}"))
}

/// Makes the number of a message in a FIFO queue that accepted `count` messages before it.
pub(super) fn sequence_number(count: u64) -> String {
    (SEQUENCE_START + u128::from(count) * SEQUENCE_STEP).to_string()
}

impl Receipt {
    /// Writes the handle, which is good for one queue.
    pub(super) fn handle(&self, queue: &str) -> String {
        let (high, low) = uuid::halves(&self.message).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HANDLE_BYTES);
        bytes.extend(TAG);
        bytes.extend(high.to_be_bytes());
        bytes.extend(low.to_be_bytes());
        bytes.extend(self.receives.to_be_bytes());
        bytes.extend(self.received_at.micros().to_be_bytes());
        bytes.extend(self.check(queue).to_be_bytes());
        base64::encode(bytes)
    }

    /// Reads a handle. `None` if SQS did not make it for this queue.
    pub(super) fn parse(handle: &str, queue: &str) -> Option<Receipt> {
        let bytes = base64::decode(handle).ok().filter(|bytes| bytes.len() == HANDLE_BYTES)?;
        let number = |from: usize| {
            let eight = bytes.get(from..from + 8)?;
            Some(u64::from_be_bytes(eight.try_into().ok()?))
        };
        let receives = u32::from_be_bytes(bytes.get(19..23)?.try_into().ok()?);
        let message = uuid::written(number(3)?, number(11)?);
        let receipt = Receipt { message, receives, received_at: Time::from_micros(number(23)?) };
        let is_own = bytes.starts_with(&TAG) && number(31)? == receipt.check(queue);
        is_own.then_some(receipt)
    }

    /// Reports whether the handle is older than any message can be in flight (FACTS 12.10).
    pub(super) fn is_expired(&self, now: Time, age_max: Duration) -> bool {
        now.since(self.received_at) > age_max
    }

    fn check(&self, queue: &str) -> u64 {
        let Receipt { message, receives, received_at } = self;
        let key = format!("{queue}/{message}/{receives}/{}", received_at.micros());
        keyed_for(CONSTANT, &key, "sqs.receipt")
    }
}
