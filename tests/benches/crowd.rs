//! The cost of one broadcast to many clients for the simulator, from 10 clients to 100,000.
//!
//! ```text
//! cargo bench -p stormglass-tests --bench crowd
//! ```
//!
//! The column to look at is the last one: the time of a simulated call, as a ratio to that of the
//! first line. Give the numbers of clients as arguments to look at others.

use std::time::Instant;

use stormglass_apps::STORMGLASS;
use stormglass_sim::{Case, replay};
use stormglass_spec::properties;

/// The clients that connect per second, below the gateway's quota (FACTS 3.1).
const CONNECTS_PER_SECOND: u32 = 400;

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let numbers = if numbers.is_empty() { vec![10, 100, 1_000, 10_000, 100_000] } else { numbers };
    println!("  clients     calls    events   virtual s    wall s   peak MB   us/call   ratio");
    let mut first = None;
    for clients in numbers {
        let us_per_call = measure(clients, first);
        first.get_or_insert(us_per_call);
    }
}

/// Runs one world and prints its line; gives the microseconds that a call took.
#[expect(clippy::disallowed_methods, reason = "a bench measures the time that people wait")]
fn measure(clients: u32, first: Option<f64>) -> f64 {
    let within_s = 1 + clients / CONNECTS_PER_SECOND;
    let later_s = within_s + 5;
    let text = format!(r#"v1 herd*{clients}:w{within_s}s,c ana:i{later_s}s,c,b"hi""#);
    let case: Case = text.parse().expect("a case");
    // Small worlds are over too soon to be measured once.
    let rounds = (2_000 / clients).max(1);
    let started = Instant::now();
    let mut run = replay(&STORMGLASS, &case, &properties::ALL).expect("the harness works");
    for _ in 1..rounds {
        run = replay(&STORMGLASS, &case, &properties::ALL).expect("the harness works");
    }
    let wall_s = started.elapsed().as_secs_f64() / f64::from(rounds);
    assert_eq!(run.violation, None, "every promise is kept");
    let calls = u32::try_from(run.calls).unwrap_or(u32::MAX);
    let us_per_call = wall_s * 1e6 / f64::from(calls);
    println!(
        "{clients:>9} {calls:>9} {:>9} {:>11.1} {wall_s:>9.2} {:>9} {us_per_call:>9.1} {:>7.2}",
        run.history.events.len(),
        std::time::Duration::from_micros(run.elapsed.micros()).as_secs_f64(),
        peak_mb(),
        us_per_call / first.unwrap_or(us_per_call),
    );
    us_per_call
}

/// The most memory that this process has had, where the system tells.
fn peak_mb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.map_or("?".to_owned(), |kilobytes| (kilobytes / 1_024).to_string())
}
