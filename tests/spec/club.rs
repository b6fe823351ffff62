//! Searches find a lapse by the ready-made promise that it breaks, and the mended twin holds.

use std::collections::BTreeMap;

use stormglass_sim::App;
use stormglass_sim::search::explore::{Search, run_seed};
use stormglass_sim::strategy::Families;
use stormglass_spec::Property;
use stormglass_tests::club::{Club, Lapse};

/// Seeds that are more than enough to find each lapse.
const SEEDS: u64 = 300;

/// True if a search for this promise alone finds that a club breaks it.
fn is_found(club: Club, id: &str) -> bool {
    let promises: Vec<Property> =
        club.properties().into_iter().filter(|promise| promise.id == id).collect();
    assert_eq!(promises.len(), 1, "{id}");
    (0..SEEDS).any(|seed| {
        let run = Search::Random.run(&club, seed, Families::ALL, &promises).expect("a run");
        run.violation.is_some()
    })
}

#[test]
fn each_lapse_is_found() {
    for (lapse, id) in [
        (Lapse::Throws, "unfailing"),
        (Lapse::Overwrites, "no-lost-update"),
        (Lapse::Evicts, "newest-wins"),
        (Lapse::Shrugs, "kept"),
        (Lapse::Hurries, "in-order"),
        (Lapse::Trims, "reply-says"),
        (Lapse::Refuses, "everyone-gets-in"),
    ] {
        assert!(is_found(Club(Some(lapse)), id), "{lapse:?} seems to keep {id}");
    }
}

#[test]
fn the_mended_club_keeps_every_promise_and_tests_it() {
    let mut tested: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..SEEDS {
        let run = run_seed(&Club(None), seed, Families::ALL).expect("a run");
        assert_eq!(run.violation, None, "seed {seed}: {}", run.case);
        for (id, times) in run.verdicts {
            *tested.entry(id).or_default() += times;
        }
    }
    assert_eq!(tested.len(), Club(None).properties().len());
    assert!(tested.values().all(|times| *times > 10), "{tested:?}");
}
