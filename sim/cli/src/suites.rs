//! Which test cases the commands have.

use stormglass_apps::KnownBad;
use stormglass_sim::search::exhaust::plans::Named;
use stormglass_sim::search::explore::Find;

use crate::junit::{Problem, Suite, Verdict};
use crate::summary::Figures;

/// The test case of a search as a whole: whether it was awake, and went the same way again.
pub(crate) const SEARCH: &str = "search";

/// The test case of the application that fails on seeds that are known beforehand.
pub(crate) const CANARY: &str = "canary";

/// Adds a test case for each promise, and one for the search.
pub(crate) fn add_search(suite: &mut Suite, figures: &Figures<'_>) {
    for property in &figures.app.properties() {
        let times = figures.summary.verdicts.get(property.id).copied().unwrap_or(0);
        let verdict = match (figures.app.declares(property.id), times) {
            (false, _) => Verdict::skipped("not declared by this app"),
            (true, 0) => Verdict::skipped("vacuous: it was never put to the test"),
            (true, _) => Verdict::Passed,
        };
        suite.set(property.id, verdict);
    }
    for Find { run, violation, .. } in figures.summary.finds.iter().rev() {
        let problem = Problem::untold(run, violation, figures.app.name());
        suite.set(violation.property, Verdict::Failed(problem));
    }
    let verdict = if figures.vacuity.is_asleep() {
        Verdict::Error(Problem {
            message: "nothing broken, but too little met".to_owned(),
            kind: "asleep".to_owned(),
            text: anstream::adapter::strip_str(&figures.to_string()).to_string(),
        })
    } else {
        Verdict::Passed
    };
    suite.set(SEARCH, verdict);
}

/// Adds a test case for each plan that is to be searched, which is skipped until somebody has.
pub(crate) fn add_plans(suite: &mut Suite, plans: &[&Named]) {
    for plan in plans {
        suite.set(plan.name, Verdict::skipped("the search ended before it came to this plan"));
    }
}

/// Adds a test case for each that is to be hunted, and one for the canary, all of them skipped
/// until somebody has.
pub(crate) fn add_known_bad(suite: &mut Suite, all: &[&KnownBad]) {
    for name in all.iter().map(|bad| bad.name).chain([CANARY]) {
        suite.set(name, Verdict::skipped("the hunt ended before it came to this"));
    }
}
