//! The verdicts on an endpoint: the promises that it keeps, as far as its clients can tell.

use std::collections::BTreeMap;
use std::sync::Arc;
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
#[derive(Clone, Debug)]
pub struct JudgedProperty {
    /// The promise.
    pub property: Property,
    /// The observations that prove it broken.
    pub broken: &'static str,
    /// The observations that look the same and may be innocent, so that it is suspect and no more.
    pub suspect: &'static str,
}

/// The promises that can be judged from outside. All others speak of rows, calls and invocations,
/// which no client sees.
pub static JUDGED: [JudgedProperty; 7] = [
    JudgedProperty {
        property: DELIVERED,
        broken: "a client whose 101 came before a broadcast was sent, and who still listened for \
                 the time of `--settle` after its acknowledgement, never gets it, and the \
                 acknowledgement does not say so",
        suspect: "the endpoint closed the connection some time later; or the acknowledgement has \
                  no mark, so that other people may have sent it; or the API acknowledges nothing, \
                  and only the sender itself is known to have it",
    },
    JudgedProperty {
        property: VERBATIM,
        broken: "a message with the mark of a broadcast is not, byte for byte, the text that was \
                 sent",
        suspect: "never",
    },
    JudgedProperty {
        property: NOT_INVENTED,
        broken: "a message has a mark that no message so far has, or answers a message of another \
                 client; with `--assume alone`: a message has no mark and answers nothing",
        suspect: "a message has no mark and answers nothing: other people may have sent it, unless \
                  `--assume alone` says that there are none",
    },
    JudgedProperty {
        property: NOT_DUPLICATED,
        broken: "with `--assume faultless`: a connection gets a broadcast twice",
        suspect: "without `--assume faultless`: an attempt inside may have got a 5xx or no answer, \
                  which allows a second one",
    },
    JudgedProperty {
        property: CAUSAL_ORDER,
        broken: "a client gets B before A, although B was sent after the acknowledgement of A, \
                 which said that every client has it; messages accepted for one connection are \
                 taken to arrive in that order",
        suspect: "the client was not connected all the time, or got A twice, or A was not \
                  acknowledged but had reached its sender",
    },
    JudgedProperty {
        property: ANSWERED,
        broken: "a client that stayed got nothing that may be the answer to a message that the \
                 format says is answered, or two answers with the mark of one message; with \
                 `--assume alone`: two answers, or an empty one",
        suspect: "a second answer has no mark, or an answer is empty: other people may have sent \
                  it, unless `--assume alone` says that there are none; an answer in unknown words \
                  counts, and silence is not judged if the format expects no answer",
    },
    JudgedProperty {
        property: DISCREET,
        broken: "an answer with a mark, or with `--assume alone` any answer, holds an ARN, a stack \
                 trace, the number of an account or an exception of the SDK that its sender had \
                 not sent",
        suspect: "the answer has no mark: other people may have sent it, unless `--assume alone` \
                  says that there are none; the gateway's own error messages are not looked at",
    },
];

/// Facts about the endpoint that the person who starts a probe knows, and clients cannot see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// Nothing fails between the functions and the services that they call, as in `cargo serve`.
    pub faultless: bool,
    /// No other clients are connected.
    pub alone: bool,
}

/// The verdict on a promise.
#[derive(Debug)]
pub struct PropertyVerdict {
    /// The promise.
    pub judged: &'static JudgedProperty,
    /// The number of tests that found nothing.
    passed: u64,
    /// The evidence against it, if there is any.
    pub evidence: Option<Evidence>,
}

/// The evidence that a promise is not kept.
#[derive(Debug)]
pub struct Evidence {
    /// True if no event that clients cannot see could excuse it.
    pub is_certain: bool,
    /// The number of violations.
    pub times: u64,
    /// The first violation.
    pub violation: Violation,
    /// The history with the violation.
    pub history: Arc<History>,
}

impl PropertyVerdict {
    /// Returns the number of times that the promise was put to the test. Each violation is one.
    pub fn tested(&self) -> u64 {
        self.passed + self.evidence.as_ref().map_or(0, |evidence| evidence.times)
    }

    /// Returns true if the promise is broken.
    pub fn is_broken(&self) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| evidence.is_certain)
    }

    /// Returns true if the promise may be broken, and no client can tell.
    pub fn is_suspect(&self) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| !evidence.is_certain)
    }

    /// Returns the verdict in a word or two.
    pub fn word(&self) -> &'static str {
        match &self.evidence {
            Some(evidence) if evidence.is_certain => "broken",
            Some(_) => "suspect",
            None if self.passed == 0 => "not judged",
            None => "held",
        }
    }
}

/// Holds the observations of a run to the promises.
pub fn judge(
    run: &ProbeRun,
    format: &MessageFormat,
    assumptions: Assumptions,
    silence: Duration,
) -> Vec<PropertyVerdict> {
    let read = |reading: Reading| {
        let attribution =
            Attribution::new(&run.observations, run.id, format, reading.has_strangers);
        let acknowledged = format.acknowledged();
        history(&run.observations, &attribution, acknowledged, silence, reading)
    };
    // Without other people, nobody sent the messages without a mark, those that were only counted
    // included.
    let invented = |has_strangers| if has_strangers { 0 } else { run.surplus.unmarked };
    let has_strangers = !assumptions.alone;
    let lenient =
        Reading { has_faults: !assumptions.faultless, has_strangers, is_lenient_in_time: true };
    let strict = Reading { has_faults: false, has_strangers: false, is_lenient_in_time: false };
    let lenient = Judgement::judge(read(lenient), invented(has_strangers));
    let strict = Judgement::judge(read(strict), invented(false));
    let verdicts = JUDGED.iter().map(|judged| {
        let id = judged.property.id;
        let is_suspect = !lenient.is_broken(id) && strict.is_broken(id);
        let judgement = if is_suspect { &strict } else { &lenient };
        let evidence = judgement.evidence(id, !is_suspect);
        PropertyVerdict { judged, passed: judgement.passed(id, format), evidence }
    });
    verdicts.collect()
}

/// One reading of the observations, held to every promise.
#[derive(Debug)]
struct Judgement {
    history: Arc<History>,
    tests: BTreeMap<&'static str, u64>,
    violations: BTreeMap<&'static str, Violations>,
}

/// The violations of one promise.
#[derive(Debug)]
struct Violations {
    times: u64,
    first: Violation,
}

impl Judgement {
    /// Judges a history, and adds `invented` messages that are like others in it.
    fn judge(history: History, invented: u64) -> Judgement {
        let mut judge = Judge::new(&JUDGED.each_ref().map(|judged| judged.property.clone()));
        let mut violations: BTreeMap<&'static str, Violations> = BTreeMap::new();
        let mut keep = |found: Vec<Violation>| {
            for first in found {
                let property = first.property;
                violations.entry(property).or_insert(Violations { times: 0, first }).times += 1;
            }
        };
        history.events.iter().for_each(|event| keep(judge.observe_all(event)));
        keep(judge.finish_all());
        let mut tests: BTreeMap<&'static str, u64> = judge.tested().collect();
        if let Some(found) = violations.get_mut(NOT_INVENTED.id) {
            found.times += invented;
            *tests.entry(NOT_INVENTED.id).or_default() += invented;
        }
        Judgement { history: Arc::new(history), tests, violations }
    }

    /// Returns the number of tests of a promise that found nothing: an answer that the format does
    /// not ask for is no test.
    fn passed(&self, id: &str, format: &MessageFormat) -> u64 {
        let expects = format.acknowledged() == AcknowledgementRule::Reply
            || format.bad_input().iter().any(|input| input.answered);
        if id == ANSWERED.id && !expects {
            return 0;
        }
        let failed = self.violations.get(id).map_or(0, |found| found.times);
        self.tests.get(id).map_or(0, |tests| tests.saturating_sub(failed))
    }

    fn is_broken(&self, id: &str) -> bool {
        self.violations.contains_key(id)
    }

    fn evidence(&self, id: &str, is_certain: bool) -> Option<Evidence> {
        let Violations { times, first } = self.violations.get(id)?;
        Some(Evidence {
            is_certain,
            times: *times,
            violation: first.clone(),
            history: Arc::clone(&self.history),
        })
    }
}
