//! The Lambda platform: sandboxes that come, are used again, and are taken down.
//!
//! Plain data: the driver starts and polls the handlers.

use std::collections::BTreeMap;

use crate::seam::SandboxId;

/// Where an invocation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// In a sandbox that is there already.
    Warm(SandboxId),
    /// In a new sandbox, which must be started first.
    Cold(SandboxId),
    /// Nowhere: as many invocations as are allowed are running (FACTS 4.9).
    Throttled,
}

/// The Lambda platform of one account and region.
#[derive(Debug, Default)]
pub(crate) struct Lambda {
    concurrency_max: Option<u32>,
    /// The idle sandboxes of each function, the one used last at the end.
    idle: BTreeMap<String, Vec<SandboxId>>,
    busy: BTreeMap<SandboxId, String>,
    started: u32,
}

impl Lambda {
    pub(crate) fn new(concurrency_max: Option<u32>) -> Lambda {
        Lambda { concurrency_max, ..Lambda::default() }
    }

    /// Finds a place for an invocation. One sandbox runs one invocation at a time.
    pub(crate) fn place(&mut self, function: &str) -> Placement {
        let busy = u32::try_from(self.busy.len()).unwrap_or(u32::MAX);
        if self.concurrency_max.is_some_and(|max| busy >= max) {
            return Placement::Throttled;
        }
        if let Some(sandbox) = self.idle.get_mut(function).and_then(Vec::pop) {
            self.busy.insert(sandbox, function.to_owned());
            return Placement::Warm(sandbox);
        }
        self.started += 1;
        let sandbox = SandboxId(self.started);
        self.busy.insert(sandbox, function.to_owned());
        Placement::Cold(sandbox)
    }

    /// The invocation in a sandbox came to an end by itself: the sandbox waits for the next.
    pub(crate) fn release(&mut self, sandbox: SandboxId) {
        let function = self.busy.remove(&sandbox);
        assert!(function.is_some(), "a sandbox was released that ran nothing");
        if let Some(function) = function {
            self.idle.entry(function).or_default().push(sandbox);
        }
    }

    /// The platform takes a sandbox down.
    pub(crate) fn take_down(&mut self, sandbox: SandboxId) {
        let function = self.busy.remove(&sandbox);
        assert!(function.is_some(), "a sandbox was taken down that ran nothing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_is_used_again_once_it_is_free() {
        let mut lambda = Lambda::new(None);
        assert_eq!(lambda.place("f"), Placement::Cold(SandboxId(1)));
        assert_eq!(lambda.place("f"), Placement::Cold(SandboxId(2)));
        lambda.release(SandboxId(1));
        assert_eq!(lambda.place("g"), Placement::Cold(SandboxId(3)));
        assert_eq!(lambda.place("f"), Placement::Warm(SandboxId(1)));
    }

    #[test]
    fn a_sandbox_that_was_taken_down_does_not_come_back() {
        let mut lambda = Lambda::new(None);
        lambda.place("f");
        lambda.take_down(SandboxId(1));
        assert_eq!(lambda.place("f"), Placement::Cold(SandboxId(2)));
    }

    #[test]
    fn invocations_over_the_limit_are_throttled() {
        let mut lambda = Lambda::new(Some(1));
        lambda.place("f");
        assert_eq!(lambda.place("g"), Placement::Throttled);
        lambda.release(SandboxId(1));
        assert_eq!(lambda.place("g"), Placement::Cold(SandboxId(2)));
    }
}
