//! The figures of an exploration, for programs: one JSON object per line.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use stormglass::record::{
    BrokenPromise, Counted, Exploration, FanOut, FaultCount, SCHEMA, SlowSeed, Spread,
};
use stormglass_sim::faults::Family;
use stormglass_sim::report::replay_line;
use stormglass_sim::search::explore::{Search, Summary};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};
use stormglass_spec::{Violation, properties, witnesses};

use super::Figures;

/// The ranges in which runs are counted by their events: each ends where the next begins.
const EVENTS: [u64; 11] = [25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_200];

/// The ranges in which broadcasts are told apart by their recipients.
const RECIPIENTS: [u64; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 1_024];

impl Figures<'_> {
    /// The finds, one object each; `confirmed` says whether every find broke again.
    pub(crate) fn finds_as_json(&self, confirmed: bool) -> Vec<Value> {
        let finds = self.summary.finds.iter().map(|find| {
            let mut object = broken_as_json(self.app, &find.run, &find.violation);
            object["strategy"] = self.search.to_string().into();
            object["seed"] = find.seed.into();
            object["confirmed"] = confirmed.into();
            object
        });
        finds.collect()
    }

    /// All the figures, as they are kept and printed.
    pub(crate) fn record(&self) -> Exploration {
        let (summary, vacuity) = (self.summary, self.vacuity);
        let buckets = summary.events_per_run.buckets(&EVENTS);
        let steps = summary.coverage.steps().iter();
        Exploration {
            kind: "summary".to_owned(),
            schema: SCHEMA,
            app: self.app.name().to_owned(),
            strategy: self.search.to_string(),
            only: only(self.families),
            from: self.from,
            seeds: summary.seeds,
            repeated: summary.repeated,
            finds: count(summary.finds.len()),
            broken: self.broken(),
            promises: owned(&summary.verdicts),
            witnesses: owned(&summary.witnesses),
            undeclared: self.undeclared(),
            families: families(summary),
            faults: faults(summary),
            never_offered: never_offered(summary),
            pairs: summary.coverage.pairs(),
            last_new_pair: summary.coverage.last_new_seed(),
            coverage: steps.map(|met| (met.seeds, met.pairs)).collect(),
            judged: vacuity.is_judged,
            unseen: vacuity.unseen.iter().map(|id| (*id).to_owned()).collect(),
            vacuous: vacuity.untested.iter().map(|id| (*id).to_owned()).collect(),
            idle: vacuity.idle.clone(),
            calls: summary.calls,
            events: summary.events,
            events_per_run: Spread::of(&summary.events_per_run),
            runs_by_events: buckets.into_iter().map(Into::into).collect(),
            broadcasts: summary.latencies.ranges(&RECIPIENTS).iter().map(FanOut::of).collect(),
            deviations: summary.deviations,
            virtual_ms: u64::try_from(summary.virtual_us / 1_000).unwrap_or(u64::MAX),
            wall_ms: u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
            slowest: self.slowest(),
        }
    }

    fn broken(&self) -> Vec<BrokenPromise> {
        let mut broken: Vec<BrokenPromise> = Vec::new();
        for find in &self.summary.finds {
            let Violation { property, because, .. } = &find.violation;
            if let Some(known) = broken.iter_mut().find(|known| known.promise == *property) {
                known.seeds += 1;
                continue;
            }
            broken.push(BrokenPromise {
                promise: (*property).to_owned(),
                seeds: 1,
                seed: find.seed,
                because: because.clone(),
                command: self.command(find.seed),
            });
        }
        broken
    }

    /// The promises that the application is held to and the witnesses, but for those that it
    /// declares; and the promises that it is not held to.
    fn undeclared(&self) -> Vec<String> {
        let held: Vec<&str> = self.app.properties().iter().map(|property| property.id).collect();
        let others = properties::ALL.iter().map(|property| property.id);
        let others = others.filter(|id| !held.contains(id));
        let witnesses = witnesses::ALL.iter().map(|witness| witness.id);
        let declarable = held.iter().copied().chain(witnesses);
        let undeclared = declarable.filter(|id| !self.app.declares(id));
        undeclared.chain(others).map(str::to_owned).collect()
    }

    fn slowest(&self) -> Vec<SlowSeed> {
        let slowest = self.summary.slowest.iter().map(|slow| SlowSeed {
            seed: slow.seed,
            wall_us: micros(slow.wall),
            events: slow.events,
            command: self.command(slow.seed),
        });
        slowest.collect()
    }

    /// The command that runs a seed again as it was run. A seed alone names its random run, with
    /// every family of deviations.
    pub(super) fn command(&self, seed: u64) -> String {
        let only = only(self.families);
        let mut command = match self.search {
            Search::Random if only.is_empty() => format!("cargo sim replay {seed}"),
            Search::Random => format!("cargo sim explore --from {seed} --seeds 1"),
            Search::Pct { depth } => {
                format!("cargo sim explore --strategy pct --depth {depth} --from {seed} --seeds 1")
            }
        };
        if !only.is_empty() {
            command += &format!(" --faults {}", only.join(","));
        }
        match self.app.name() {
            "stormglass" => command,
            app => format!("{command} --app {app}"),
        }
    }
}

/// The names of the families that may occur, if not all may.
fn only(families: Families) -> Vec<String> {
    if families == Families::ALL {
        return Vec::new();
    }
    let named = Family::ALL.into_iter().filter(|family| families.contains(*family));
    named.map(|family| family.name().to_owned()).collect()
}

/// Every family of deviations, with how often it was offered and made.
fn families(summary: &Summary) -> BTreeMap<String, Counted> {
    let families = summary.families.iter().map(|(family, metric)| {
        let counted = Counted { offered: metric.offered, made: metric.made };
        (family.name().to_owned(), counted)
    });
    families.collect()
}

/// Every fault that the schedule was asked for, with its counts.
fn faults(summary: &Summary) -> Vec<FaultCount> {
    let offered = summary.faults.iter().filter(|(_, count)| count.offered > 0);
    let faults = offered.map(|(entry, count)| FaultCount {
        site: entry.site.name().to_owned(),
        fault: entry.fault.name().to_owned(),
        family: entry.fault.family().name().to_owned(),
        witness: entry.witness.to_owned(),
        offered: count.offered,
        met: count.met,
        mattered: count.mattered,
    });
    faults.collect()
}

/// Every fault that the schedule was not asked for.
fn never_offered(summary: &Summary) -> Vec<String> {
    let never = summary.faults.iter().filter(|(_, count)| count.offered == 0);
    never.map(|(entry, _)| format!("{} {}", entry.site, entry.fault.name())).collect()
}

fn owned(counts: &BTreeMap<&'static str, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(id, times)| ((*id).to_owned(), *times)).collect()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn micros(wall: Duration) -> u64 {
    u64::try_from(wall.as_micros()).unwrap_or(u64::MAX)
}

/// A broken promise as one JSON object.
pub(crate) fn broken_as_json(app: &dyn App, run: &Run, violation: &Violation) -> Value {
    json!({
        "kind": "find",
        "app": app.name(),
        "property": violation.property,
        "because": violation.because,
        "pending": violation.pending,
        "step": violation.event,
        "case": run.case.to_string(),
        "replay": replay_line(run, app.name()),
        "trace": format!("{:016x}", run.trace_hash),
    })
}
