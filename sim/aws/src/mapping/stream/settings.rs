//! The settings of a mapping, with the ranges of AWS (FACTS 13.8, 13.10, 13.14).

use std::time::Duration;

const RETRIES_MAX: u32 = 10_000;
const WINDOW_MAX: Duration = Duration::from_secs(300);
const RECORD_AGE_LEAST: Duration = Duration::from_secs(60);
const RECORD_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The settings of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSettings {
    /// The name of the table.
    pub table: String,
    /// The ARN of the stream.
    pub stream: String,
    /// The name of the function.
    pub function: String,
    /// The largest number of records of a batch, 1 to 10,000.
    pub batch_size: usize,
    /// The longest time for which records wait until their batch is full, at most 300 s.
    pub window: Duration,
    /// The place in each shard at which the mapping starts.
    pub starting_position: StartingPosition,
    /// The number of batches of one shard that may run at one time, 1 to 10.
    pub parallelization_factor: usize,
    /// The number of retries of a batch, at most 10,000; none is no limit.
    pub maximum_retry_attempts: Option<u32>,
    /// The age at which a record is given up, 60 s to 7 days; none is no limit but that of the
    /// stream, a day.
    pub maximum_record_age: Option<Duration>,
    /// True if a batch that fails is retried in two halves.
    pub bisect_batch_on_function_error: bool,
    /// True if the response of the function says which records failed.
    pub report_batch_item_failures: bool,
    /// The ARN of the queue or topic that is told of discarded records.
    pub on_failure: Option<String>,
    /// The time until the first retry. AWS does not document it (FACTS 20.3).
    pub backoff_first: Duration,
    /// The longest time until a retry; each one is twice the one before.
    pub backoff_max: Duration,
}

/// The place in a shard at which a mapping starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPosition {
    /// The oldest record that the shard has.
    TrimHorizon,
    /// Behind the newest record.
    Latest,
}

impl StreamSettings {
    /// The defaults of AWS for a table's stream and a function, from the oldest record on.
    pub fn new(table: &str, stream: &str, function: &str) -> StreamSettings {
        StreamSettings {
            table: table.to_owned(),
            stream: stream.to_owned(),
            function: function.to_owned(),
            batch_size: 100,
            window: Duration::ZERO,
            starting_position: StartingPosition::TrimHorizon,
            parallelization_factor: 1,
            maximum_retry_attempts: None,
            maximum_record_age: None,
            bisect_batch_on_function_error: false,
            report_batch_item_failures: false,
            on_failure: None,
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(60),
        }
    }

    /// Refuses a setting that AWS refuses.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_in_bounds = |age: Duration| (RECORD_AGE_LEAST..=RECORD_AGE_MAX).contains(&age);
        let message = if !(1..=10_000).contains(&self.batch_size) {
            "BatchSize must be from 1 to 10,000"
        } else if self.window > WINDOW_MAX {
            "MaximumBatchingWindowInSeconds must be at most 300"
        } else if !(1..=10).contains(&self.parallelization_factor) {
            "ParallelizationFactor must be from 1 to 10"
        } else if self.maximum_retry_attempts.is_some_and(|retries| retries > RETRIES_MAX) {
            "MaximumRetryAttempts must be at most 10,000"
        } else if !self.maximum_record_age.is_none_or(is_in_bounds) {
            "MaximumRecordAgeInSeconds must be from 60 to 604,800"
        } else {
            return Ok(());
        };
        Err(message.to_owned())
    }

    /// The time until a retry, after this many failures in a row.
    pub(super) fn backoff(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        self.backoff_first.saturating_mul(1 << doublings).min(self.backoff_max)
    }
}
