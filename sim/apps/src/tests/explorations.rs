//! Searches that find the bugs without any hint.

use std::sync::atomic::AtomicBool;

use stormglass_sim::App;
use stormglass_sim::search::explore::{Exploration, Find, Search, run_seed};
use stormglass_sim::strategy::{Families, Random};
use stormglass_spec::Property;
use stormglass_spec::properties::{
    CAUSAL_ORDER, DELIVERED, IN_TIME, ISOLATED, NO_GHOSTS, NOT_DUPLICATED, NOT_INVENTED,
    REFUSED_IS_HARMLESS, REGISTERED, ROW_BEFORE_OPEN, VERBATIM, WELL_FORMED,
};

use super::support::BOTH;

/// Seeds that are more than enough to find each of the broken promises.
const SEEDS: u64 = 200;

#[test]
fn an_exploration_finds_a_broken_promise() {
    for app in BOTH {
        let find = explore(app).unwrap_or_else(|| panic!("{} seems to be sound", app.name()));
        let again = run_seed(app, find.seed, Families::ALL).expect("a run");
        assert_eq!(again.trace_hash, find.run.trace_hash, "{}", app.name());
    }
}

#[test]
fn each_broken_promise_is_found_on_its_own() {
    for app in BOTH {
        for property in [DELIVERED, IN_TIME, ISOLATED, NO_GHOSTS] {
            let id = property.id;
            let seed = first_seed_that_breaks(app, &[property]);
            assert!(seed.is_some(), "{} seems to keep {id}", app.name());
        }
    }
}

/// This holds as long as clients cannot select the routes of the gateway itself.
#[test]
fn promises_that_are_kept_are_not_reported() {
    for app in BOTH {
        let kept = [
            REFUSED_IS_HARMLESS,
            ROW_BEFORE_OPEN,
            REGISTERED,
            VERBATIM,
            NOT_INVENTED,
            NOT_DUPLICATED,
            CAUSAL_ORDER,
            WELL_FORMED,
        ];
        assert_eq!(first_seed_that_breaks(app, &kept), None, "{}", app.name());
    }
}

fn explore(app: &dyn App) -> Option<Find> {
    let exploration = Exploration {
        from: 0,
        seeds: SEEDS,
        search: Search::Random,
        families: Families::ALL,
        jobs: 1,
        keeps_going: false,
        stop: &AtomicBool::new(false),
    };
    exploration.explore(app, |_| {}).expect("an exploration").finds.into_iter().next()
}

/// Returns the first seed whose run breaks one of these promises.
fn first_seed_that_breaks(app: &dyn App, properties: &[Property]) -> Option<u64> {
    (0..SEEDS).find(|seed| {
        let mut random = Random::new(*seed, Families::ALL);
        let mut plan = app.plan(*seed);
        plan.deployment.routes_reserved = true;
        let run = stormglass_sim::run(app, &plan, &mut random, properties);
        run.expect("a run").violation.is_some()
    })
}
