//! The figures of an exploration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stormglass_sim::report::numbers::{count, thousands};
use stormglass_sim::search::explore::{Bucket, Distribution, FanOutRange};

use super::{RecordError, parse};

/// The figures of an exploration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplorationRecord {
    /// Always `summary`. The finds that `--json` prints before it are of the kind `find`.
    pub kind: String,
    /// The version of this format: [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// The name of the application.
    pub app: String,
    /// The strategy: `random`, or `pct of depth 3`.
    pub strategy: String,
    /// The families of deviations that could occur; empty if all could.
    pub only: Vec<String>,
    /// The first seed.
    pub from: u64,
    /// The number of seeds.
    pub seeds: u64,
    /// The number of seeds that were run twice, with equal traces.
    pub repeated: u64,
    /// The number of seeds that broke a promise.
    pub finds: u64,
    /// The causes of broken promises, in the order of the first seed of each. The violations of a
    /// cause break the same promise, and the things involved play the same roles.
    pub broken: Vec<BrokenPromise>,
    /// The number of tests of each promise.
    pub promises: BTreeMap<String, u64>,
    /// The number of times that each witness was seen.
    pub witnesses: BTreeMap<String, u64>,
    /// The promises and witnesses that the application cannot test or show.
    pub undeclared: Vec<String>,
    /// The counts of each family of deviations.
    pub families: BTreeMap<String, FamilyCount>,
    /// The faults that were offered at least once.
    pub faults: Vec<FaultCount>,
    /// The faults that were never offered.
    pub never_offered: Vec<String>,
    /// The number of pairs of events that were met.
    pub pairs: usize,
    /// The last seed that met a pair for the first time.
    pub last_new_pair: Option<u64>,
    /// The number of seeds and the number of pairs met so far, at each seed that met a new pair.
    pub coverage: Vec<(u64, usize)>,
    /// True if the exploration was long enough to be judged by the situations that it met.
    pub judged: bool,
    /// The witnesses that should have been seen, and were not.
    pub unseen: Vec<String>,
    /// The promises that should have been tested, and were not.
    pub vacuous: Vec<String>,
    /// The faults that should have mattered and the parts of the application that should have been
    /// reached, and were not: a sentence for each.
    pub idle: Vec<String>,
    /// The number of requests that the SDK clients of the handlers sent.
    pub calls: u64,
    /// The number of events in all histories.
    pub events: u64,
    /// The number of events in each run.
    pub events_per_run: Spread,
    /// The runs, counted by their number of events.
    pub runs_by_events: Vec<EventRange>,
    /// The latency of broadcasts, by their number of recipients.
    pub broadcasts: Vec<FanOut>,
    /// The number of deviations that were met.
    pub deviations: u64,
    /// The virtual time that passed, in ms.
    pub virtual_ms: u64,
    /// The wall time that passed, in ms. It differs from one exploration to the next.
    pub wall_ms: u64,
    /// The seeds that took the longest wall time. They differ as well.
    pub slowest: Vec<SlowSeed>,
}

/// A promise that was broken, by one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenPromise {
    /// The name of the promise.
    pub promise: String,
    /// The other promises that broke in the same step of the shortest story.
    #[serde(default)]
    pub also: Vec<String>,
    /// The number of seeds that broke it.
    pub seeds: u64,
    /// The seed with the shortest story.
    pub seed: u64,
    /// The explanation of the violation in its run.
    pub because: String,
    /// The command that runs it again.
    pub command: String,
}

/// The counts of a family of deviations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyCount {
    /// The number of points of choice that offered one.
    pub offered: u64,
    /// The number of deviations that were made.
    pub made: u64,
}

/// The counts of a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCount {
    /// The place where the fault strikes.
    pub site: String,
    /// The name of the fault.
    pub fault: String,
    /// The family of deviations that it belongs to.
    pub family: String,
    /// The visible effect of the fault when it matters.
    pub witness: String,
    /// The number of points of choice that offered it.
    pub offered: u64,
    /// The number of times that it happened.
    pub met: u64,
    /// The number of times that it made a difference.
    pub mattered: u64,
}

/// The spread of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The number of numbers. If it is 0, so are all others here.
    pub count: u64,
    /// The least.
    pub min: u64,
    /// The median: half of the numbers are no greater.
    pub median: u64,
    /// The 90th percentile.
    pub p90: u64,
    /// The 99th percentile.
    pub p99: u64,
    /// The greatest.
    pub max: u64,
}

/// The number of runs whose events are in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRange {
    /// The least number of events in the range.
    pub from: u64,
    /// The least number above the range; none for the last range, which has no end.
    pub below: Option<u64>,
    /// The number of runs.
    pub count: u64,
}

/// The broadcasts whose recipients are in a range. Times are virtual, and begin with the message of
/// the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanOut {
    /// The least number of recipients in the range.
    pub from: u64,
    /// The least number above the range; none for the last range, which has no end.
    pub below: Option<u64>,
    /// The number of broadcasts.
    pub broadcasts: u64,
    /// The time until the acknowledgement, of the broadcasts that had one.
    pub acknowledged_us: Spread,
    /// The time until the last client received it, of the broadcasts that a client received.
    pub arrived_us: Spread,
}

/// A seed that took long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowSeed {
    /// The seed.
    pub seed: u64,
    /// The wall time of its run, in microseconds.
    pub wall_us: u64,
    /// The number of events in its run.
    pub events: u64,
    /// The command that runs it again.
    pub command: String,
}

/// The verdict of an exploration on its application, or on itself if it is asleep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `HELD`, `BROKEN` or `ASLEEP`.
    pub word: &'static str,
    /// The verdict in a few words.
    pub sentence: String,
}

impl Verdict {
    /// Returns the verdict of an exploration of `seeds` seeds, of which `finds` broke a promise. A
    /// search that is asleep met too little for its silence to mean anything.
    pub fn new(seeds: u64, finds: u64, is_asleep: bool) -> Verdict {
        let (word, result) = match finds {
            0 if is_asleep => ("ASLEEP", "nothing broken, but too little met".to_owned()),
            0 => ("HELD", "no promise broken".to_owned()),
            1 => ("BROKEN", "one broken promise".to_owned()),
            finds => ("BROKEN", format!("{} broken promises", thousands(finds))),
        };
        Verdict { word, sentence: format!("{result} in {}", count(seeds, "seed")) }
    }
}

impl ExplorationRecord {
    /// Returns the verdict of the exploration.
    pub fn verdict(&self) -> Verdict {
        Verdict::new(self.seeds, self.finds, self.is_asleep())
    }

    /// Reports whether the exploration met too little for its silence to mean anything.
    fn is_asleep(&self) -> bool {
        let ExplorationRecord { judged, unseen, vacuous, idle, .. } = self;
        *judged && !(unseen.is_empty() && vacuous.is_empty() && idle.is_empty())
    }

    /// Returns the number of tests of a promise; `None` if the application does not declare it.
    pub fn tested(&self, id: &str) -> Option<u64> {
        self.is_declared(id).then(|| self.promises.get(id).copied().unwrap_or(0))
    }

    /// Returns the number of times that a witness was seen; `None` if the application does not
    /// declare it.
    pub fn seen(&self, id: &str) -> Option<u64> {
        self.is_declared(id).then(|| self.witnesses.get(id).copied().unwrap_or(0))
    }

    fn is_declared(&self, id: &str) -> bool {
        !self.undeclared.iter().any(|undeclared| undeclared == id)
    }

    /// Parses the text of [`ExplorationRecord::to_text`].
    ///
    /// # Errors
    ///
    /// If it is another text, or of another version.
    pub fn parse(text: &str) -> Result<ExplorationRecord, RecordError> {
        parse(text, "explore")
    }

    /// Returns the object of `exploration.json`, with its keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("its keys are strings")
    }

    /// Returns the text of `exploration.json`: one object.
    pub fn to_text(&self) -> String {
        format!("{}\n", self.to_value())
    }

    /// Returns the title of the exploration: its application, seeds and strategy.
    pub fn title(&self) -> String {
        let ExplorationRecord { app, strategy, .. } = self;
        let only = if self.only.is_empty() {
            String::new()
        } else {
            format!(", deviations of {} only", self.only.join(", "))
        };
        match strategy.as_str() {
            "random" => {
                let seeds = count(self.seeds, "random seed");
                format!("app {app}, {seeds}{only}")
            }
            _ => format!("app {app}, {} by {strategy}{only}", count(self.seeds, "seed")),
        }
    }
}

impl Spread {
    /// Creates the spread of a distribution.
    pub fn new(distribution: &Distribution) -> Spread {
        let quantile = |per_mille| distribution.quantile(per_mille).unwrap_or(0);
        Spread {
            count: distribution.total(),
            min: quantile(0),
            median: quantile(500),
            p90: quantile(900),
            p99: quantile(990),
            max: quantile(1_000),
        }
    }
}

impl FanOut {
    /// Creates the figures of a range.
    pub fn new(range: &FanOutRange) -> FanOut {
        FanOut {
            from: range.from,
            below: range.below,
            broadcasts: range.fan_out.broadcasts,
            acknowledged_us: Spread::new(&range.fan_out.acknowledged_us),
            arrived_us: Spread::new(&range.fan_out.arrived_us),
        }
    }

    /// Returns the range in words: `3`, `4-5`, `128 or more`.
    pub fn recipients(&self) -> String {
        match self.below {
            Some(below) if below == self.from + 1 => thousands(self.from),
            Some(below) => format!("{}-{}", thousands(self.from), thousands(below - 1)),
            None => format!("{} or more", thousands(self.from)),
        }
    }
}

impl From<Bucket> for EventRange {
    fn from(bucket: Bucket) -> EventRange {
        let Bucket { from, below, count } = bucket;
        EventRange { from, below, count }
    }
}
