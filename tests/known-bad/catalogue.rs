//! Everything that is known to be bad is found before long, and made short.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use stormglass_apps::known_bad::hunt::{Hunt, Strategy};
use stormglass_apps::{AdaptedApp, KnownBad, Mutation};
use stormglass_sim::App;
use stormglass_sim::search::explore::Search;
use stormglass_sim::search::shrink::{Limits, Size, shrink};
use stormglass_sim::{Case, replay};
use stormglass_spec::properties;

/// Seeds that are more than enough: all but [`RARE`] take 352 or fewer.
const SEEDS_MAX: u64 = 1_500;

/// What takes longer, and why: the seeds that it took, times three.
const RARE: [(&str, u64); 2] = [
    // Plans with pages miss somebody long before a plan without them meets a stale read.
    ("tutorial-3", 6_700),
    ("aws-sample-4-stale", 6_700),
];

const STEPS_MAX: usize = 8;
const DEVIATIONS_MAX: usize = 2;

/// What needs more steps or deviations, how many, and why.
const LONG: [(&str, usize, usize, &str); 5] = [
    ("page-failure-ignored", 9, 1, "it has a second page because it has more clients than rows"),
    ("failed-page-restarts", 8, 4, "the SDK attempts a page three times"),
    ("sdk-text-in-reply", 8, 3, "the SDK attempts a page three times"),
    ("shared-attempts", 8, 5, "several must wait for a retry while one uses all attempts up"),
    ("unposted-not-counted", 8, 5, "every place must be taken until the time is over"),
];

#[test]
fn every_promise_is_broken_by_some_mutation_if_any_can() {
    let broken: BTreeSet<&str> = Mutation::all().iter().map(|mutation| mutation.promise).collect();
    let all: BTreeSet<&str> = properties::ALL.iter().map(|property| property.id).collect();
    // A post is ambiguous until it is answered, and what a function does not wait for is never
    // answered: only work that goes on after the acknowledgement breaks it, and there is none.
    assert_eq!(all.difference(&broken).collect::<Vec<_>>(), [&"causal-order"]);
    assert!(Mutation::all().len() >= 34);
}

#[test]
fn all_that_is_known_to_be_bad_is_found_and_made_short() {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(bad) = KnownBad::all().get(next.fetch_add(1, Ordering::Relaxed)) {
                    if bad.hidden_by.is_none() {
                        find_and_shorten(bad);
                    }
                }
            });
        }
    });
}

fn find_and_shorten(bad: &KnownBad) {
    let stop = &AtomicBool::new(false);
    let rare = RARE.iter().find(|(name, _)| *name == bad.name);
    let seeds_max = rare.map_or(SEEDS_MAX, |(_, seeds)| *seeds);
    let hunt = Hunt { strategy: Strategy::Seeded(Search::Random), seeds_max, jobs: 1, stop };
    let quarry = hunt.hunt(bad).expect("the harness works");
    let quarry = quarry.unwrap_or_else(|| panic!("{bad:?}, but not in {seeds_max} seeds"));
    assert_eq!(quarry.violation.property, bad.promise.id, "{bad:?}");

    let app = AdaptedApp::held_to(bad.app, vec![bad.promise]);
    let limits = Limits { runs_max: 2_000, stop };
    let shrunk = shrink(&app, &quarry.run.case, &app.properties(), limits);
    let shrunk = shrunk.expect("the harness works").expect("it breaks the promise again");
    let text = shrunk.run.case.to_string();
    let size = Size::of(&shrunk.run.case);
    let long = LONG.iter().find(|(name, ..)| *name == bad.name);
    let (steps, deviations) = long.map_or((STEPS_MAX, DEVIATIONS_MAX), |(_, s, d, _)| (*s, *d));
    assert!(size.steps <= steps && size.deviations <= deviations, "{bad:?}: {text}");

    let case: Case = text.parse().expect("a case");
    let again = replay(&app, &case, &app.properties()).expect("the harness works");
    assert_eq!(again.trace_hash, shrunk.run.trace_hash, "{bad:?}: {text}");
    assert_eq!(again.violation, Some(shrunk.violation), "{bad:?}: {text}");
}
