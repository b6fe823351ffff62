//! What a deployed function does besides handling events.

use std::fmt::Debug;

use aws_config::{BehaviorVersion, SdkConfig};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing_subscriber::fmt::time::SystemTime;

use crate::log;
use crate::settings::Settings;

/// How many names are looked up at once.
const BLOCKING_THREADS_MAX: usize = 4;

/// Writes the log of this process to its standard output.
///
/// Lambda's own setting, `AWS_LAMBDA_LOG_LEVEL`, is the level of these crates, and `info` if it is
/// not set. All others say only what went wrong: on finer levels the SDK writes down whole
/// requests. Whoever wants to see them can set `RUST_LOG`, which then decides for everybody.
///
/// # Errors
///
/// A variable cannot be understood.
pub fn log() -> Result<(), Error> {
    let read = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let level = match read("RUST_LOG") {
        Some(level) => level,
        None => level_of_ours(read("AWS_LAMBDA_LOG_LEVEL"))?,
    };
    let log = log::subscriber(&level, std::io::stdout, SystemTime);
    let log = log.map_err(|error| format!("the variable RUST_LOG is no log level: {error}"))?;
    tracing::subscriber::set_global_default(log)?;
    Ok(())
}

/// Lambda knows a level above `error`, on which nothing of ours is written.
fn level_of_ours(level: Option<String>) -> Result<String, Error> {
    let level = level.map_or_else(|| "info".to_owned(), |level| level.trim().to_lowercase());
    let level = match level.as_str() {
        "fatal" => "off",
        "trace" | "debug" | "info" | "warn" | "error" => &level,
        _ => return Err(format!("the variable AWS_LAMBDA_LOG_LEVEL is no level: {level}").into()),
    };
    Ok(format!("error,stormglass_handlers={level},stormglass_authorizer={level}"))
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

/// Runs a function until the platform ends its sandbox.
///
/// One thread does everything but to look up names, for which the system has no call that does
/// not wait. A broadcast opens as many connections at once as it has posts in flight, and a
/// thread for each of them would be there just to ask the same question.
///
/// # Errors
///
/// `function` fails, or the runtime cannot be started.
pub fn run(function: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().max_blocking_threads(BLOCKING_THREADS_MAX);
    runtime.build()?.block_on(function)
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
