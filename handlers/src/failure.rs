//! The reason why a call to a service failed, for the log only.

use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The reason why a call failed, or may have failed.
///
/// It repeats texts of the SDK and of the service, so no reply may contain it. It never contains
/// the data of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure with a text of this crate.
    pub(crate) fn new(text: impl Into<String>) -> Failure {
        Failure(text.into())
    }

    /// The failure of a `call` that got no answer in time.
    pub(crate) fn timeout(call: &'static str) -> Failure {
        Failure(format!("{call}: no answer in time"))
    }

    /// The failure of a `call` for which the SDK returned `error`.
    ///
    /// An error from the service reads `call: code: message (status)`, without the parts that the
    /// service left out (FACTS 3.5, 6.2). Any other error reads as the chain of its sources.
    pub(crate) fn from_sdk<E>(call: &'static str, error: &SdkError<E>) -> Failure
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

/// Appends an error and all of its sources to `text`.
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
