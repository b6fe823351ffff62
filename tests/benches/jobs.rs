//! The work of two jobs in one process, beside that of two processes with a job each.
//!
//! ```text
//! cargo bench --profile dev -p stormglass-apps --bench jobs
//! ```
//!
//! Both explore the same seeds, in turns. What counts is the quickest turn of each. Give a number
//! of turns as an argument for more than five.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The seeds of one job.
const SEEDS: u64 = 500;

fn main() {
    let turns = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(5_u32);
    println!("  two processes s   two jobs s   ratio");
    let (mut processes, mut jobs) = (Duration::MAX, Duration::MAX);
    for _ in 0..turns {
        processes = processes.min(time(|| [explore(1, 0, SEEDS), explore(1, SEEDS, SEEDS)].into()));
        jobs = jobs.min(time(|| vec![explore(2, 0, 2 * SEEDS)]));
        let (processes_s, jobs_s) = (processes.as_secs_f64(), jobs.as_secs_f64());
        println!("{processes_s:>17.2} {jobs_s:>12.2} {:>7.2}", processes_s / jobs_s);
    }
}

/// Starts an exploration of the production handlers.
fn explore(jobs: u64, from: u64, seeds: u64) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-apps"));
    command.arg("explore").stdout(Stdio::null());
    for (name, value) in [("--jobs", jobs), ("--from", from), ("--seeds", seeds)] {
        command.args([name, &value.to_string()]);
    }
    command.spawn().expect("the program starts")
}

/// Returns the time until all of these processes are over.
#[expect(clippy::disallowed_methods, reason = "a bench measures the time that people wait")]
fn time(start: impl FnOnce() -> Vec<Child>) -> Duration {
    let started = Instant::now();
    for mut child in start() {
        assert!(child.wait().expect("it ends").success(), "every promise is kept");
    }
    started.elapsed()
}
