//! The start of a deployed function: its log, its settings, and the loop that takes events.

use std::fmt::Debug;

use aws_config::{BehaviorVersion, SdkConfig};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing_subscriber::fmt::time::SystemTime;

use crate::log;
use crate::settings::Settings;

/// The largest number of host names that are looked up at once.
const BLOCKING_THREADS_MAX: usize = 4;

/// Sends the log of this process to its standard output.
///
/// Lambda's own variable `AWS_LAMBDA_LOG_LEVEL` sets the level of the crates of this project; the
/// default is `info`. All other crates log errors only, because on lower levels the SDK logs whole
/// requests. The variable `RUST_LOG`, if it is set, decides for all crates instead.
///
/// # Errors
///
/// A variable is not a level, or the process has a log already.
pub fn log() -> Result<(), Error> {
    let read = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let level = match read("RUST_LOG") {
        Some(level) => level,
        None => own_level(read("AWS_LAMBDA_LOG_LEVEL"))?,
    };
    let log = log::subscriber(&level, std::io::stdout, SystemTime);
    let log = log.map_err(|error| format!("the variable RUST_LOG is not a log level: {error}"))?;
    tracing::subscriber::set_global_default(log)?;
    Ok(())
}

/// The levels of all crates, if those of this project log on Lambda's `level`.
///
/// Lambda has a level above `error`. Nothing in this project logs on it.
fn own_level(level: Option<String>) -> Result<String, Error> {
    let level = level.map_or_else(|| "info".to_owned(), |level| level.trim().to_lowercase());
    let level = match level.as_str() {
        "fatal" => "off",
        "trace" | "debug" | "info" | "warn" | "error" => &level,
        _ => {
            let problem = format!("the variable AWS_LAMBDA_LOG_LEVEL is not a log level: {level}");
            return Err(problem.into());
        }
    };
    Ok(format!("error,stormglass_handlers={level},stormglass_authorizer={level}"))
}

/// Reads the settings and the SDK's configuration from the environment, once per sandbox.
///
/// # Errors
///
/// A variable is missing or invalid.
pub async fn configure() -> Result<(Settings, SdkConfig), Error> {
    let settings = Settings::from_variables(|name| std::env::var(name).ok());
    // A failed start logs the debug form of its error. That of a text is the text itself.
    let settings = settings.map_err(|error| error.to_string())?;
    // A fixed version, so that the SDK's defaults change with a commit and not with a build.
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).load().await;
    Ok((settings, config))
}

/// Runs a function until the platform ends its sandbox.
///
/// One thread does everything except looking up host names, for which the system has only a
/// blocking call. A broadcast opens as many connections at once as it has posts in flight, and
/// all of them look up the same name, so a few threads are enough.
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
pub async fn serve<Event, Response, Failure, ResponseFuture>(
    handle: impl Fn(LambdaEvent<Event>) -> ResponseFuture,
) -> Result<(), Error>
where
    Event: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Diagnostic> + Debug,
    ResponseFuture: Future<Output = Result<Response, Failure>>,
{
    lambda_runtime::run(service_fn(handle)).await
}
