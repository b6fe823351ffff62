//! Event source mappings, as they are deployed: their settings as data, and the rules for these.

use std::time::Duration;

use crate::sqs::Queue;

/// The batch size above which a window is necessary, and the largest one of a FIFO queue
/// (FACTS 12.21).
const PLAIN_BATCH_SIZE_MAX: usize = 10;

/// The largest batch size of a standard queue (FACTS 12.21).
const BATCH_SIZE_MAX: usize = 10_000;

/// The shortest window that allows large batches (FACTS 12.21).
const WINDOW_MIN: Duration = Duration::from_secs(1);

/// The longest window (FACTS 12.21).
const WINDOW_MAX: Duration = Duration::from_secs(300);

/// The least and the largest number for the maximum concurrency (FACTS 12.22).
const CONCURRENCY: [u32; 2] = [2, 1_000];

/// The time that Lambda adds to a visibility timeout that is too short for a window (FACTS 12.24).
const VISIBILITY_EXTRA: Duration = Duration::from_secs(30);

/// An event source mapping: Lambda polls a queue and invokes a function with its messages.
///
/// The provisioned mode and filters are not part of it.
///
/// ```
/// use std::time::Duration;
///
/// use stormglass_aws::mapping::queue::QueueMapping;
/// use stormglass_aws::sqs::Queue;
///
/// let mapping = QueueMapping::new("letters", "deliver").batch_size(5);
/// let queue = Queue::new("letters").visibility_timeout(Duration::from_secs(60));
/// assert_eq!(mapping.check(&queue, Duration::from_secs(10)), Ok(()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMapping {
    /// The name of the queue.
    pub queue: String,
    /// The name of the function.
    pub function: String,
    /// The most messages of a batch (FACTS 12.21).
    pub batch_size: usize,
    /// The time for which a batch gathers messages (FACTS 12.21).
    ///
    /// With little traffic AWS may wait for up to 20 s even if the window is shorter: a driver does
    /// so by polling later than a batch is due.
    pub window: Duration,
    /// The most batches at one time, if the deployment limits them (FACTS 12.22).
    pub concurrency_max: Option<u32>,
    /// True if the function reports the messages that it failed on (FACTS 12.27).
    pub reports_batch_item_failures: bool,
    /// True if Lambda polls.
    pub is_enabled: bool,
    /// The growth of the concurrency.
    pub scaling: QueueScaling,
    /// The time after which Lambda invokes a throttled function again. AWS does not publish it.
    pub throttle_retry: Duration,
}

/// The concurrency of the batches of a standard queue (FACTS 12.22, 12.25). The groups alone limit
/// that of a FIFO queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueScaling {
    /// The concurrency at the start.
    pub start: u32,
    /// The growth per minute.
    pub per_minute: u32,
    /// The largest concurrency.
    pub most: u32,
    /// The concurrency once the queue was empty and no batch ran. Not with a maximum concurrency.
    pub idle: u32,
    /// The number that a failed batch divides the concurrency by; 1 if it does nothing. AWS does
    /// not publish the curve. Not if the function reports batch item failures.
    pub failure_divisor: u32,
}

/// A fault of the settings of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueMappingError {
    /// The batch size is out of its range.
    #[error("the batch size of queue {queue:?} must be 1 to {most}, not {batch_size}")]
    BatchSize {
        /// The name of the queue.
        queue: String,
        /// The batch size.
        batch_size: usize,
        /// The largest batch size of such a queue.
        most: usize,
    },
    /// A batch size above 10 needs a window.
    #[error("a batch size above 10 needs a window of at least 1 s, and queue {0:?} has less")]
    NoWindow(String),
    /// The window is too long.
    #[error("the window of queue {0:?} must be at most 300 s")]
    Window(String),
    /// A mapping of a FIFO queue has no window.
    #[error("a FIFO queue cannot have a window: queue {0:?}")]
    FifoWindow(String),
    /// The maximum concurrency is out of its range.
    #[error("the maximum concurrency of queue {queue:?} must be 2 to 1000, not {concurrency_max}")]
    Concurrency {
        /// The name of the queue.
        queue: String,
        /// The maximum concurrency.
        concurrency_max: u32,
    },
    /// The visibility timeout of the queue is shorter than the timeout of the function
    /// (FACTS 12.23).
    #[error(
        "Queue visibility timeout: {} seconds is less than Function timeout: {} seconds",
        visibility.as_secs(), timeout.as_secs()
    )]
    Visibility {
        /// The visibility timeout of the queue.
        visibility: Duration,
        /// The timeout of the function.
        timeout: Duration,
    },
}

impl Default for QueueScaling {
    fn default() -> QueueScaling {
        QueueScaling { start: 5, per_minute: 300, most: 1_000, idle: 2, failure_divisor: 2 }
    }
}

impl QueueMapping {
    /// Makes a mapping with the settings that AWS gives it by default.
    pub fn new(queue: &str, function: &str) -> QueueMapping {
        QueueMapping {
            queue: queue.to_owned(),
            function: function.to_owned(),
            batch_size: PLAIN_BATCH_SIZE_MAX,
            window: Duration::ZERO,
            concurrency_max: None,
            reports_batch_item_failures: false,
            is_enabled: true,
            scaling: QueueScaling::default(),
            throttle_retry: Duration::from_secs(1),
        }
    }

    /// Sets the most messages of a batch.
    pub fn batch_size(self, batch_size: usize) -> QueueMapping {
        QueueMapping { batch_size, ..self }
    }

    /// Sets the time for which a batch gathers messages.
    pub fn window(self, window: Duration) -> QueueMapping {
        QueueMapping { window, ..self }
    }

    /// Limits the batches at one time.
    pub fn concurrency_max(self, concurrency_max: u32) -> QueueMapping {
        QueueMapping { concurrency_max: Some(concurrency_max), ..self }
    }

    /// Lets the function report the messages that it failed on.
    pub fn reporting_batch_item_failures(self) -> QueueMapping {
        QueueMapping { reports_batch_item_failures: true, ..self }
    }

    /// Keeps Lambda from polling.
    pub fn disabled(self) -> QueueMapping {
        QueueMapping { is_enabled: false, ..self }
    }

    /// Checks the settings against the queue and the timeout of the function.
    ///
    /// # Errors
    ///
    /// If AWS would refuse the mapping.
    pub fn check(
        &self,
        queue: &Queue,
        function_timeout: Duration,
    ) -> Result<(), QueueMappingError> {
        let name = || self.queue.clone();
        if queue.is_fifo && !self.window.is_zero() {
            return Err(QueueMappingError::FifoWindow(name()));
        }
        if self.window > WINDOW_MAX {
            return Err(QueueMappingError::Window(name()));
        }
        let most = if queue.is_fifo { PLAIN_BATCH_SIZE_MAX } else { BATCH_SIZE_MAX };
        let batch_size = self.batch_size;
        if !(1..=most).contains(&batch_size) {
            return Err(QueueMappingError::BatchSize { queue: name(), batch_size, most });
        }
        if batch_size > PLAIN_BATCH_SIZE_MAX && self.window < WINDOW_MIN {
            return Err(QueueMappingError::NoWindow(name()));
        }
        if let Some(concurrency_max) = self.concurrency_max
            && !(CONCURRENCY[0]..=CONCURRENCY[1]).contains(&concurrency_max)
        {
            return Err(QueueMappingError::Concurrency { queue: name(), concurrency_max });
        }
        let (visibility, timeout) = (queue.visibility_timeout, function_timeout);
        if visibility < timeout {
            return Err(QueueMappingError::Visibility { visibility, timeout });
        }
        Ok(())
    }

    /// Returns the time for which a message stays hidden that Lambda receives (FACTS 12.24).
    pub fn effective_visibility(&self, queue: &Queue, function_timeout: Duration) -> Duration {
        let needed = self.window + function_timeout;
        if !self.window.is_zero() && needed > queue.visibility_timeout {
            return needed + VISIBILITY_EXTRA;
        }
        queue.visibility_timeout
    }
}
