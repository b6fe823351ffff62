//! Which promises an endpoint keeps, as far as its clients can tell.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::properties::{
    ANSWERED, CAUSAL_ORDER, DELIVERED, DISCREET, NOT_DUPLICATED, NOT_INVENTED, VERBATIM,
};
use stormglass_spec::{History, Judge, Property, Violation};

use super::attribution::Attribution;
use super::format::{AcknowledgementRule, MessageFormat};
use super::reading::{Reading, history};
use super::run::ProbeRun;

/// A promise that can be judged from outside.
#[derive(Clone, Copy, Debug)]
pub struct JudgedProperty {
    /// The promise.
    pub property: Property,
    /// What clients see of it when it is broken.
    pub broken: &'static str,
    /// What looks like it and may be innocent, so that it is suspect and no more.
    pub suspect: &'static str,
}

/// The promises that can be judged from outside, and how. All others speak of rows, calls and
/// invocations, which no client sees.
pub const JUDGED: [JudgedProperty; 7] = [
    JudgedProperty {
        property: DELIVERED,
        broken: "a client whose 101 came before a broadcast was sent, and who still listened for \
                 the time of `--settle` after its acknowledgement, never gets it, and the \
                 acknowledgement says nothing of that",
        suspect: "its 101 came between a broadcast and its first arrival, or the endpoint closed \
                  the connection some time later; or the API acknowledges nothing, and the sender \
                  itself has it",
    },
    JudgedProperty {
        property: VERBATIM,
        broken: "a message with the mark of a broadcast is not, byte for byte, what was sent",
        suspect: "never",
    },
    JudgedProperty {
        property: NOT_INVENTED,
        broken: "a message has a mark that nothing sent so far has, or the id of a message that \
                 somebody else sent",
        suspect: "a message has no mark: somebody else may have broadcast it, unless `--assume \
                  alone` says that nobody else is there",
    },
    JudgedProperty {
        property: NOT_DUPLICATED,
        broken: "with `--assume faultless`: a connection gets a broadcast twice",
        suspect: "without it: an attempt inside may have got a 5xx or no answer, which allows a \
                  second one",
    },
    JudgedProperty {
        property: CAUSAL_ORDER,
        broken: "a client gets B before A, although A's acknowledgement, which said that everybody \
                 has it, came before B was sent; what is accepted for one connection is taken to \
                 arrive in that order",
        suspect: "the client was not there all the time, or got A twice, or A was not acknowledged \
                  but had reached its sender",
    },
    JudgedProperty {
        property: ANSWERED,
        broken: "a client that stayed got no answer to what the format says is answered, or two, \
                 or an empty one",
        suspect: "never; an answer in unknown words counts, and where the format expects none, \
                  silence is not judged",
    },
    JudgedProperty {
        property: DISCREET,
        broken: "an answer holds an ARN, a stack, the number of an account or an exception of the \
                 SDK that its sender had not sent",
        suspect: "never; the gateway's own error messages are not looked at",
    },
];

/// What whoever starts a probe knows of the endpoint, and clients cannot see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// Nothing fails between the functions and the services that they call, as in `cargo serve`.
    pub faultless: bool,
    /// Nobody else is connected.
    pub alone: bool,
}

/// How a promise fared.
#[derive(Debug)]
pub struct PropertyVerdict {
    /// The promise.
    pub judged: &'static JudgedProperty,
    /// How often it was put to the test.
    pub times: u64,
    /// What was found, if anything was.
    pub found: Option<Finding>,
}

/// A promise that does not seem to be kept.
#[derive(Debug)]
pub struct Finding {
    /// Whether nothing that clients cannot see could excuse it.
    pub is_certain: bool,
    /// How often it was found.
    pub times: u64,
    /// The first time.
    pub violation: Violation,
    /// The history in which it was found.
    pub history: History,
}

impl PropertyVerdict {
    /// Whether the promise is broken.
    pub fn is_broken(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.is_certain)
    }

    /// Whether it may be broken, and nobody can know.
    pub fn is_suspect(&self) -> bool {
        self.found.as_ref().is_some_and(|found| !found.is_certain)
    }

    /// The verdict in a word or two.
    pub fn word(&self) -> &'static str {
        match &self.found {
            Some(found) if found.is_certain => "broken",
            Some(_) => "suspect",
            None if self.times == 0 => "not judged",
            None => "held",
        }
    }
}

/// Holds what clients saw to the promises.
pub fn judge(
    seen: &ProbeRun,
    format: &MessageFormat,
    assumptions: Assumptions,
    silence: Duration,
) -> Vec<PropertyVerdict> {
    let attribution = Attribution::new(&seen.observations, seen.run, format);
    let read = |reading| {
        let acknowledged = format.acknowledged();
        history(&seen.observations, &attribution, acknowledged, silence, reading)
    };
    let lenient = Judgement::judge(read(Reading {
        has_faults: !assumptions.faultless,
        has_strangers: !assumptions.alone,
        is_lenient_in_time: true,
    }));
    let strict = Judgement::judge(read(Reading {
        has_faults: false,
        has_strangers: false,
        is_lenient_in_time: false,
    }));
    let verdicts = JUDGED.iter().map(|judged| {
        let id = judged.property.id;
        let found = lenient.found(id, true).or_else(|| strict.found(id, false));
        let times = lenient.times.get(id).copied().unwrap_or(0);
        PropertyVerdict { judged, times: asked(id, times, format), found }
    });
    verdicts.collect()
}

/// An answer that nobody has to give is no test of whether it is given.
fn asked(id: &str, times: u64, format: &MessageFormat) -> u64 {
    let expects = format.acknowledged() == AcknowledgementRule::Reply
        || format.bad_input().iter().any(|input| input.answered);
    if id == ANSWERED.id && !expects { 0 } else { times }
}

/// One reading of what clients saw, held to every promise.
#[derive(Debug)]
struct Judgement {
    history: History,
    times: BTreeMap<&'static str, u64>,
    violations: BTreeMap<&'static str, Vec<Violation>>,
}

impl Judgement {
    fn judge(history: History) -> Judgement {
        let mut judge = Judge::new(&JUDGED.map(|judged| judged.property));
        let mut violations: BTreeMap<&'static str, Vec<Violation>> = BTreeMap::new();
        let mut keep = |found: Vec<Violation>| {
            for violation in found {
                violations.entry(violation.property).or_default().push(violation);
            }
        };
        history.events.iter().for_each(|event| keep(judge.observe_all(event)));
        keep(judge.finish_all());
        let times = judge.tested().collect();
        Judgement { history, times, violations }
    }

    fn found(&self, id: &str, is_certain: bool) -> Option<Finding> {
        let violations = self.violations.get(id)?;
        Some(Finding {
            is_certain,
            times: u64::try_from(violations.len()).unwrap_or(u64::MAX),
            violation: violations.first()?.clone(),
            history: self.history.clone(),
        })
    }
}
