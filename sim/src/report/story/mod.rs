//! The parts that reports and pictures share: the steps that matter, and the deviations among them.

mod past;
mod sandboxes;

use std::collections::BTreeMap;

pub(crate) use past::{past, rows_in_dispute};
pub(crate) use sandboxes::SandboxNotes;

use crate::outcome::Run;

/// The deviations of a run as texts, each at the event that shows it.
#[derive(Debug, Default)]
pub(crate) struct ShownDeviations {
    texts: BTreeMap<u32, Vec<String>>,
}

impl ShownDeviations {
    /// Returns the deviations that a run has met.
    pub(crate) fn new(run: &Run) -> ShownDeviations {
        let mut texts: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (key, choice) in &run.case.schedule.deviations {
            let event = run.deviation_events[key];
            texts.entry(event).or_default().push(format!("{key}={choice}"));
        }
        ShownDeviations { texts }
    }

    /// Returns the deviations that the event with this number shows.
    pub(crate) fn at(&self, event: u32) -> &[String] {
        self.texts.get(&event).map_or(&[], Vec::as_slice)
    }
}
