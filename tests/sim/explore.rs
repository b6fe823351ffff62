//! The result of an exploration does not depend on the number of threads that share its seeds.

use std::sync::atomic::{AtomicBool, Ordering};

use stormglass_apps::Tutorial;
use stormglass_sim::search::explore::{Exploration, Search, Slowest, Summary};
use stormglass_sim::strategy::Families;

/// Explores, asks for a stop after some seeds, and gives what there was at each seed.
fn explore(jobs: usize, stop_after: u64) -> (Summary, Vec<String>) {
    let stop = AtomicBool::new(false);
    let exploration = Exploration {
        from: 3,
        seeds: u64::MAX,
        search: Search::Random,
        families: Families::ALL,
        jobs,
        keeps_going: true,
        stop: &stop,
    };
    let mut heard = Vec::new();
    let summary = exploration.explore(&Tutorial, |summary| {
        heard.push(figures(summary));
        stop.store(summary.seeds == stop_after, Ordering::Relaxed);
    });
    (summary.expect("the harness works"), heard)
}

/// Everything in a summary but the time on the wall; of finds only the seeds and the traces.
fn figures(summary: &Summary) -> String {
    let finds = summary.finds.iter().map(|find| (find.seed, find.run.trace_hash));
    let finds: Vec<(u64, u64)> = finds.collect();
    let slowest = Slowest::default();
    let alone = Summary { finds: Vec::new(), slowest, ..summary.clone() };
    format!("{finds:?} {:?}", alone)
}

#[test]
fn an_exploration_stops_after_the_seed_that_it_was_told_to_and_knows_nothing_of_later_ones() {
    let (alone, heard_alone) = explore(1, 40);
    let (shared, heard_shared) = explore(3, 40);
    assert_eq!(alone.seeds, 40);
    assert!(alone.repeated >= u64::try_from(alone.finds.len()).expect("a small number"));
    assert!(alone.coverage.pairs() > 0 && !alone.finds.is_empty());
    assert_eq!(heard_alone, heard_shared);
    assert_eq!(figures(&alone), figures(&shared));
}
