//! What a deployed function does besides handling events.

use std::fmt::Debug;

use aws_config::{BehaviorVersion, SdkConfig};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Writes the log to the standard output, one JSON object per line.
///
/// `RUST_LOG` decides what is written: by default, everything from `info` on.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).init();
}

/// Reads the settings and the SDK's configuration from the environment, once per sandbox.
///
/// # Errors
///
/// A variable that is missing or cannot be understood.
pub async fn configure() -> Result<(Settings, SdkConfig), Error> {
    let settings = Settings::from_variables(|name| std::env::var(name).ok());
    // What a failed start leaves in the log is the debug form of its error: here, the message.
    let settings = settings.map_err(|error| error.to_string())?;
    // A concrete version: what the SDK does by default changes with a commit, not with a build.
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).load().await;
    Ok((settings, config))
}

/// Hands every event to `handle`, until the platform ends the sandbox.
///
/// # Errors
///
/// The Lambda runtime cannot be reached.
pub async fn serve<Event, Response, Failure, Running>(
    handle: impl Fn(LambdaEvent<Event>) -> Running,
) -> Result<(), Error>
where
    Event: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Diagnostic> + Debug,
    Running: Future<Output = Result<Response, Failure>>,
{
    lambda_runtime::run(service_fn(handle)).await
}
