//! The situations that an exploration should have met, and did not.

use stormglass_sim::App;
use stormglass_sim::search::explore::{Reach, Search, Summary};
use stormglass_sim::strategy::Families;
use stormglass_spec::need::missing;
use stormglass_spec::witnesses;

use crate::record::SEEDS_TO_JUDGE;

/// The fewest offers of a fault that show anything if it was never chosen.
const OFFERS_TO_JUDGE: u64 = 5_000;

/// The situations that an exploration should have met, and did not.
pub(crate) struct Vacuity {
    /// True if the exploration was long enough to be judged by them.
    pub(super) is_judged: bool,
    /// The witnesses that were never seen.
    pub(super) unseen: Vec<&'static str>,
    /// The promises that were never tested.
    pub(super) untested: Vec<&'static str>,
    /// The faults that were offered often and never mattered, and the parts of the application
    /// that were never reached: a sentence for each.
    pub(super) idle: Vec<String>,
}

impl Vacuity {
    /// Judges an exploration, if it was random and long enough. Other strategies deviate at few
    /// points on purpose.
    pub(crate) fn judge(
        app: &dyn App,
        search: Search,
        summary: &Summary,
        families: Families,
    ) -> Vacuity {
        let is_long = summary.seeds >= SEEDS_TO_JUDGE && search == Search::Random;
        let seen = |id: &str| summary.witnesses.get(id).is_some_and(|times| *times > 0);
        let expected = witnesses::ALL.iter().filter(|witness| {
            app.declares(witness.id)
                && missing(witness.needs, &summary.met).is_none()
                && (families == Families::ALL || !witness.takes_a_fault)
        });
        let tested = |id: &str| summary.verdicts.get(id).is_some_and(|times| *times > 0);
        Vacuity {
            is_judged: is_long && summary.finds.is_empty(),
            unseen: expected.map(|witness| witness.id).filter(|id| !seen(id)).collect(),
            untested: app
                .properties()
                .iter()
                .filter(|property| missing(property.needs, &summary.met).is_none())
                .map(|property| property.id)
                .filter(|id| app.declares(id) && !tested(id))
                .collect(),
            idle: unreached(app, &summary.reach).chain(idle_faults(summary, families)).collect(),
        }
    }

    /// Reports whether the search met too little for its silence to mean anything.
    pub(crate) fn is_asleep(&self) -> bool {
        self.is_judged
            && !(self.unseen.is_empty() && self.untested.is_empty() && self.idle.is_empty())
    }
}

/// Returns the parts of an application that no seed reached, in words.
fn unreached(app: &dyn App, reach: &Reach) -> impl Iterator<Item = String> {
    let nobody = (reach.opened == 0).then(|| "no client ever got in".to_owned());
    let routes = app.stack().routes.into_iter().map(|route| route.key);
    let idle = routes.filter(|key| !reach.routes.contains_key(key.as_str()));
    nobody.into_iter().chain(idle.map(|key| format!("the function of route {key} never ran")))
}

/// Returns the faults that were offered often enough to matter and never did, in words.
fn idle_faults(summary: &Summary, families: Families) -> impl Iterator<Item = String> {
    let allowed = summary.faults.iter().filter(move |(entry, count)| {
        families.contains(entry.fault.family()) && count.offered >= OFFERS_TO_JUDGE
    });
    let idle = allowed.filter(|(_, count)| count.mattered == 0);
    idle.map(|(entry, _)| format!("{} {} never mattered", entry.site, entry.fault.name()))
}

#[cfg(test)]
mod tests {
    use stormglass_apps::{STORMGLASS, Tutorial};
    use stormglass_spec::{Need, properties};

    use super::*;

    fn untested(app: &dyn App) -> Vec<&'static str> {
        untested_if_met(app, &Need::ALL)
    }

    /// Lists the promises that an exploration never tested although its histories met these needs.
    fn untested_if_met(app: &dyn App, met: &[Need]) -> Vec<&'static str> {
        let met = met.iter().copied().collect();
        let summary = Summary { seeds: SEEDS_TO_JUDGE, met, ..Summary::default() };
        let vacuity = Vacuity::judge(app, Search::Random, &summary, Families::ALL);
        assert!(vacuity.is_asleep());
        vacuity.untested
    }

    #[test]
    fn a_promise_that_was_never_tested_shows_that_a_search_was_asleep() {
        let all: Vec<&str> = properties::ALL.iter().map(|property| property.id).collect();
        assert_eq!(untested(&STORMGLASS), all);
    }

    #[test]
    fn a_promise_that_an_app_does_not_declare_need_not_be_tested() {
        assert!(!untested(&Tutorial).contains(&"answered"), "it has no two-way route");
        assert!(untested(&Tutorial).contains(&"delivered"));
    }

    #[test]
    fn a_search_that_let_nobody_in_or_never_ran_a_function_is_asleep() {
        let idle = |reach| {
            let summary = Summary { seeds: SEEDS_TO_JUDGE, reach, ..Summary::default() };
            Vacuity::judge(&Tutorial, Search::Random, &summary, Families::ALL).idle
        };
        let never = |key: &str| format!("the function of route {key} never ran");
        let all = ["$connect", "$disconnect", "broadcast"].map(never);
        let nobody = "no client ever got in".to_owned();
        assert_eq!(idle(Reach::default()), [&[nobody][..], &all].concat());
        let routes = [("$connect".into(), 2), ("broadcast".into(), 1)].into();
        assert_eq!(idle(Reach { opened: 2, routes }), [never("$disconnect")]);
    }

    #[test]
    fn a_promise_without_a_subject_need_not_be_tested() {
        let untested = untested_if_met(&STORMGLASS, &[Need::Broadcasts]);
        assert!(!untested.contains(&"honest-ack"), "nothing was acknowledged");
        assert!(untested.contains(&"delivered"));
    }

    #[test]
    fn a_search_is_judged_if_it_has_enough_seeds() {
        let judged = |seeds| {
            let summary = Summary { seeds, ..Summary::default() };
            Vacuity::judge(&STORMGLASS, Search::Random, &summary, Families::ALL).is_judged
        };
        assert!(!judged(SEEDS_TO_JUDGE - 1));
        assert!(judged(SEEDS_TO_JUDGE));
    }

    #[test]
    fn a_search_that_deviates_at_few_points_is_not_judged() {
        let summary = Summary { seeds: SEEDS_TO_JUDGE, ..Summary::default() };
        let search = Search::Pct { depth: 3 };
        assert!(!Vacuity::judge(&STORMGLASS, search, &summary, Families::ALL).is_asleep());
    }
}
