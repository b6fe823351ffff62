//! Each first version breaks the promise that it is about, and each mended version holds.

use std::sync::atomic::AtomicBool;

use services::Version;
use services::feed::Feed;
use services::game::Game;
use services::jobs::Jobs;
use services::letters::Letters;
use services::subscriptions::Subscriptions;
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::strategy::{Families, Random};
use stormglass_sim::{App, Case, run};

const SEEDS: u64 = 2_000;

/// Returns the shortest case in which an application breaks one of its promises.
fn shortest(app: &dyn App, promise: &str) -> Case {
    let mut properties = app.properties();
    properties.retain(|property| property.id == promise);
    for seed in 0..SEEDS {
        let mut strategy = Random::new(seed, Families::ALL);
        let run = run(app, &app.plan(seed), &mut strategy, &properties).expect("it runs");
        if run.violation.is_some() {
            let limits = Limits { runs_max: 2_000, stop: &AtomicBool::new(false) };
            let shrunk = shrink(app, &run.case, &properties, limits).expect("it runs");
            return shrunk.expect("it breaks a promise").run.case;
        }
    }
    panic!("{} keeps {promise} for {SEEDS} seeds", app.name());
}

fn holds(app: &dyn App) {
    for seed in 0..1_000 {
        let run = run_seed(app, seed, Families::ALL).expect("it runs");
        assert_eq!(run.violation, None, "{}, seed {seed}: {}", app.name(), run.case);
    }
}

#[test]
fn a_search_finds_the_bug_of_each_first_version_and_makes_it_short() {
    let first = Version::First;
    for (app, promise) in [
        (&Game(first) as &dyn App, "no-lost-update"),
        (&Game(first), "newest-wins"),
        (&Letters(first), "newest-wins"),
        (&Subscriptions(first), "tidy"),
        (&Feed(first), "no-skip"),
        (&Jobs(first), "honest-progress"),
    ] {
        let case = shortest(app, promise);
        let steps: usize = case.plan.clients.iter().map(|client| client.steps.len()).sum();
        let deviations = case.schedule.deviations.len();
        assert!(steps <= 8 && deviations <= 2, "{}: {promise}: {case}", app.name());
    }
}

#[test]
fn the_mended_versions_hold() {
    holds(&Game(Version::Mended));
    holds(&Letters(Version::Mended));
    holds(&Subscriptions(Version::Mended));
    holds(&Feed(Version::Mended));
    holds(&Jobs(Version::Mended));
}
