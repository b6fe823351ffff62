//! The stays of invocations in sandboxes, noted for reports.

use std::collections::BTreeMap;

use stormglass_aws::lambda::SandboxId;
use stormglass_spec::name::InvocationName;

use super::compute::InvocationState;
use crate::outcome::Stay;

/// The stays of a run so far, by their invocations.
#[derive(Debug, Default)]
pub(super) struct Stays {
    notes: BTreeMap<usize, StayNote>,
}

#[derive(Debug)]
struct StayNote {
    sandbox: SandboxId,
    started: u32,
    resumed: Vec<usize>,
    ended: Option<u32>,
    left: Vec<usize>,
}

impl Stays {
    /// Notes the start of an invocation; `resumed` holds the invocations whose work goes on there.
    pub(super) fn begin(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        started: u32,
        resumed: Vec<usize>,
    ) {
        let note = StayNote { sandbox, started, resumed, ended: None, left: Vec::new() };
        self.notes.insert(invocation, note);
    }

    /// Notes the end of an invocation; `left` holds the invocations whose work freezes there.
    pub(super) fn end(&mut self, invocation: usize, ended: u32, left: Vec<usize>) {
        if let Some(note) = self.notes.get_mut(&invocation) {
            (note.ended, note.left) = (Some(ended), left);
        }
    }

    /// Returns the stays in the order of their starts. The sandboxes of each function are numbered
    /// in the order of their first invocations.
    pub(super) fn into_stays(self, invocations: &[InvocationState]) -> Vec<Stay> {
        let names = |indices: Vec<usize>| -> Vec<InvocationName> {
            indices.into_iter().map(|index| invocations[index].name.clone()).collect()
        };
        let mut notes: Vec<(usize, StayNote)> = self.notes.into_iter().collect();
        notes.sort_unstable_by_key(|(_, note)| note.started);
        let mut numbers: BTreeMap<SandboxId, u32> = BTreeMap::new();
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let stays = notes.into_iter().map(|(invocation, note)| {
            let function = invocations[invocation].purpose.function();
            let sandbox = *numbers.entry(note.sandbox).or_insert_with(|| {
                let count = counts.entry(function).or_default();
                *count += 1;
                *count
            });
            Stay {
                function: function.to_owned(),
                sandbox,
                started: note.started,
                resumed: names(note.resumed),
                ended: note.ended,
                left: names(note.left),
            }
        });
        stays.collect()
    }
}
