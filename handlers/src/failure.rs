//! Why a call failed: for the log, and for nobody else.

use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why a call failed, or may have failed.
///
/// It says what the SDK and the service said, so no reply may hold it. What the call carried is
/// not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Failure {
        Failure(text.into())
    }

    pub(crate) fn late(call: &'static str) -> Failure {
        Failure(format!("{call}: no answer in time"))
    }

    /// An error that the service answered reads as `call: code: message (status)`, as far as
    /// there is a code and a message (FACTS 3.5, 6.2). Any other reads as it explains itself.
    pub(crate) fn of<E>(call: &'static str, error: &SdkError<E>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let mut text = call.to_owned();
        match error.as_service_error() {
            Some(answered) => {
                let metadata = answered.meta();
                for part in [metadata.code(), metadata.message()].into_iter().flatten() {
                    text.extend([": ", part]);
                }
            }
            None => explain(error, &mut text),
        }
        if let Some(status) = status {
            text.push_str(&format!(" (status {status})"));
        }
        Failure(text)
    }
}

fn explain(error: &dyn Error, text: &mut String) {
    let mut next = Some(error);
    while let Some(error) = next {
        text.push_str(&format!(": {error}"));
        next = error.source();
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
