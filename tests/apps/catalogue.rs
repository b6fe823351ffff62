//! Every known bug is found within few seeds, and its case is shrunk to few steps.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use stormglass::known_bad::hunt::{Hunt, HuntStrategy};
use stormglass::known_bad::{AdaptedApp, KnownBug};
use stormglass_apps::Mutation;
use stormglass_apps::known_bad::catalogue;
use stormglass_sim::App;
use stormglass_sim::search::explore::Search;
use stormglass_sim::search::shrink::{Limits, Size, shrink};
use stormglass_sim::{Case, replay};
use stormglass_spec::properties;

/// The most seeds for a bug. All but [`RARE`] take 352 or fewer.
const SEEDS_MAX: u64 = 1_500;

/// The bugs that take more seeds: the seeds that each took, times three.
const RARE: [(&str, u64); 2] = [
    // A plan with pages misses a client long before a plan without pages meets a stale read.
    ("tutorial-3", 6_700),
    ("aws-sample-4-stale", 6_700),
];

const STEPS_MAX: usize = 8;
const DEVIATIONS_MAX: usize = 2;

/// The bugs that need more steps or deviations, with both numbers and the reason.
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
    // A post is ambiguous until it is answered, and a post that the function does not wait for is
    // never answered. Only work after the acknowledgement could break it, and there is none.
    assert_eq!(all.difference(&broken).collect::<Vec<_>>(), [&"causal-order"]);
    assert!(Mutation::all().len() >= 34);
}

#[test]
fn every_known_bug_is_found_and_its_case_is_short() {
    let bugs = catalogue().bugs;
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(bug) = bugs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if bug.hidden_by.is_none() {
                        find_and_shorten(bug);
                    }
                }
            });
        }
    });
}

fn find_and_shorten(bug: &KnownBug) {
    let stop = &AtomicBool::new(false);
    let rare = RARE.iter().find(|(name, _)| *name == bug.name);
    let seeds_max = rare.map_or(SEEDS_MAX, |(_, seeds)| *seeds);
    let hunt = Hunt { strategy: HuntStrategy::Seeded(Search::Random), seeds_max, jobs: 1, stop };
    let find = hunt.hunt(bug).expect("the harness works");
    let find = find.unwrap_or_else(|| panic!("{bug:?}, but not in {seeds_max} seeds"));
    assert_eq!(find.violation.property, bug.promise.id, "{bug:?}");

    let app = AdaptedApp::held_to(bug.app, vec![bug.promise.clone()]);
    let limits = Limits { runs_max: 2_000, stop };
    let shrunk = shrink(&app, &find.run.case, &app.properties(), limits);
    let shrunk = shrunk.expect("the harness works").expect("it breaks the promise again");
    let text = shrunk.run.case.to_string();
    let size = Size::of(&shrunk.run.case);
    let long = LONG.iter().find(|(name, ..)| *name == bug.name);
    let (steps, deviations) = long.map_or((STEPS_MAX, DEVIATIONS_MAX), |(_, s, d, _)| (*s, *d));
    assert!(size.steps <= steps && size.deviations <= deviations, "{bug:?}: {text}");

    let case: Case = text.parse().expect("a case");
    let again = replay(&app, &case, &app.properties()).expect("the harness works");
    assert_eq!(again.trace_hash, shrunk.run.trace_hash, "{bug:?}: {text}");
    assert_eq!(again.violation, Some(shrunk.violation), "{bug:?}: {text}");
}
