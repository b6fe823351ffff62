//! The settings of a deployment in a case's text.
//!
//! ```text
//! page=2           rows on a page                lag=1s          replica lag
//! expiry=0ms       until expired rows go, at most
//! timeout=3s       of functions, at most         concurrency=1   invocations at one time
//! rate=100         messages and posts a second   burst=10        of them at once
//! connects=5       new connections a second      buffer=4        messages that nobody reads
//! tcp=60s          until TCP gives up            frames=unordered
//! reserved=no      clients select `$disconnect`  pings=traffic
//! ```

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Deployment;
use super::cursor::Cursor;
use super::text::{CaseError, at_least_one, read_duration, write_duration};

/// The names of all settings, in the order in which they are written.
const NAMES: [&str; 13] = [
    "page",
    "lag",
    "expiry",
    "timeout",
    "concurrency",
    "rate",
    "burst",
    "connects",
    "buffer",
    "tcp",
    "reserved",
    "pings",
    "frames",
];

/// Lambda's own limits of a timeout.
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(900);

/// Reads the value of the setting called `name`.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    name: &str,
    deployment: &mut Deployment,
) -> Result<(), CaseError> {
    match name {
        "page" => deployment.page_rows_max = Some(at_least_one(cursor, "rows on a page")?),
        "lag" => deployment.replica_lag = read_duration(cursor)?,
        "expiry" => deployment.expiry_lag = read_duration(cursor)?,
        "timeout" => deployment.lambda_timeout_max = Some(read_timeout(cursor)?),
        "concurrency" => deployment.lambda_concurrency = at_least_one(cursor, "invocations")?,
        "rate" => deployment.requests_per_second = at_least_one(cursor, "requests a second")?,
        "burst" => deployment.burst = at_least_one(cursor, "requests at once")?,
        "connects" => deployment.connects_per_second = at_least_one(cursor, "connections")?,
        "buffer" => deployment.buffer_frames_max = at_least_one(cursor, "messages")?,
        "tcp" => deployment.tcp_give_up = read_duration(cursor)?,
        "reserved" => deployment.routes_reserved = !read_word(cursor, "no")?,
        "pings" => deployment.pings_reset_idle = read_word(cursor, "traffic")?,
        "frames" => deployment.frames_ordered = !read_word(cursor, "unordered")?,
        _ => {
            let known = NAMES.join(", ");
            return Err(CaseError::new(format!("there is no setting `{name}`; there are {known}")));
        }
    }
    Ok(())
}

fn read_timeout(cursor: &mut Cursor<'_>) -> Result<Duration, CaseError> {
    let timeout = read_duration(cursor)?;
    if TIMEOUTS.contains(&timeout) {
        return Ok(timeout);
    }
    Err(cursor.error("the timeout of a function is 1s to 900s"))
}

/// Reads the one word that a setting can have as its value; returns true.
fn read_word(cursor: &mut Cursor<'_>, word: &str) -> Result<bool, CaseError> {
    cursor.expect(word).map(|()| true)
}

/// Writes the settings that differ from the defaults, each after a space.
pub(super) fn write(f: &mut fmt::Formatter<'_>, deployment: &Deployment) -> fmt::Result {
    let usual = Deployment::default();
    if let Some(rows) = deployment.page_rows_max {
        write!(f, " page={rows}")?;
    }
    write_time(f, "lag", deployment.replica_lag, usual.replica_lag)?;
    write_time(f, "expiry", deployment.expiry_lag, usual.expiry_lag)?;
    if let Some(timeout) = deployment.lambda_timeout_max {
        f.write_str(" timeout=")?;
        write_duration(f, timeout)?;
    }
    write_number(f, "concurrency", deployment.lambda_concurrency, usual.lambda_concurrency)?;
    write_number(f, "rate", deployment.requests_per_second, usual.requests_per_second)?;
    write_number(f, "burst", deployment.burst, usual.burst)?;
    write_number(f, "connects", deployment.connects_per_second, usual.connects_per_second)?;
    write_number(f, "buffer", deployment.buffer_frames_max, usual.buffer_frames_max)?;
    write_time(f, "tcp", deployment.tcp_give_up, usual.tcp_give_up)?;
    write_word(f, " reserved=no", !deployment.routes_reserved)?;
    write_word(f, " pings=traffic", deployment.pings_reset_idle)?;
    write_word(f, " frames=unordered", !deployment.frames_ordered)
}

fn write_number(f: &mut fmt::Formatter<'_>, name: &str, value: u32, usual: u32) -> fmt::Result {
    if value == usual { Ok(()) } else { write!(f, " {name}={value}") }
}

fn write_time(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    value: Duration,
    usual: Duration,
) -> fmt::Result {
    if value == usual {
        return Ok(());
    }
    write!(f, " {name}=")?;
    write_duration(f, value)
}

fn write_word(f: &mut fmt::Formatter<'_>, text: &str, holds: bool) -> fmt::Result {
    if holds { f.write_str(text) } else { Ok(()) }
}
