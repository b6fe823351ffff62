//! The settings of asynchronous invocations.

use std::time::Duration;

use thiserror::Error;

const RETRIES_MAX: u32 = 2;
const AGE_MIN: Duration = Duration::from_secs(60);
const AGE_MAX: Duration = Duration::from_secs(6 * 60 * 60);

/// The settings of a function's asynchronous invocations (FACTS 11.12, 11.17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsyncSettings {
    /// The number of runs that may follow a run that failed: 0 to 2.
    pub retries_max: u32,
    /// The age at which an event is given up: 60 s to 6 h.
    pub age_max: Duration,
    /// The ARN of the dead-letter queue: a queue or a topic.
    pub dead_letter: Option<String>,
    /// The ARN of the destination of events that failed: a queue, a topic, a function or a bus.
    pub on_failure: Option<String>,
    /// The ARN of the destination of events that succeeded.
    pub on_success: Option<String>,
}

/// A setting that Lambda refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AsyncSettingsError {
    /// Too many retries.
    #[error("a failed event is retried {0} times: the number must be 0 to 2")]
    Retries(u32),
    /// An age out of range.
    #[error("an event is given up after {0:?}: the age must be 60 s to 6 h")]
    Age(Duration),
}

impl AsyncSettings {
    /// Checks the ranges of the numbers.
    pub(super) fn check(&self) -> Result<(), AsyncSettingsError> {
        if self.retries_max > RETRIES_MAX {
            return Err(AsyncSettingsError::Retries(self.retries_max));
        }
        if !(AGE_MIN..=AGE_MAX).contains(&self.age_max) {
            return Err(AsyncSettingsError::Age(self.age_max));
        }
        Ok(())
    }
}

impl Default for AsyncSettings {
    fn default() -> AsyncSettings {
        AsyncSettings {
            retries_max: RETRIES_MAX,
            age_max: AGE_MAX,
            dead_letter: None,
            on_failure: None,
            on_success: None,
        }
    }
}
