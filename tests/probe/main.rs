//! `cargo probe`: what it finds in endpoints that keep the promises, and in ones that do not.

mod commands;
mod deadline;
mod endpoint;
mod formats;
mod planted;
mod programs;
mod script;
mod seen;
mod served;
mod strangers;
mod workloads;

use std::sync::Arc;
use std::time::Duration;

use stormglass_probe::{
    Assumptions, MessageFormat, ProbeRun, ProbeSettings, PropertyVerdict, Target, judge, run,
};

/// A short workload for an endpoint that answers at once.
const SETTINGS: ProbeSettings = ProbeSettings {
    seed: 7,
    clients: 6,
    messages: 60,
    time_max: Duration::from_secs(60),
    settle: Duration::from_secs(1),
};

const NOTHING_ASSUMED: Assumptions = Assumptions { faultless: false, alone: false };

const ALL_ASSUMED: Assumptions = Assumptions { faultless: true, alone: true };

async fn watch(address: &str, format: &MessageFormat, settings: &ProbeSettings) -> ProbeRun {
    let target = Target::parse(&format!("ws://{address}")).expect("an address");
    let sent = Arc::default();
    run(&target, format, settings, sent, std::future::pending()).await.expect("it listens")
}

/// What is said of each promise, and why.
fn verdicts(
    seen: &ProbeRun,
    format: &MessageFormat,
    assumptions: Assumptions,
) -> Vec<PropertyVerdict> {
    judge(seen, format, assumptions, SETTINGS.settle)
}

fn words(verdicts: &[PropertyVerdict], word: &str) -> Vec<&'static str> {
    let fitting = verdicts.iter().filter(|verdict| verdict.word() == word);
    fitting.map(|verdict| verdict.judged.property.id).collect()
}

fn because(verdicts: &[PropertyVerdict], id: &str) -> String {
    let verdict = verdicts.iter().find(|verdict| verdict.judged.property.id == id);
    let found = verdict.and_then(|verdict| verdict.evidence.as_ref());
    found.map(|found| found.violation.because.clone()).unwrap_or_default()
}
