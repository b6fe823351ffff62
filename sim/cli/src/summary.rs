//! What an exploration came to, in figures.

use std::time::Duration;

use stormglass_sim::explore::{Search, Summary};
use stormglass_sim::report::replay_line;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};
use stormglass_spec::{Violation, witnesses};

/// Over fewer seeds, what was never seen says nothing about the search.
const SEEDS_TO_JUDGE: u64 = 2_000;

/// A fault that was offered less often may well never have been chosen.
const OFFERS_TO_JUDGE: u64 = 5_000;

/// The figures of an exploration.
pub(crate) struct Figures<'a> {
    pub(crate) app: &'a dyn App,
    pub(crate) search: Search,
    pub(crate) summary: &'a Summary,
    pub(crate) wall: Duration,
}

/// What an exploration should have met and did not.
pub(crate) struct Vacuity {
    is_judged: bool,
    unseen: Vec<&'static str>,
    untested: Vec<&'static str>,
    /// Faults that could have happened, and never did or never mattered.
    idle: Vec<String>,
}

impl Vacuity {
    /// Judges an exploration, if it was random and long enough. Others keep away from most points
    /// on purpose.
    pub(crate) fn judge(
        app: &dyn App,
        search: Search,
        summary: &Summary,
        families: Families,
    ) -> Vacuity {
        let is_long = summary.seeds >= SEEDS_TO_JUDGE && search == Search::Random;
        let seen = |id: &str| summary.witnesses.get(id).is_some_and(|times| *times > 0);
        let expected = witnesses::ALL.iter().filter(|witness| {
            app.declares(witness.id) && (families == Families::ALL || !witness.takes_a_fault)
        });
        let tested = |id: &str| summary.verdicts.get(id).is_some_and(|times| *times > 0);
        Vacuity {
            is_judged: is_long && summary.finds.is_empty(),
            unseen: expected.map(|witness| witness.id).filter(|id| !seen(id)).collect(),
            untested: app
                .properties()
                .iter()
                .map(|property| property.id)
                .filter(|id| app.declares(id) && !tested(id))
                .collect(),
            idle: idle_faults(summary, families),
        }
    }

    /// Whether the search met too little for its silence to mean anything.
    pub(crate) fn is_asleep(&self) -> bool {
        self.is_judged
            && !(self.unseen.is_empty() && self.untested.is_empty() && self.idle.is_empty())
    }
}

/// What the schedule was asked for often enough, and that yet changed nothing.
fn idle_faults(summary: &Summary, families: Families) -> Vec<String> {
    let allowed = summary.faults.iter().filter(|(entry, count)| {
        families.contains(entry.fault.family()) && count.offered >= OFFERS_TO_JUDGE
    });
    let idle = allowed.filter(|(_, count)| count.mattered == 0);
    idle.map(|(entry, _)| format!("{} {}", entry.site, entry.fault.name())).collect()
}

impl Figures<'_> {
    /// Prints for people.
    pub(crate) fn print(&self, vacuity: &Vacuity) {
        let summary = self.summary;
        let (word, broken) = match summary.finds.len() {
            0 if vacuity.is_asleep() => ("ASLEEP", "nothing broken, but too little met".to_owned()),
            0 => ("HELD", "no promise broken".to_owned()),
            1 => ("BROKEN", "one broken promise".to_owned()),
            finds => ("BROKEN", format!("{finds} broken promises")),
        };
        println!(
            "{word:<7} {broken} in {} seed{}    app {}   {}",
            summary.seeds,
            if summary.seeds == 1 { "" } else { "s" },
            self.app.name(),
            self.search
        );
        println!("\n{:<22} {:>8}", "promise", "tested");
        for property in &self.app.properties() {
            let times = summary.verdicts.get(property.id).copied().unwrap_or(0);
            let note = match (self.app.declares(property.id), times) {
                (false, _) => "   not declared by this app",
                (true, 0) => "   vacuous",
                (true, _) => "",
            };
            println!("  {:<20} {times:>8}{note}", property.id);
        }
        println!("\n{:<22} {:>8}", "witness", "seen");
        for witness in &witnesses::ALL {
            let times = summary.witnesses.get(witness.id).copied().unwrap_or(0);
            let note = match (self.app.declares(witness.id), times) {
                (false, _) => "   not declared by this app",
                (true, 0) => "   never",
                (true, _) => "",
            };
            println!("  {:<20} {times:>8}   {}{note}", witness.id, witness.sentence);
        }
        self.print_faults();
        if vacuity.is_asleep() {
            for idle in &vacuity.idle {
                println!("  never mattered: {idle}");
            }
        }
        if !vacuity.is_judged {
            println!(
                "  not judged: that takes {SEEDS_TO_JUDGE} random seeds without a broken promise"
            );
        }
        println!("\n{}", self.speed());
    }

    fn print_faults(&self) {
        let offered = self.summary.faults.iter().filter(|(_, count)| count.offered > 0);
        let known: Vec<_> = offered.collect();
        let mattered = known.iter().filter(|(_, count)| count.mattered > 0).count();
        println!(
            "\nfault                             met  mattered   {mattered} of {}",
            known.len()
        );
        for (entry, count) in known {
            println!(
                "  {:<13} {:<14} {:>7} {:>9}   {}",
                entry.site.name(),
                entry.fault.name(),
                count.met,
                count.mattered,
                entry.witness
            );
        }
    }

    fn speed(&self) -> String {
        let seconds = self.wall.as_secs_f64().max(1e-6);
        let summary = self.summary;
        let virtual_s = to_f64(summary.virtual_us) / 1e6;
        format!(
            "{:.1} s: {:.0} seeds/s, {:.0} simulated AWS calls/s, {:.0} events/s, {:.0} s of \
             virtual time per second; {} calls, {} events, {} deviations",
            seconds,
            to_f64(summary.seeds.into()) / seconds,
            to_f64(summary.calls.into()) / seconds,
            to_f64(summary.events.into()) / seconds,
            virtual_s / seconds,
            summary.calls,
            summary.events,
            summary.deviations,
        )
    }

    /// Prints one JSON object per line: the finds, then the summary.
    pub(crate) fn print_json(&self, vacuity: &Vacuity) {
        for find in &self.summary.finds {
            let mut object = broken_as_json(self.app, &find.run, &find.violation);
            object["strategy"] = self.search.to_string().into();
            object["seed"] = find.seed.into();
            println!("{object}");
        }
        let summary = self.summary;
        let object = serde_json::json!({
            "kind": "summary",
            "app": self.app.name(),
            "strategy": self.search.to_string(),
            "seeds": summary.seeds,
            "finds": summary.finds.len(),
            "promises": summary.verdicts,
            "witnesses": summary.witnesses,
            "faults": faults_as_json(summary),
            "judged": vacuity.is_judged,
            "unseen": vacuity.unseen,
            "vacuous": vacuity.untested,
            "idle": vacuity.idle,
            "calls": summary.calls,
            "events": summary.events,
            "deviations": summary.deviations,
            "virtual_ms": u64::try_from(summary.virtual_us / 1_000).unwrap_or(u64::MAX),
            "wall_ms": u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
        });
        println!("{object}");
    }
}

/// Every fault that the schedule was asked for, with its counts.
fn faults_as_json(summary: &Summary) -> Vec<serde_json::Value> {
    let offered = summary.faults.iter().filter(|(_, count)| count.offered > 0);
    let faults = offered.map(|(entry, count)| {
        serde_json::json!({
            "site": entry.site.name(),
            "fault": entry.fault.name(),
            "family": entry.fault.family().name(),
            "offered": count.offered,
            "met": count.met,
            "mattered": count.mattered,
        })
    });
    faults.collect()
}

/// A broken promise as one JSON object.
pub(crate) fn broken_as_json(app: &dyn App, run: &Run, violation: &Violation) -> serde_json::Value {
    serde_json::json!({
        "kind": "find",
        "app": app.name(),
        "property": violation.property,
        "because": violation.because,
        "step": violation.event,
        "case": run.case.to_string(),
        "replay": replay_line(run, app.name()),
        "trace": format!("{:016x}", run.trace_hash),
    })
}

/// Figures for people need no more digits than a double holds.
#[expect(clippy::cast_precision_loss, reason = "rounded for people anyway")]
fn to_f64(number: u128) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use stormglass::apps::Stormglass;
    use stormglass_known_bad::Tutorial;
    use stormglass_spec::properties;

    use super::*;

    fn untested(app: &dyn App) -> Vec<&'static str> {
        let summary = Summary { seeds: SEEDS_TO_JUDGE, ..Summary::default() };
        let vacuity = Vacuity::judge(app, Search::Random, &summary, Families::ALL);
        assert!(vacuity.is_asleep());
        vacuity.untested
    }

    #[test]
    fn a_promise_that_was_never_tested_shows_that_a_search_was_asleep() {
        let all: Vec<&str> = properties::ALL.iter().map(|property| property.id).collect();
        assert_eq!(untested(&Stormglass), all);
    }

    #[test]
    fn a_promise_that_an_app_cannot_break_need_not_be_tested() {
        assert!(!untested(&Tutorial).contains(&"answered"), "it has no two-way route");
        assert!(untested(&Tutorial).contains(&"delivered"));
    }

    #[test]
    fn a_search_that_keeps_away_from_most_points_is_not_judged() {
        let summary = Summary { seeds: SEEDS_TO_JUDGE, ..Summary::default() };
        let search = Search::Pct { depth: 3 };
        assert!(!Vacuity::judge(&Stormglass, search, &summary, Families::ALL).is_asleep());
    }
}
