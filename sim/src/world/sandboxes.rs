//! The inputs of the code in each sandbox. They determine everything that the code can do next.

use std::collections::BTreeMap;

use stormglass_spec::{Sketch, Time};

use crate::seam::{Delivery, TimerId};
use stormglass_aws::lambda::SandboxId;

/// The inputs that the code in each sandbox has got so far.
///
/// A future is opaque, but the code behind it depends on its inputs alone: its events, the answers
/// to its calls, and the time of every poll.
#[derive(Debug, Default)]
pub(super) struct Sandboxes {
    known: BTreeMap<SandboxId, SandboxInputs>,
    /// Each timer's sandbox, and the timer's number among those of that sandbox.
    timers: BTreeMap<TimerId, (SandboxId, u64)>,
}

#[derive(Debug, Default)]
struct SandboxInputs {
    /// A hash of all inputs since the sandbox started, or since it was last as good as new.
    all: u128,
    sent: u64,
    succeeded: u64,
    timers: u64,
}

impl Sandboxes {
    /// Notes the start of a sandbox. The name of its first invocation determines the ids that its
    /// clients make up.
    pub(super) fn start(&mut self, sandbox: SandboxId, name: &str) {
        self.known.insert(sandbox, SandboxInputs::default());
        self.add(sandbox, |sketch| sketch.text(name));
    }

    /// Notes that the handler gets an event.
    pub(super) fn begin(&mut self, sandbox: SandboxId, event: &str, deadline: Time) {
        self.add(sandbox, |sketch| {
            sketch.text(event);
            sketch.time(deadline);
        });
    }

    /// Notes a poll of a future: the handler's, or the one that started `later` places after it.
    pub(super) fn poll(&mut self, sandbox: SandboxId, later: u64, now: Time) {
        self.add(sandbox, |sketch| {
            sketch.number(later);
            sketch.time(now);
        });
    }

    /// Notes that a sleep begins in a sandbox.
    pub(super) fn sleep(&mut self, sandbox: SandboxId, timer: TimerId) {
        let Some(known) = self.known.get_mut(&sandbox) else { return };
        known.timers += 1;
        self.timers.insert(timer, (sandbox, known.timers));
    }

    /// Notes that a sleep is over.
    pub(super) fn fire(&mut self, timer: TimerId) {
        if let Some((sandbox, number)) = self.timers.remove(&timer) {
            self.add(sandbox, |sketch| sketch.number(number));
        }
    }

    /// The sandbox in which a sleep began, and the sleep's number there.
    pub(super) fn timer(&self, timer: TimerId) -> Option<(SandboxId, u64)> {
        self.timers.get(&timer).copied()
    }

    /// Notes that a request leaves a sandbox.
    pub(super) fn send(&mut self, sandbox: SandboxId) {
        if let Some(known) = self.known.get_mut(&sandbox) {
            known.sent += 1;
        }
    }

    /// Notes that a sandbox gets an answer.
    pub(super) fn deliver(&mut self, sandbox: SandboxId, call: &str, delivery: &Delivery) {
        let succeeded = delivery.is_success();
        if let Some(known) = self.known.get_mut(&sandbox) {
            known.succeeded += u64::from(succeeded);
        }
        self.add(sandbox, |sketch| {
            sketch.text(call);
            delivery.sketch(sketch);
        });
    }

    /// Forgets the inputs of a sandbox whose handler has returned and keeps nothing but its
    /// clients.
    ///
    /// If every call succeeded, the clients are as they were at the start. A failed call may have
    /// used up a part of the budget from which the SDK pays for retries.
    pub(super) fn forget(&mut self, sandbox: SandboxId) {
        if let Some(known) = self.known.get_mut(&sandbox)
            && known.sent == known.succeeded
        {
            *known = SandboxInputs::default();
        }
    }

    /// Forgets a sandbox that is taken down.
    pub(super) fn end(&mut self, sandbox: SandboxId) {
        self.known.remove(&sandbox);
        self.timers.retain(|_, (owner, _)| *owner != sandbox);
    }

    /// Adds the inputs of the code in a sandbox.
    pub(super) fn sketch(&self, sandbox: SandboxId, sketch: &mut Sketch) {
        sketch.option(self.known.get(&sandbox), |sketch, known| {
            sketch.hashed(&(known.all, known.sent, known.succeeded, known.timers));
        });
    }

    fn add(&mut self, sandbox: SandboxId, add: impl FnOnce(&mut Sketch)) {
        let Some(known) = self.known.get_mut(&sandbox) else { return };
        let mut sketch = Sketch::default();
        sketch.hashed(&known.all);
        add(&mut sketch);
        known.all = sketch.finish();
    }
}
