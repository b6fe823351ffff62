//! The test cases of each command.

use stormglass_sim::search::exhaust::plans::NamedPlan;
use stormglass_sim::search::explore::Find;
use stormglass_spec::need::missing;

use super::junit::{Problem, Suite, TestResult};
use crate::known_bad::KnownBug;
use crate::summary::Figures;

/// The test case of a search as a whole: it was not asleep, and its finds are reproducible.
pub(crate) const SEARCH: &str = "search";

/// The test case of the canary, which must fail on certain seeds.
pub(crate) const CANARY: &str = "canary";

/// Adds a test case for each promise, and one for the search.
pub(crate) fn add_search(suite: &mut Suite, figures: &Figures<'_>) {
    for property in &figures.app.properties() {
        let times = figures.summary.verdicts.get(property.id).copied().unwrap_or(0);
        let need = missing(property.needs, &figures.summary.met);
        let result = match (figures.app.declares(property.id), need, times) {
            (false, ..) => TestResult::skipped("not declared by this app"),
            (true, Some(need), 0) => {
                TestResult::skipped(format!("does not apply: there were no {need}"))
            }
            (true, None, 0) => TestResult::skipped("vacuous: it was never tested"),
            (true, ..) => TestResult::Passed,
        };
        suite.set(property.id, result);
    }
    // In reverse, so that the first find of each promise is the one that stays.
    for Find { run, violation, .. } in figures.summary.finds.iter().rev() {
        let problem = Problem::unreported(run, violation, figures.app);
        suite.set(violation.property, TestResult::Failed(problem));
    }
    for Find { run, violation, .. } in &figures.summary.finds {
        for also in &violation.also {
            let problem = Problem::beside(run, violation, also, figures.app);
            suite.fail(also, problem);
        }
    }
    let result = if figures.vacuity.is_asleep() {
        TestResult::Error(Problem {
            message: "nothing broken, but too little met".to_owned(),
            kind: "asleep".to_owned(),
            text: anstream::adapter::strip_str(&figures.to_string()).to_string(),
        })
    } else {
        TestResult::Passed
    };
    suite.set(SEARCH, result);
}

/// Adds a test case for each plan, which is skipped until the search reaches the plan.
pub(crate) fn add_plans(suite: &mut Suite, plans: &[&NamedPlan]) {
    for plan in plans {
        suite.set(plan.name, TestResult::skipped("the search ended before it reached this plan"));
    }
}

/// Adds a test case for each bug and one for the canary, which are skipped until the hunt reaches
/// them.
pub(crate) fn add_bugs(suite: &mut Suite, bugs: &[&KnownBug]) {
    for name in bugs.iter().map(|bug| bug.name).chain([CANARY]) {
        suite.set(name, TestResult::skipped("the hunt ended before it reached this"));
    }
}
