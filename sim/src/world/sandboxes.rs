//! What the code in each sandbox has come to know: a function of it is all that it can do next.

use std::collections::BTreeMap;

use stormglass_spec::{Sketch, Time};

use crate::seam::{Delivery, TimerId};
use stormglass_aws::lambda::SandboxId;

/// What the code in each sandbox has come to know.
///
/// A future is opaque, but the code behind it goes by nothing but what it was told: its events, the
/// answers to its calls, and the time whenever it was polled.
#[derive(Debug, Default)]
pub(super) struct Sandboxes {
    known: BTreeMap<SandboxId, Known>,
    /// Whose timers there are, and the how manieth each is there.
    timers: BTreeMap<TimerId, (SandboxId, u64)>,
}

#[derive(Debug, Default)]
struct Known {
    /// Everything since the start of the sandbox, or since it was as good as new.
    all: u128,
    sent: u64,
    succeeded: u64,
    timers: u64,
}

impl Sandboxes {
    /// A sandbox starts; whose event it is for decides on the ids that its clients make up.
    pub(super) fn start(&mut self, sandbox: SandboxId, name: &str) {
        self.known.insert(sandbox, Known::default());
        self.add(sandbox, |sketch| sketch.text(name));
    }

    /// An event is handed to its handler.
    pub(super) fn begin(&mut self, sandbox: SandboxId, event: &str, deadline: Time) {
        self.add(sandbox, |sketch| {
            sketch.text(event);
            sketch.time(deadline);
        });
    }

    /// One of its futures is polled: that of the handler, or one that was left to it later.
    pub(super) fn poll(&mut self, sandbox: SandboxId, later: u64, now: Time) {
        self.add(sandbox, |sketch| {
            sketch.number(later);
            sketch.time(now);
        });
    }

    /// A sleep begins in it.
    pub(super) fn sleep(&mut self, sandbox: SandboxId, timer: TimerId) {
        let Some(known) = self.known.get_mut(&sandbox) else { return };
        known.timers += 1;
        self.timers.insert(timer, (sandbox, known.timers));
    }

    /// A sleep is over.
    pub(super) fn fire(&mut self, timer: TimerId) {
        if let Some((sandbox, number)) = self.timers.remove(&timer) {
            self.add(sandbox, |sketch| sketch.number(number));
        }
    }

    /// Where a sleep began, and the how manieth it was there.
    pub(super) fn timer(&self, timer: TimerId) -> Option<(SandboxId, u64)> {
        self.timers.get(&timer).copied()
    }

    /// A request leaves it.
    pub(super) fn send(&mut self, sandbox: SandboxId) {
        if let Some(known) = self.known.get_mut(&sandbox) {
            known.sent += 1;
        }
    }

    /// An answer is there for it.
    pub(super) fn deliver(&mut self, sandbox: SandboxId, call: &str, delivery: &Delivery) {
        let succeeded =
            matches!(delivery, Delivery::Response { status, .. } if (200..300).contains(status));
        if let Some(known) = self.known.get_mut(&sandbox) {
            known.succeeded += u64::from(succeeded);
        }
        self.add(sandbox, |sketch| {
            sketch.text(call);
            sketch.debug(delivery);
        });
    }

    /// Its handler has returned and keeps nothing but its clients. If every call they made went
    /// well, they are as they were: the SDK pays for retries from a budget of theirs.
    pub(super) fn forget(&mut self, sandbox: SandboxId) {
        if let Some(known) = self.known.get_mut(&sandbox)
            && known.sent == known.succeeded
        {
            *known = Known::default();
        }
    }

    /// It is taken down.
    pub(super) fn end(&mut self, sandbox: SandboxId) {
        self.known.remove(&sandbox);
        self.timers.retain(|_, (owner, _)| *owner != sandbox);
    }

    /// Adds what the code in a sandbox knows.
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
