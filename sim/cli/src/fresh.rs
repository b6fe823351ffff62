//! Runs in a fresh process with another environment, which must have the same traces.
//!
//! The parent starts its own program with the hidden command `trace`, and writes the text of a
//! case or a seed in each line of its standard input. The child answers each with a line of JSON.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use stormglass_sim::search::determinism;
use stormglass_sim::{App, Difference, Divergence, HarnessError};

use crate::arguments::TraceArguments;
use crate::input::find_case;
use crate::outcome::{Outcome, SimError};
use crate::output::say;

/// A run of this process, which a fresh process must repeat.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedTrace {
    /// The name of the run in an error.
    pub(crate) name: String,
    /// The text of its case, or its seed.
    pub(crate) source: String,
    /// The hash of its trace in this process.
    pub(crate) hash: u64,
}

/// The trace of a run in a child process.
#[derive(Debug, Serialize, Deserialize)]
struct ChildTrace {
    hash: u64,
    /// The lines of its events; empty unless the parent asked for them.
    events: Vec<String>,
    /// The lines of its points of choice; empty unless the parent asked for them.
    points: Vec<String>,
}

/// Runs each case in a fresh process. Returns an error about the first whose trace differs from
/// ours, if there is one.
pub(crate) fn run_afresh(
    app: &dyn App,
    expected: &[ExpectedTrace],
) -> Result<Option<HarnessError>, SimError> {
    let sources: Vec<&str> = expected.iter().map(|it| it.source.as_str()).collect();
    let traces = run_in_child(app, &sources, false)?;
    let mut pairs = expected.iter().zip(&traces);
    let Some((expected, trace)) = pairs.find(|(expected, trace)| expected.hash != trace.hash)
    else {
        return Ok(None);
    };
    explain(app, expected, trace.hash).map(Some)
}

/// Is the child process: prints the trace of each run that a line of standard input names.
pub(crate) fn trace(arguments: &TraceArguments) -> Result<Outcome, SimError> {
    let mut sources = String::new();
    let read = io::stdin().read_to_string(&mut sources);
    read.map_err(SimError::io("cannot read standard input"))?;
    for source in sources.lines() {
        let trace = trace_of(arguments.app.app, source, arguments.in_full)?;
        say!("{}", serde_json::json!(trace));
    }
    Ok(Outcome::Held)
}

fn trace_of(app: &dyn App, source: &str, in_full: bool) -> Result<ChildTrace, SimError> {
    let (case, _) = find_case(source, app)?;
    let (run, points) = determinism::record(app, &case, &app.properties())?;
    let mut trace = ChildTrace { hash: run.trace_hash, events: Vec::new(), points: Vec::new() };
    if in_full {
        trace.events = run.history.events.iter().map(ToString::to_string).collect();
        trace.points = points.iter().map(ToString::to_string).collect();
    }
    Ok(trace)
}

/// Describes the first difference between a run here and the same run in a fresh process.
fn explain(
    app: &dyn App,
    expected: &ExpectedTrace,
    hash_there: u64,
) -> Result<HarnessError, SimError> {
    let here = trace_of(app, &expected.source, true)?;
    let there = run_in_child(app, &[&expected.source], true)?;
    let there = there.first();
    let divergence = Divergence {
        sides: ["this process", "a fresh process"],
        hashes: [expected.hash, hash_there],
        event: there.and_then(|there| Difference::first(&here.events, &there.events)),
        point: there.and_then(|there| Difference::first(&here.points, &there.points)),
    };
    Ok(determinism::nondeterministic(&expected.name, divergence))
}

/// Runs each source in one fresh process with another environment, and returns their traces.
fn run_in_child(
    app: &dyn App,
    sources: &[&str],
    in_full: bool,
) -> Result<Vec<ChildTrace>, SimError> {
    let program = std::env::current_exe().map_err(SimError::io("cannot find this program"))?;
    let mut child = Command::new(program)
        .args(["trace", "--app", app.name()])
        .args(in_full.then_some("--in-full"))
        .env_clear()
        // Each of these would change a run that looked at its environment.
        .envs([("TZ", "Asia/Tokyo"), ("RUST_LOG", "trace"), ("AWS_REGION", "us-west-2")])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "x"), ("_X_AMZN_TRACE_ID", "Root=1-2-3")])
        .envs([("AWS_NEW_RETRIES_2026", "true"), ("AWS_MAX_ATTEMPTS", "9")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SimError::io("cannot start a fresh process"))?;
    if let Some(mut input) = child.stdin.take() {
        // If the process has already ended, its exit code says more than this error.
        let _ = input.write_all(sources.join("\n").as_bytes());
    }
    let output = child.wait_with_output();
    let output = output.map_err(SimError::io("cannot wait for a fresh process"))?;
    let failed = |reason: &str| SimError::FreshProcess(reason.trim().to_owned());
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let traces: Result<Vec<ChildTrace>, _> = lines.lines().map(serde_json::from_str).collect();
    match traces {
        Ok(traces) if traces.len() == sources.len() => Ok(traces),
        Ok(traces) => Err(failed(&format!("it ran {} of {} cases", traces.len(), sources.len()))),
        Err(error) => Err(failed(&format!("its output cannot be read: {error}"))),
    }
}
