//! Queues, as they are deployed: their settings as data, and the rules for these.

use std::time::Duration;

use stormglass_spec::REGION;

use crate::ACCOUNT;

/// The longest visibility timeout of a message (FACTS 12.9).
pub(crate) const VISIBILITY_TIMEOUT_MAX: Duration = Duration::from_secs(43_200);

/// The longest delay of a message (FACTS 12.12).
pub(super) const DELAY_MAX: Duration = Duration::from_secs(900);

/// The longest wait of a receive (FACTS 12.1).
pub(super) const RECEIVE_WAIT_MAX: Duration = Duration::from_secs(20);

/// The shortest and the longest time that a queue keeps a message (FACTS 12.12).
pub(super) const RETENTION: [Duration; 2] =
    [Duration::from_secs(60), Duration::from_secs(14 * 24 * 60 * 60)];

/// The least and the largest limit for the size of a message, in bytes (FACTS 12.6).
pub(super) const MESSAGE_BYTES: [usize; 2] = [1_024, 1_024 * 1_024];

/// The largest number of receives that a redrive policy can allow.
pub(super) const RECEIVES: [u32; 2] = [1, 1_000];

/// The number of receives that a redrive policy allows by default (FACTS 12.18).
const RECEIVES_MAX: u32 = 10;

/// A queue with the settings that AWS gives it by default, or others.
///
/// ```
/// use std::time::Duration;
///
/// use stormglass_aws::sqs::Queue;
///
/// let queue = Queue::new("letters").visibility_timeout(Duration::from_secs(180));
/// assert_eq!(queue.arn(), "arn:aws:sqs:eu-central-1:123456789012:letters");
/// assert_eq!(queue.url(), "https://sqs.eu-central-1.amazonaws.com/123456789012/letters");
/// assert!(Queue::fifo("moves.fifo").is_fifo);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The name of the queue. The name of a FIFO queue ends with `.fifo`.
    pub name: String,
    /// True for a FIFO queue (FACTS 12.14).
    pub is_fifo: bool,
    /// The time for which a message that was received stays hidden (FACTS 12.9).
    pub visibility_timeout: Duration,
    /// The time for which a new message stays hidden (FACTS 12.12).
    pub delay: Duration,
    /// The time after which the queue drops a message (FACTS 12.12).
    pub retention: Duration,
    /// The wait of a receive that names none (FACTS 12.11).
    pub receive_wait: Duration,
    /// The largest size of a message with its attributes, in bytes (FACTS 12.6).
    pub message_bytes_max: usize,
    /// True if a FIFO queue recognises duplicates by the SHA-256 of their bodies (FACTS 12.14).
    pub deduplicates_by_content: bool,
    /// The part of a FIFO queue in which it looks for duplicates (FACTS 12.14).
    pub deduplication_scope: DeduplicationScope,
    /// The queue that gets the messages that were received too often, if there is one.
    pub redrive: Option<Redrive>,
}

/// The part of a FIFO queue in which it looks for duplicates (FACTS 12.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeduplicationScope {
    /// The whole queue.
    #[default]
    Queue,
    /// The group of the message.
    MessageGroup,
}

/// A redrive policy: the end of messages that are received too often (FACTS 12.18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// The name of the dead-letter queue.
    pub dead_letter_queue: String,
    /// The number of receives that a message may have. At the next one it moves.
    pub receives_max: u32,
}

/// A fault of the settings of queues.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The name has characters or a length that AWS does not allow.
    #[error(
        "queue {0:?}: a name has 1 to 80 letters, digits, hyphens or underscores, and ends with \
         .fifo if and only if the queue is a FIFO queue"
    )]
    Name(String),
    /// Two queues have the same name.
    #[error("queue {0:?} is there twice")]
    Twice(String),
    /// A setting is out of its range.
    #[error("queue {queue:?}: {setting} must be {range}")]
    Range {
        /// The name of the queue.
        queue: String,
        /// The setting.
        setting: &'static str,
        /// The range of the setting, with its unit.
        range: &'static str,
    },
    /// A standard queue has a setting that only FIFO queues have.
    #[error("queue {queue:?}: only a FIFO queue has {setting}")]
    FifoOnly {
        /// The name of the queue.
        queue: String,
        /// The setting.
        setting: &'static str,
    },
    /// The dead-letter queue does not exist.
    #[error("queue {queue:?}: its dead-letter queue {dead_letter_queue:?} does not exist")]
    NoDeadLetterQueue {
        /// The name of the queue.
        queue: String,
        /// The name of the dead-letter queue.
        dead_letter_queue: String,
    },
    /// The dead-letter queue of a FIFO queue is a standard queue, or the other way round.
    #[error("queue {queue:?}: its dead-letter queue {dead_letter_queue:?} is of another type")]
    OtherType {
        /// The name of the queue.
        queue: String,
        /// The name of the dead-letter queue.
        dead_letter_queue: String,
    },
}

impl Queue {
    /// Makes a standard queue with the settings that AWS gives it by default.
    pub fn new(name: &str) -> Queue {
        Queue {
            name: name.to_owned(),
            is_fifo: false,
            visibility_timeout: Duration::from_secs(30),
            delay: Duration::ZERO,
            retention: Duration::from_secs(4 * 24 * 60 * 60),
            receive_wait: Duration::ZERO,
            message_bytes_max: MESSAGE_BYTES[1],
            deduplicates_by_content: false,
            deduplication_scope: DeduplicationScope::Queue,
            redrive: None,
        }
    }

    /// Makes a FIFO queue with the settings that AWS gives it by default.
    pub fn fifo(name: &str) -> Queue {
        Queue { is_fifo: true, ..Queue::new(name) }
    }

    /// Sets the time for which a message that was received stays hidden.
    pub fn visibility_timeout(self, visibility_timeout: Duration) -> Queue {
        Queue { visibility_timeout, ..self }
    }

    /// Sets the time for which a new message stays hidden.
    pub fn delay(self, delay: Duration) -> Queue {
        Queue { delay, ..self }
    }

    /// Sets the time after which the queue drops a message.
    pub fn retention(self, retention: Duration) -> Queue {
        Queue { retention, ..self }
    }

    /// Sets the wait of a receive that names none.
    pub fn receive_wait(self, receive_wait: Duration) -> Queue {
        Queue { receive_wait, ..self }
    }

    /// Sets the largest size of a message, in bytes.
    pub fn message_bytes_max(self, message_bytes_max: usize) -> Queue {
        Queue { message_bytes_max, ..self }
    }

    /// Lets a FIFO queue recognise duplicates by their bodies.
    pub fn deduplicating_by_content(self) -> Queue {
        Queue { deduplicates_by_content: true, ..self }
    }

    /// Lets a FIFO queue look for duplicates in the group of a message only.
    pub fn deduplicating_in_groups(self) -> Queue {
        Queue { deduplication_scope: DeduplicationScope::MessageGroup, ..self }
    }

    /// Moves a message to another queue after 10 receives, as AWS does by default.
    pub fn dead_letters(self, dead_letter_queue: &str) -> Queue {
        self.dead_letters_after(dead_letter_queue, RECEIVES_MAX)
    }

    /// Moves a message to another queue after this number of receives.
    pub fn dead_letters_after(self, dead_letter_queue: &str, receives_max: u32) -> Queue {
        let redrive = Redrive { dead_letter_queue: dead_letter_queue.to_owned(), receives_max };
        Queue { redrive: Some(redrive), ..self }
    }

    /// Returns the URL of the queue.
    pub fn url(&self) -> String {
        format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{}", self.name)
    }

    /// Returns the ARN of the queue.
    pub fn arn(&self) -> String {
        queue_arn(&self.name)
    }

    /// Checks the settings that need no other queue.
    pub(super) fn check(&self) -> Result<(), QueueError> {
        if !is_name(&self.name, self.is_fifo) {
            return Err(QueueError::Name(self.name.clone()));
        }
        self.check_ranges()?;
        if self.is_fifo {
            return Ok(());
        }
        if self.deduplicates_by_content {
            return Err(self.fifo_only("deduplication by content"));
        }
        if self.deduplication_scope == DeduplicationScope::MessageGroup {
            return Err(self.fifo_only("deduplication in groups"));
        }
        Ok(())
    }

    fn check_ranges(&self) -> Result<(), QueueError> {
        let receives_max = self.redrive.as_ref().map_or(1, |redrive| redrive.receives_max);
        let within = |value, [least, most]: [Duration; 2]| (least..=most).contains(&value);
        let ranges = [
            (
                within(self.visibility_timeout, [Duration::ZERO, VISIBILITY_TIMEOUT_MAX]),
                "the visibility timeout",
                "at most 12 hours",
            ),
            (within(self.delay, [Duration::ZERO, DELAY_MAX]), "the delay", "at most 900 s"),
            (within(self.retention, RETENTION), "the retention", "60 s to 14 days"),
            (
                within(self.receive_wait, [Duration::ZERO, RECEIVE_WAIT_MAX]),
                "the wait of a receive",
                "at most 20 s",
            ),
            (
                (MESSAGE_BYTES[0]..=MESSAGE_BYTES[1]).contains(&self.message_bytes_max),
                "the largest size of a message",
                "1,024 to 1,048,576 bytes",
            ),
            (
                (RECEIVES[0]..=RECEIVES[1]).contains(&receives_max),
                "the number of receives before the dead-letter queue",
                "1 to 1,000",
            ),
        ];
        match ranges.into_iter().find(|(is_within, ..)| !is_within) {
            Some((_, setting, range)) => {
                Err(QueueError::Range { queue: self.name.clone(), setting, range })
            }
            None => Ok(()),
        }
    }

    fn fifo_only(&self, setting: &'static str) -> QueueError {
        QueueError::FifoOnly { queue: self.name.clone(), setting }
    }
}

/// Returns the ARN of a queue of the account.
pub(super) fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// Reports whether AWS allows the name of a queue.
pub(super) fn is_name(name: &str, is_fifo: bool) -> bool {
    let (stem, ends_well) = match name.strip_suffix(".fifo") {
        Some(stem) => (stem, is_fifo),
        None => (name, !is_fifo),
    };
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    ends_well && !stem.is_empty() && name.len() <= 80 && stem.bytes().all(is_allowed)
}
