//! `cargo sim verify`: the same seed must give the same trace, here and in another process.

use std::process::Command;

use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError, Run, explore};

use crate::arguments::VerifyArguments;
use crate::{CommandError, Ending};

/// Runs every seed twice here and once in a fresh process with another environment.
pub(crate) fn verify(arguments: &VerifyArguments) -> Result<Ending, CommandError> {
    let app = arguments.app.app;
    let mut here = Vec::new();
    for seed in seeds(arguments) {
        here.push(run_twice(app, seed)?);
    }
    let there = hashes_of_a_fresh_process(arguments)?;
    for (index, seed) in seeds(arguments).enumerate() {
        let (first, second) = (here[index], there.get(index).copied().unwrap_or_default());
        if first != second {
            return Err(HarnessError::Nondeterministic { seed, first, second }.into());
        }
    }
    println!(
        "SAME    {} seeds, each run twice here and once in a fresh process with another \
         environment: equal traces    app {}",
        here.len(),
        app.name()
    );
    Ok(Ending::Held)
}

/// Prints the trace hash of each seed, for the process that compares them.
pub(crate) fn hashes(arguments: &VerifyArguments) -> Result<Ending, CommandError> {
    for seed in seeds(arguments) {
        println!("{:016x}", run(arguments.app.app, seed)?.trace_hash);
    }
    Ok(Ending::Held)
}

fn seeds(arguments: &VerifyArguments) -> impl Iterator<Item = u64> {
    let from = arguments.from;
    (0..arguments.seeds).map(move |index| from.wrapping_add(index))
}

fn run(app: &dyn App, seed: u64) -> Result<Run, CommandError> {
    Ok(explore::run_seed(app, seed, Families::ALL)?)
}

fn run_twice(app: &dyn App, seed: u64) -> Result<u64, CommandError> {
    let (one, two) = (run(app, seed)?, run(app, seed)?);
    let (first, second) = (one.trace_hash, two.trace_hash);
    if first == second {
        return Ok(first);
    }
    let pairs = one.history.events.iter().zip(&two.history.events);
    if let Some((a, b)) = pairs.into_iter().find(|(a, b)| a.to_string() != b.to_string()) {
        eprintln!("the first step that differs:\n  first run    {a}\n  second run   {b}");
    }
    Err(HarnessError::Nondeterministic { seed, first, second }.into())
}

fn hashes_of_a_fresh_process(arguments: &VerifyArguments) -> Result<Vec<u64>, CommandError> {
    let io = |what: &str| {
        let what = what.to_owned();
        move |source| CommandError::Io { what, source }
    };
    let program = std::env::current_exe().map_err(io("cannot find this program"))?;
    let output = Command::new(program)
        .arg("hashes")
        .args(["--app", arguments.app.app.name()])
        .args(["--from", &arguments.from.to_string()])
        .args(["--seeds", &arguments.seeds.to_string()])
        .env_clear()
        .envs([("TZ", "Asia/Tokyo"), ("RUST_LOG", "trace"), ("AWS_REGION", "us-west-2")])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "x"), ("_X_AMZN_TRACE_ID", "Root=1-2-3")])
        .envs([("AWS_NEW_RETRIES_2026", "true"), ("AWS_MAX_ATTEMPTS", "9")])
        .output()
        .map_err(io("cannot start a fresh process"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(CommandError::Usage(format!("the fresh process failed: {said}")));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    Ok(lines.lines().filter_map(|line| u64::from_str_radix(line, 16).ok()).collect())
}
