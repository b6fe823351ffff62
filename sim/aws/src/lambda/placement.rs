//! The placement of invocations: sandboxes start, are used again, and are taken down.
//!
//! Plain data: the driver starts the handlers and polls them.

use std::collections::BTreeMap;

/// The number of a sandbox: one process of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SandboxId(pub(crate) u32);

/// The place of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A sandbox that was idle.
    Warm(SandboxId),
    /// A new sandbox, which the driver must start first.
    Cold(SandboxId),
    /// No place: the account runs as many invocations as it may (FACTS 4.9).
    Throttled,
}

/// The Lambda platform of one account and region.
#[derive(Debug)]
pub struct Lambda {
    concurrency_max: usize,
    /// The idle sandboxes of each function, the one used last at the end.
    idle: BTreeMap<String, Vec<SandboxId>>,
    /// The function that each busy sandbox runs.
    busy: BTreeMap<SandboxId, String>,
    started: u32,
}

impl Lambda {
    /// Creates a platform without sandboxes, which runs at most `concurrency_max` invocations at
    /// one time.
    pub fn new(concurrency_max: u32) -> Lambda {
        // A limit that does not fit is more than a machine can run.
        let concurrency_max = usize::try_from(concurrency_max).unwrap_or(usize::MAX);
        Lambda { concurrency_max, idle: BTreeMap::new(), busy: BTreeMap::new(), started: 0 }
    }

    /// Finds a place for an invocation, in a new sandbox if it `must_be_new`. A sandbox runs one
    /// invocation at a time.
    pub fn place(&mut self, function: &str, must_be_new: bool) -> Placement {
        if self.busy.len() >= self.concurrency_max {
            return Placement::Throttled;
        }
        let idle = self.idle.get_mut(function).filter(|_| !must_be_new).and_then(Vec::pop);
        if let Some(sandbox) = idle {
            self.busy.insert(sandbox, function.to_owned());
            return Placement::Warm(sandbox);
        }
        self.started += 1;
        let sandbox = SandboxId(self.started);
        self.busy.insert(sandbox, function.to_owned());
        Placement::Cold(sandbox)
    }

    /// Makes a sandbox idle, after its invocation has ended by itself.
    ///
    /// # Panics
    ///
    /// If nothing runs in the sandbox.
    pub fn release(&mut self, sandbox: SandboxId) {
        let function = self.busy.remove(&sandbox);
        let function = function.expect("a sandbox is released only while it runs something");
        self.idle.entry(function).or_default().push(sandbox);
    }

    /// Takes a sandbox down, busy or idle.
    ///
    /// # Panics
    ///
    /// If the sandbox does not exist, or was taken down before.
    pub fn take_down(&mut self, sandbox: SandboxId) {
        if self.busy.remove(&sandbox).is_some() {
            return;
        }
        let mut idle = self.idle.values_mut();
        let was_idle = idle.any(|idle| {
            let place = idle.iter().position(|other| *other == sandbox);
            place.map(|place| idle.remove(place)).is_some()
        });
        assert!(was_idle, "a sandbox is taken down only once");
    }

    /// Returns the idle sandboxes of each function. The last one of a list is used first.
    pub fn idle(&self) -> impl Iterator<Item = (&str, &[SandboxId])> {
        self.idle.iter().map(|(function, idle)| (function.as_str(), idle.as_slice()))
    }
}
