//! The same runs in a fresh process, with another environment.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use stormglass_sim::search::determinism;
use stormglass_sim::{App, Difference, Divergence, HarnessError};

use crate::arguments::TraceArguments;
use crate::input::find_case;
use crate::output::say;
use crate::{CommandError, Ending};

/// Something that was run here, and is to be run in a fresh process.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// What it is, in words.
    pub(crate) what: String,
    /// The text of its case, or its seed.
    pub(crate) source: String,
    /// The hash of its trace here.
    pub(crate) hash: u64,
}

/// What a fresh process tells of a run.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    hash: u64,
    events: Vec<String>,
    points: Vec<String>,
}

/// Runs each of these in a fresh process; gives how the first of those went whose trace is not the
/// one that it had here.
pub(crate) fn run_afresh(
    app: &dyn App,
    expected: &[Expected],
) -> Result<Option<HarnessError>, CommandError> {
    let sources: Vec<&str> = expected.iter().map(|it| it.source.as_str()).collect();
    let there = ask(app, &sources, false)?;
    let mut pairs = expected.iter().zip(&there);
    let Some((expected, told)) = pairs.find(|(expected, told)| expected.hash != told.hash) else {
        return Ok(None);
    };
    explain(app, expected, told.hash).map(Some)
}

/// Prints what it has to tell of each run that standard input asks for, for the process that
/// compares.
pub(crate) fn trace(arguments: &TraceArguments) -> Result<Ending, CommandError> {
    let mut asked = String::new();
    io::stdin().read_to_string(&mut asked).map_err(io_error("cannot read standard input"))?;
    for source in asked.lines() {
        let told = tell(arguments.app.app, source, arguments.in_full)?;
        say!("{}", serde_json::json!(told));
    }
    Ok(Ending::Held)
}

fn tell(app: &dyn App, source: &str, in_full: bool) -> Result<Told, CommandError> {
    let (case, _) = find_case(source, app)?;
    let (run, points) = determinism::record(app, &case, &app.properties())?;
    let mut told = Told { hash: run.trace_hash, events: Vec::new(), points: Vec::new() };
    if in_full {
        told.events = run.history.events.iter().map(ToString::to_string).collect();
        told.points = points.iter().map(ToString::to_string).collect();
    }
    Ok(told)
}

/// Says how a run here and one in a fresh process differ.
fn explain(
    app: &dyn App,
    expected: &Expected,
    hash_there: u64,
) -> Result<HarnessError, CommandError> {
    let here = tell(app, &expected.source, true)?;
    let there = ask(app, &[&expected.source], true)?;
    let there = there.first();
    let divergence = Divergence {
        sides: ["this process", "a fresh process"],
        hashes: [expected.hash, hash_there],
        event: there.and_then(|there| Difference::first(&here.events, &there.events)),
        point: there.and_then(|there| Difference::first(&here.points, &there.points)),
    };
    Ok(determinism::nondeterministic(&expected.what, divergence))
}

/// Has a fresh process with another environment run these, and tell.
fn ask(app: &dyn App, sources: &[&str], in_full: bool) -> Result<Vec<Told>, CommandError> {
    let program = std::env::current_exe().map_err(io_error("cannot find this program"))?;
    let mut child = Command::new(program)
        .args(["trace", "--app", app.name()])
        .args(in_full.then_some("--in-full"))
        .env_clear()
        .envs([("TZ", "Asia/Tokyo"), ("RUST_LOG", "trace"), ("AWS_REGION", "us-west-2")])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "x"), ("_X_AMZN_TRACE_ID", "Root=1-2-3")])
        .envs([("AWS_NEW_RETRIES_2026", "true"), ("AWS_MAX_ATTEMPTS", "9")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(io_error("cannot start a fresh process"))?;
    if let Some(mut input) = child.stdin.take() {
        // A process that has ended already says why when it is waited for.
        let _ = input.write_all(sources.join("\n").as_bytes());
    }
    let output = child.wait_with_output().map_err(io_error("cannot wait for a fresh process"))?;
    let broken = |said: &str| CommandError::Fresh(said.trim().to_owned());
    if !output.status.success() {
        return Err(broken(&String::from_utf8_lossy(&output.stderr)));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let told: Result<Vec<Told>, _> = lines.lines().map(serde_json::from_str).collect();
    match told {
        Ok(told) if told.len() == sources.len() => Ok(told),
        Ok(told) => Err(broken(&format!("it ran {} of {} cases", told.len(), sources.len()))),
        Err(error) => Err(broken(&format!("it said what makes no sense: {error}"))),
    }
}

fn io_error(what: &str) -> impl FnOnce(io::Error) -> CommandError {
    let what = what.to_owned();
    move |source| CommandError::Io { what, source }
}
