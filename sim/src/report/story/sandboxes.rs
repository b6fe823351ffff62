//! The sandboxes of a story, at the steps where it matters which one it is.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::history::Event;
use stormglass_spec::line::Line;
use stormglass_spec::name::InvocationName;

use crate::outcome::{Run, Stay};

/// The words about sandboxes, each at the event that shows them.
///
/// They name the sandbox of an invocation if the function has several in the story, or if the
/// sandbox holds work that an invocation left behind.
#[derive(Debug, Default)]
pub(crate) struct SandboxNotes {
    texts: BTreeMap<u32, String>,
}

impl SandboxNotes {
    /// Returns the words about the sandboxes of a run, of which `is_shown` picks the events.
    pub(crate) fn new(run: &Run, is_shown: impl Fn(u32) -> bool) -> SandboxNotes {
        let mut sandboxes: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for stay in run.stays.iter().filter(|stay| is_shown(stay.started)) {
            sandboxes.entry(&stay.function).or_default().insert(stay.sandbox);
        }
        let mut texts = BTreeMap::new();
        for stay in &run.stays {
            let is_one_of_several =
                sandboxes.get(stay.function.as_str()).is_some_and(|known| known.len() > 1);
            if is_one_of_several || !stay.resumed.is_empty() || !stay.left.is_empty() {
                texts.insert(stay.started, started(stay));
            }
            if let (Some(ended), false) = (stay.ended, stay.left.is_empty()) {
                let (sandbox, names) = (stay.sandbox, join(&stay.left));
                texts.insert(ended, format!("sandbox {sandbox} still holds work of {names}"));
            }
        }
        SandboxNotes { texts }
    }

    /// Returns an event in words, with those about its sandbox.
    pub(crate) fn line(&self, event: &Event) -> Line {
        let mut line = event.line();
        if let Some(text) = self.texts.get(&event.number) {
            if !line.result.is_empty() {
                line.result.push_str("; ");
            }
            line.result.push_str(text);
        }
        line
    }
}

fn started(stay: &Stay) -> String {
    let sandbox = format!("in sandbox {}", stay.sandbox);
    if stay.resumed.is_empty() {
        return sandbox;
    }
    format!("{sandbox}, where work of {} goes on", join(&stay.resumed))
}

fn join(invocations: &[InvocationName]) -> String {
    invocations.iter().map(InvocationName::as_str).collect::<Vec<_>>().join(", ")
}
