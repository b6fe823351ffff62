//! The canary: an exploration reports exactly the seeds that must fail.

use std::sync::atomic::AtomicBool;

use stormglass_apps::{CANARY, canary};
use stormglass_sim::App;
use stormglass_sim::search::explore::{Exploration, Search};
use stormglass_sim::strategy::Families;

const SEEDS: u64 = 200;

#[test]
fn exactly_the_seeds_that_are_known_to_fail_are_reported() {
    let expected: Vec<u64> =
        (0..SEEDS).filter(|seed| canary::fails_on(&CANARY.plan(*seed))).collect();
    assert!((10..40).contains(&expected.len()), "about a tenth of {SEEDS}: {expected:?}");
    for search in [Search::Random, Search::Pct { depth: 3 }] {
        for jobs in [1, 3] {
            let exploration = Exploration {
                from: 0,
                seeds: SEEDS,
                search,
                families: Families::ALL,
                jobs,
                keeps_going: true,
                stop: &AtomicBool::new(false),
            };
            let summary = exploration.explore(&CANARY, |_| {}).expect("an exploration");
            assert!(
                summary
                    .finds
                    .iter()
                    .all(|find| find.violation.property == canary::NO_CLIENT_CALLED_HAL.id)
            );
            let found: Vec<u64> = summary.finds.iter().map(|find| find.seed).collect();
            assert_eq!(found, expected, "{search}, {jobs} jobs");
        }
    }
}
