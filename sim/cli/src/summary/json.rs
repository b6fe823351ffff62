//! The figures of an exploration for programs, as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stormglass_sim::faults::Family;
use stormglass_sim::search::causes::Cause;
use stormglass_sim::search::explore::{Search, Summary};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};
use stormglass_spec::{Violation, properties, witnesses};

use super::Figures;
use crate::clock::{micros, millis};
use crate::program::command_line;
use crate::record::{
    BrokenPromise, ExplorationRecord, FamilyCount, FanOut, FaultCount, SCHEMA, SlowSeed, Spread,
};

/// The first number of each range of events in a run. A range ends below the next.
const EVENTS: [u64; 11] = [25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_200];

/// The first number of each range of recipients of a broadcast.
const RECIPIENTS: [u64; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 1_024];

impl Figures<'_> {
    /// Returns an object for each cause, with its smallest find. `confirmed` is true if every find
    /// broke again.
    pub(crate) fn finds_as_json(&self, confirmed: bool) -> Vec<Value> {
        let finds = self.summary.causes().into_iter().map(|Cause { smallest: find, finds }| {
            let mut object = find_as_json(self.app, &find.run, &find.violation);
            object["finds"] = finds.into();
            object["strategy"] = self.search.to_string().into();
            object["seed"] = find.seed.into();
            object["confirmed"] = confirmed.into();
            object
        });
        finds.collect()
    }

    /// Returns all figures, as `target/sim` keeps them and `--json` prints them.
    pub(crate) fn record(&self) -> ExplorationRecord {
        let (summary, vacuity) = (self.summary, self.vacuity);
        let buckets = summary.events_per_run.buckets(&EVENTS);
        let steps = summary.coverage.steps().iter();
        ExplorationRecord {
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
            events_per_run: Spread::new(&summary.events_per_run),
            runs_by_events: buckets.into_iter().map(Into::into).collect(),
            broadcasts: summary.latencies.ranges(&RECIPIENTS).iter().map(FanOut::new).collect(),
            deviations: summary.deviations,
            virtual_ms: u64::try_from(summary.virtual_us / 1_000).unwrap_or(u64::MAX),
            wall_ms: millis(self.wall),
            slowest: self.slowest(),
        }
    }

    fn broken(&self) -> Vec<BrokenPromise> {
        let broken = self.summary.causes().into_iter().map(|Cause { smallest: find, finds }| {
            let Violation { property, because, also, .. } = &find.violation;
            BrokenPromise {
                promise: (*property).to_owned(),
                also: also.iter().map(|&id| id.to_owned()).collect(),
                seeds: finds,
                seed: find.seed,
                because: because.clone(),
                command: self.command(find.seed),
            }
        });
        broken.collect()
    }

    /// Returns the promises and witnesses that the application does not declare, and the promises
    /// of the specification that it does not make at all.
    fn undeclared(&self) -> Vec<String> {
        let made: Vec<&str> = self.app.properties().iter().map(|property| property.id).collect();
        let others = properties::ALL.iter().map(|property| property.id);
        let others = others.filter(|id| !made.contains(id));
        let witnesses = witnesses::ALL.iter().map(|witness| witness.id);
        let declarable = made.iter().copied().chain(witnesses);
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

    /// Returns the command that runs a seed again in the same way. For `replay`, a seed means its
    /// random run with every family of deviations.
    pub(super) fn command(&self, seed: u64) -> String {
        let only = only(self.families);
        let mut command = match self.search {
            Search::Random if only.is_empty() => format!("replay {seed}"),
            Search::Random => format!("explore --from {seed} --seeds 1"),
            Search::Pct { depth } => {
                format!("explore --strategy pct --depth {depth} --from {seed} --seeds 1")
            }
        };
        if !only.is_empty() {
            command += &format!(" --faults {}", only.join(","));
        }
        command_line(self.app).line(&command)
    }
}

/// Returns the names of the families that may occur; none if all may.
fn only(families: Families) -> Vec<String> {
    if families == Families::ALL {
        return Vec::new();
    }
    let named = Family::ALL.into_iter().filter(|family| families.contains(*family));
    named.map(|family| family.name().to_owned()).collect()
}

/// Returns the counts of every family of deviations.
fn families(summary: &Summary) -> BTreeMap<String, FamilyCount> {
    let families = summary.families.iter().map(|(family, metric)| {
        let count = FamilyCount { offered: metric.offered, made: metric.made };
        (family.name().to_owned(), count)
    });
    families.collect()
}

/// Returns the counts of every fault that was offered.
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

/// Returns the faults that were never offered.
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

/// Returns the JSON object of a broken promise.
pub(crate) fn find_as_json(app: &dyn App, run: &Run, violation: &Violation) -> Value {
    json!({
        "kind": "find",
        "app": app.name(),
        "property": violation.property,
        "because": violation.because,
        "also": violation.also,
        "pending": violation.pending,
        "step": violation.event,
        "case": run.case.to_string(),
        "replay": command_line(app).replay(&run.case),
        "trace": format!("{:016x}", run.trace_hash),
    })
}
