//! Runs in processes of their own get the same time and the same random numbers.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod support;

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use support::{NOW, leaks, simulated, sources};

/// The variable that holds the seed of the process that writes all sources.
const SEED: &str = "STORMGLASS_CLOCK_SEED";

/// Precedes the lines that are compared, among those that the harness writes.
const MARK: &str = "\nsource: ";

#[test]
fn the_same_seed_leads_to_the_same() {
    let (first, second) = (of_a_process(1), of_a_process(1));
    for source in sources() {
        assert_eq!(first[source.name], second[source.name], "{}", source.name);
    }
    for leak in leaks() {
        let is_same = first[leak.name] == second[leak.name];
        assert_eq!(is_same, leak.repeats_in_processes, "{}: {}", leak.name, leak.reason);
    }
}

#[test]
fn another_seed_leads_to_other_numbers() {
    let (first, other) = (of_a_process(1), of_a_process(2));
    for source in sources() {
        let differs = first[source.name] != other[source.name];
        assert_eq!(differs, source.has_numbers, "{}", source.name);
    }
}

/// Reads all sources in a fresh process: this binary, with the test below alone.
fn of_a_process(seed: u64) -> BTreeMap<String, String> {
    let output = Command::new(env::current_exe().expect("the path of this binary"))
        .args(["--exact", "writes_all_sources", "--nocapture", "--test-threads=1"])
        .env(SEED, seed.to_string())
        .output()
        .expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.split(MARK).skip(1);
    let read: BTreeMap<String, String> = lines
        .map(|line| line.lines().next().expect("a line").split_once(" = ").expect("a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(read.len(), sources().len() + leaks().len(), "{text}");
    read
}

/// A part of the tests above, which give it a seed. Without one it has nothing to do.
#[test]
fn writes_all_sources() {
    let Ok(seed) = env::var(SEED) else { return };
    let seed = seed.parse().expect("a number");
    for source in sources() {
        print!("{MARK}{} = {}", source.name, simulated(NOW, seed, source.read));
    }
    for leak in leaks() {
        print!("{MARK}{} = {}", leak.name, simulated(NOW, seed, leak.read));
    }
    println!();
}
