//! Runs of one process are the same if each follows the rules of the documentation.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod support;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::time::Duration;

use stormglass_clock::{Reads, seed, simulate};
use support::{NOW, later, on_fresh_thread, sources};
use tokio::runtime::Builder;

/// A table that the process makes on first use.
static TABLE: LazyLock<HashMap<u8, u8>> = LazyLock::new(|| (0..16).zip(0..16).collect());

/// The order of a set whose keys the thread of the caller made.
fn order() -> String {
    format!("{:?}", (0..32).collect::<HashSet<u8>>())
}

/// A run that reads every source in three polls, and uses hash maps of its own between them.
fn run(run_seed: u64, first_use: fn()) -> (Vec<String>, Reads) {
    on_fresh_thread(|| seed(run_seed, || polls(run_seed, first_use)).0)
}

fn polls(run_seed: u64, first_use: fn()) -> (Vec<String>, Reads) {
    let build = || Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = simulate(NOW, run_seed, build).0.expect("a runtime");
    let (mut lines, mut all) = (vec![order()], Reads::default());
    for poll in 1..=3 {
        lines.push(order());
        let future = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            first_use();
            let values = sources().into_iter().map(|source| (source.read)());
            format!("{:?} {:?}", tokio::time::Instant::now(), values.collect::<Vec<_>>())
        };
        let poll_seed = run_seed ^ (poll << 32);
        let (line, reads) = simulate(later(NOW, poll), poll_seed, || runtime.block_on(future));
        lines.push(line);
        all += reads;
    }
    (lines, all)
}

#[test]
fn runs_on_threads_of_their_own_are_the_same_after_the_first() {
    let run = |seed| run(seed, || assert_eq!(TABLE.get(&7), Some(&7)));
    let first = run(1);
    let second = run(1);
    // The table of the process took its keys from the thread of the first run.
    assert!(first != second, "{first:#?}");
    for _ in 0..3 {
        let third = run(1);
        assert!(second == third, "{second:#?}\n{third:#?}");
    }
    assert!(run(2) != second);
}

#[test]
fn runs_are_the_same_while_others_run() {
    let run = |seed| run(seed, || ());
    let alone = run(1);
    let runs: Vec<_> = std::thread::scope(|scope| {
        let threads = [1, 2, 1, 2].map(|seed| scope.spawn(move || run(seed)));
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    for (index, other) in runs.iter().enumerate() {
        assert_eq!(*other == alone, index % 2 == 0, "{alone:#?}\n{other:#?}");
    }
}
