//! The Lambda platform: sandboxes that come, are used again, and are taken down.
//!
//! Plain data: the driver starts and polls the handlers.

use std::collections::BTreeMap;

/// A sandbox: one process of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SandboxId(pub(crate) u32);

/// Where an invocation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In a sandbox that is there already.
    Warm(SandboxId),
    /// In a new sandbox, which must be started first.
    Cold(SandboxId),
    /// Nowhere: as many invocations as are allowed are running (FACTS 4.9).
    Throttled,
}

/// The Lambda platform of one account and region.
#[derive(Debug)]
pub struct Lambda {
    concurrency_max: u32,
    /// The idle sandboxes of each function, the one used last at the end.
    idle: BTreeMap<String, Vec<SandboxId>>,
    busy: BTreeMap<SandboxId, String>,
    started: u32,
}

impl Lambda {
    /// A platform without any sandbox, on which so many invocations may run at one time.
    pub fn new(concurrency_max: u32) -> Lambda {
        Lambda { concurrency_max, idle: BTreeMap::new(), busy: BTreeMap::new(), started: 0 }
    }

    /// Finds a place for an invocation, in a new sandbox if it `must_be_new`. One sandbox runs one
    /// invocation at a time.
    pub fn place(&mut self, function: &str, must_be_new: bool) -> Placement {
        let busy = u32::try_from(self.busy.len()).unwrap_or(u32::MAX);
        if busy >= self.concurrency_max {
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

    /// The invocation in a sandbox came to an end by itself: the sandbox waits for the next.
    pub fn release(&mut self, sandbox: SandboxId) {
        let function = self.busy.remove(&sandbox);
        assert!(function.is_some(), "a sandbox was released that ran nothing");
        if let Some(function) = function {
            self.idle.entry(function).or_default().push(sandbox);
        }
    }

    /// The idle sandboxes of each function, in the order in which they would be used last.
    pub fn idle(&self) -> impl Iterator<Item = (&str, &[SandboxId])> {
        self.idle.iter().map(|(function, idle)| (function.as_str(), idle.as_slice()))
    }

    /// The platform takes a sandbox down, whether something runs in it or it is frozen.
    pub fn take_down(&mut self, sandbox: SandboxId) {
        if self.busy.remove(&sandbox).is_some() {
            return;
        }
        for idle in self.idle.values_mut() {
            idle.retain(|known| *known != sandbox);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_is_used_again_once_it_is_free() {
        let mut lambda = Lambda::new(1_000);
        assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(1)));
        assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
        lambda.release(SandboxId(1));
        assert_eq!(lambda.place("g", false), Placement::Cold(SandboxId(3)));
        assert_eq!(lambda.place("f", false), Placement::Warm(SandboxId(1)));
    }

    #[test]
    fn a_sandbox_that_was_taken_down_does_not_come_back() {
        let mut lambda = Lambda::new(1_000);
        lambda.place("f", false);
        lambda.take_down(SandboxId(1));
        assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
    }

    #[test]
    fn an_idle_sandbox_can_be_taken_down() {
        let mut lambda = Lambda::new(1_000);
        lambda.place("f", false);
        lambda.release(SandboxId(1));
        lambda.take_down(SandboxId(1));
        assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
    }

    #[test]
    fn a_new_sandbox_can_be_asked_for_though_another_is_idle() {
        let mut lambda = Lambda::new(1_000);
        lambda.place("f", false);
        lambda.release(SandboxId(1));
        assert_eq!(lambda.place("f", true), Placement::Cold(SandboxId(2)));
    }

    #[test]
    fn invocations_over_the_limit_are_throttled() {
        let mut lambda = Lambda::new(1);
        lambda.place("f", false);
        assert_eq!(lambda.place("g", false), Placement::Throttled);
        lambda.release(SandboxId(1));
        assert_eq!(lambda.place("g", false), Placement::Cold(SandboxId(2)));
    }
}
