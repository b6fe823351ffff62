//! The strategy that deviates at a few points only.

use std::collections::BTreeSet;

use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::faults::Family;
use stormglass_sim::search::explore::Search;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run, replay};
use stormglass_spec::properties::{self, DELIVERED, IN_TIME, ISOLATED, NO_GHOSTS, REGISTERED};
use stormglass_spec::{History, Property};
use stormglass_tests::apps::{Flaw, Small};

/// Seeds that are more than enough to find each of the broken promises.
const SEEDS: u64 = 500;

fn run(app: &dyn App, depth: u32, seed: u64, properties: &[Property]) -> Run {
    let run = Search::Pct { depth }.run(app, seed, Families::ALL, properties);
    run.expect("the harness works")
}

fn lines(history: &History) -> Vec<String> {
    history.events.iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_seed_gives_the_same_run_and_its_case_gives_it_too() {
    for app in [&STORMGLASS as &dyn App, &Tutorial] {
        for seed in 0..20 {
            let first = run(app, 3, seed, &properties::ALL);
            let second = run(app, 3, seed, &properties::ALL);
            assert_eq!(lines(&first.history), lines(&second.history), "{} {seed}", app.name());
            let again = replay(app, &first.case, &properties::ALL).expect("the harness works");
            assert_eq!(again.trace_hash, first.trace_hash, "{} {seed}", app.name());
        }
    }
}

#[test]
fn no_run_meets_more_deviations_than_its_depth_and_most_meet_as_many() {
    for depth in 1..=3 {
        let met = |seed| run(&STORMGLASS, depth, seed, &[]).case.schedule.deviations.len();
        let wanted = usize::try_from(depth).expect("a small number");
        let met: Vec<usize> = (0..100).map(met).collect();
        assert!(met.iter().all(|count| *count <= wanted), "{depth}: {met:?}");
        assert!(met.iter().filter(|count| **count == wanted).count() > 60, "{depth}: {met:?}");
    }
}

#[test]
fn a_search_within_some_families_meets_no_others() {
    let allowed = [Family::Order, Family::Platform];
    let mut met = BTreeSet::new();
    for seed in 0..200 {
        let run = Search::Pct { depth: 3 }.run(&STORMGLASS, seed, Families::of(&allowed), &[]);
        let run = run.expect("the harness works");
        let choices = run.case.schedule.deviations.into_values();
        met.extend(choices.map(|choice| {
            assert!(!choice.to_string().starts_with("late"), "{choice}");
            choice.fault().map_or(Family::Order, |fault| fault.family())
        }));
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>(), allowed);
}

#[test]
fn each_promise_that_the_tutorial_breaks_is_found_on_its_own() {
    for property in [DELIVERED, IN_TIME, ISOLATED, NO_GHOSTS] {
        let found = (0..SEEDS).any(|seed| takes_deviations(&Tutorial, 3, seed, &property));
        assert!(found, "{} seems to be kept", property.id);
    }
}

/// The race of a handshake with a broadcast (FACTS 1.10) takes one deviation.
#[test]
fn a_race_that_takes_one_deviation_is_found_with_one() {
    let app = Small(Flaw::Naive);
    assert!((0..SEEDS).any(|seed| takes_deviations(&app, 1, seed, &REGISTERED)));
}

/// True if a seed breaks a promise that its plan alone does not.
fn takes_deviations(app: &dyn App, depth: u32, seed: u64, property: &Property) -> bool {
    let breaks = |depth| run(app, depth, seed, std::slice::from_ref(property)).violation.is_some();
    breaks(depth) && !breaks(0)
}

#[test]
fn the_production_handlers_hold() {
    for seed in 0..100 {
        assert_eq!(run(&STORMGLASS, 3, seed, &properties::ALL).violation, None, "{seed}");
    }
}
