//! The same case gives the same trace, byte for byte.

use std::process::Command;

use stormglass_apps::{UnsteadyApp, names};
use stormglass_sim::search::explore;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, HarnessError, replay};

/// Set where this test binary is started again as the fresh process.
const SEEDS: &str = "STORMGLASS_TEST_SEEDS";

fn trace(app: &dyn App, seed: u64) -> String {
    let run = explore::run_seed(app, seed, Families::ALL).expect("the harness works");
    let lines: Vec<String> = run.history.events.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn hash(app: &dyn App, seed: u64) -> u64 {
    explore::run_seed(app, seed, Families::ALL).expect("the harness works").trace_hash
}

#[test]
fn the_same_seed_gives_the_same_trace_twice_in_one_process() {
    for app in names::ALL {
        for seed in 0..20 {
            assert_eq!(trace(app, seed), trace(app, seed), "{} {seed}", app.name());
        }
    }
}

#[test]
fn a_recorded_case_replays_to_the_same_trace() {
    for app in names::ALL {
        for seed in 0..20 {
            let first = explore::run_seed(app, seed, Families::ALL).expect("the harness works");
            let text = first.case.to_string();
            let case = text.parse().expect("a case");
            let again = replay(app, &case, &app.properties()).expect("the harness works");
            assert_eq!(first.trace_hash, again.trace_hash, "{}: {text}", app.name());
            assert_eq!(first.violation, again.violation);
        }
    }
}

#[test]
fn a_loop_over_seeds_notices_handlers_that_are_not_deterministic() {
    let mut runs =
        (0..200).map(|seed| explore::run_seed(&UnsteadyApp::Counter, seed, Families::ALL));
    let error = runs.find_map(Result::err).expect("a difference within 200 seeds");
    assert!(matches!(error, HarnessError::Nondeterministic { .. }), "{error}");
}

#[test]
fn the_same_seed_gives_the_same_trace_in_a_fresh_process() {
    let hashes: Vec<String> =
        (0..20).map(|seed| format!("{:016x}", hash(names::ALL[0], seed))).collect();
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["determinism::print_hashes", "--exact", "--nocapture"])
        .env_clear()
        .envs([(SEEDS, "20"), ("TZ", "Asia/Tokyo"), ("AWS_REGION", "us-west-2")])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "x"), ("_X_AMZN_TRACE_ID", "Root=1-2-3")])
        .output()
        .expect("a fresh process");
    let printed = String::from_utf8(output.stdout).expect("text");
    let there: Vec<&str> = printed.lines().filter_map(|line| line.split("hash ").nth(1)).collect();
    assert_eq!(there, hashes, "{printed}");
}

/// Pins the meaning of seeds: a change of any trace says so here, and in the changelog.
#[test]
fn the_traces_of_seeds_are_pinned() {
    let pinned =
        |app: &dyn App| (0..200).fold(0_u64, |sum, seed| sum.rotate_left(7) ^ hash(app, seed));
    let sums = names::ALL.map(|app| format!("{} {:016x}", app.name(), pinned(app)));
    assert_eq!(
        sums,
        [
            "stormglass abf956af0321075e",
            "tutorial 37dde0d1b88a4fed",
            "aws-sample 45c4bab99bbf215e",
            "canary 7ca479abe4bd0ae0"
        ]
    );
}

/// Does nothing but in the fresh process that the test above starts.
#[test]
fn print_hashes() {
    let Some(seeds) = std::env::var(SEEDS).ok().and_then(|seeds| seeds.parse().ok()) else {
        return;
    };
    for seed in 0..seeds {
        println!("hash {:016x}", hash(names::ALL[0], seed));
    }
}
