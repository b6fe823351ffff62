//! The figures of an exploration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stormglass_sim::search::explore::{Bucket, Distribution, FanOutRange};

use super::{RecordError, parse};
use stormglass_sim::report::numbers::{count, thousands};

/// The figures of an exploration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploration {
    /// Always `summary`, which tells it from the finds that `--json` prints before it.
    pub kind: String,
    /// The version of this format: [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// Whose handlers were run.
    pub app: String,
    /// How each seed steered its run: `random`, or `pct of depth 3`.
    pub strategy: String,
    /// The families of deviations that could occur; empty if all could.
    pub only: Vec<String>,
    /// The first seed.
    pub from: u64,
    /// How many seeds were run.
    pub seeds: u64,
    /// How many of them were run twice, with equal traces.
    pub repeated: u64,
    /// How many seeds broke a promise.
    pub finds: u64,
    /// Which promises were broken, in the order of the first seed that did.
    pub broken: Vec<BrokenPromise>,
    /// How many times each promise was put to the test.
    pub promises: BTreeMap<String, u64>,
    /// How many times each witness was seen.
    pub witnesses: BTreeMap<String, u64>,
    /// The promises and witnesses that the application cannot test or show.
    pub undeclared: Vec<String>,
    /// How often each family of deviations was offered and made.
    pub families: BTreeMap<String, Counted>,
    /// Every fault that the schedule was asked for.
    pub faults: Vec<FaultCount>,
    /// The faults that it never was asked for.
    pub never_offered: Vec<String>,
    /// How many pairs of events were met.
    pub pairs: usize,
    /// The last seed that met a pair which none before it had met.
    pub last_new_pair: Option<u64>,
    /// After how many seeds how many pairs had been met, at each seed that met a new one.
    pub coverage: Vec<(u64, usize)>,
    /// Whether it was long enough to be judged by what it met.
    pub judged: bool,
    /// Witnesses that should have been seen and were not.
    pub unseen: Vec<String>,
    /// Promises that should have been tested and were not.
    pub vacuous: Vec<String>,
    /// Faults that should have mattered and did not.
    pub idle: Vec<String>,
    /// How many requests the handlers' SDK clients sent.
    pub calls: u64,
    /// How many events the histories hold.
    pub events: u64,
    /// How many events each run had.
    pub events_per_run: Spread,
    /// How many runs had so many events.
    pub runs_by_events: Vec<Range>,
    /// How long broadcasts took, by how many connections they were posted to.
    pub broadcasts: Vec<FanOut>,
    /// How many deviations were met.
    pub deviations: u64,
    /// The virtual time that passed, in ms.
    pub virtual_ms: u64,
    /// The time that passed on the wall, in ms. It differs from one exploration to the next.
    pub wall_ms: u64,
    /// The seeds that took the longest on the wall. They differ as well.
    pub slowest: Vec<SlowSeed>,
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenPromise {
    /// Its name.
    pub promise: String,
    /// How many seeds broke it.
    pub seeds: u64,
    /// The first of them.
    pub seed: u64,
    /// What was wrong there, in plain words.
    pub because: String,
    /// The command that shows it again.
    pub command: String,
}

/// How often a family of deviations was offered and made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// At how many points it could have been made.
    pub offered: u64,
    /// How often it was.
    pub made: u64,
}

/// How often a fault was offered, met, and mattered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCount {
    /// Where it strikes.
    pub site: String,
    /// What goes wrong.
    pub fault: String,
    /// Its family of deviations.
    pub family: String,
    /// What is seen when it has mattered.
    pub witness: String,
    /// How often the schedule was asked for it.
    pub offered: u64,
    /// How often it happened.
    pub met: u64,
    /// How often that made a difference.
    pub mattered: u64,
}

/// How some numbers are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// How many there are. The rest is 0 if there is none.
    pub count: u64,
    /// The least.
    pub min: u64,
    /// Half of them are no greater.
    pub median: u64,
    /// 90 % of them are no greater.
    pub p90: u64,
    /// 99 % of them are no greater.
    pub p99: u64,
    /// The greatest.
    pub max: u64,
}

/// How many numbers are in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The least number in it.
    pub from: u64,
    /// The least number above it; none for the last range, which has no end.
    pub below: Option<u64>,
    /// How many.
    pub count: u64,
}

/// The broadcasts that were posted to a number of connections in a range. Times are virtual, from
/// the client's message on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanOut {
    /// The least number of connections.
    pub from: u64,
    /// The least number above the range; none for the last range, which has no end.
    pub below: Option<u64>,
    /// How many broadcasts.
    pub broadcasts: u64,
    /// Until the acknowledgement, where there was one.
    pub acknowledged_us: Spread,
    /// Until the last client had it, where one got it.
    pub arrived_us: Spread,
}

/// A seed that took long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowSeed {
    /// The seed.
    pub seed: u64,
    /// How long its run took on the wall, in microseconds.
    pub wall_us: u64,
    /// How many events it had.
    pub events: u64,
    /// The command that runs it again.
    pub command: String,
}

/// What an exploration says of its application, or of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `HELD`, `BROKEN` or `ASLEEP`.
    pub word: &'static str,
    /// The same in a few words.
    pub sentence: String,
}

impl Verdict {
    /// The verdict on so many seeds, of which so many broke a promise. A search that is asleep met
    /// too little for its silence to mean anything.
    pub fn new(seeds: u64, finds: u64, is_asleep: bool) -> Verdict {
        let (word, what) = match finds {
            0 if is_asleep => ("ASLEEP", "nothing broken, but too little met".to_owned()),
            0 => ("HELD", "no promise broken".to_owned()),
            1 => ("BROKEN", "one broken promise".to_owned()),
            finds => ("BROKEN", format!("{} broken promises", thousands(finds))),
        };
        Verdict { word, sentence: format!("{what} in {}", count(seeds, "seed")) }
    }
}

impl Exploration {
    /// What it says of its application, or of itself.
    pub fn verdict(&self) -> Verdict {
        Verdict::new(self.seeds, self.finds, self.is_asleep())
    }

    /// Whether it met too little for its silence to mean anything.
    fn is_asleep(&self) -> bool {
        let Exploration { judged, unseen, vacuous, idle, .. } = self;
        *judged && !(unseen.is_empty() && vacuous.is_empty() && idle.is_empty())
    }

    /// How often a promise was put to the test; `None` if the application declares no such promise.
    pub fn tested(&self, id: &str) -> Option<u64> {
        self.is_declared(id).then(|| self.promises.get(id).copied().unwrap_or(0))
    }

    /// How often a witness was seen; `None` if the application declares no such witness.
    pub fn seen(&self, id: &str) -> Option<u64> {
        self.is_declared(id).then(|| self.witnesses.get(id).copied().unwrap_or(0))
    }

    fn is_declared(&self, id: &str) -> bool {
        !self.undeclared.iter().any(|undeclared| undeclared == id)
    }

    /// Reads what [`Exploration::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// If it is something else, or of another version.
    pub fn parse(text: &str) -> Result<Exploration, RecordError> {
        parse(text, "cargo sim explore")
    }

    /// The object of `exploration.json`, its keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("its keys are strings")
    }

    /// The text of `exploration.json`: one object.
    pub fn to_text(&self) -> String {
        format!("{}\n", self.to_value())
    }

    /// What it was, in a few words.
    pub fn title(&self) -> String {
        let Exploration { app, strategy, .. } = self;
        let only = match self.only.is_empty() {
            true => String::new(),
            false => format!(", deviations of {} only", self.only.join(", ")),
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
    /// How the numbers of a distribution are spread.
    pub fn of(distribution: &Distribution) -> Spread {
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
    /// The figures of a range.
    pub fn of(range: &FanOutRange) -> FanOut {
        FanOut {
            from: range.from,
            below: range.below,
            broadcasts: range.fan_out.broadcasts,
            acknowledged_us: Spread::of(&range.fan_out.acknowledged_us),
            arrived_us: Spread::of(&range.fan_out.arrived_us),
        }
    }

    /// Its range in words: `3`, `4-5`, `128 or more`.
    pub fn recipients(&self) -> String {
        match self.below {
            Some(below) if below == self.from + 1 => thousands(self.from),
            Some(below) => format!("{}-{}", thousands(self.from), thousands(below - 1)),
            None => format!("{} or more", thousands(self.from)),
        }
    }
}

impl From<Bucket> for Range {
    fn from(bucket: Bucket) -> Range {
        let Bucket { from, below, count } = bucket;
        Range { from, below, count }
    }
}
