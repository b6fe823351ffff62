//! Ids that no two connections or requests share.

use std::sync::atomic::{AtomicU64, Ordering};

use stormglass_aws::gateway::{ConnectionId, RequestId, connection_id, request_id};

/// An odd number, so that no two numbers of 40 bits become the same when they are multiplied by it.
const SCRAMBLE: u64 = 0x9e_3779_b97f;

/// The source of ids: a counter that starts at a random number, so that ids of an earlier server do
/// not come again.
#[derive(Debug)]
pub(super) struct IdSource {
    next: AtomicU64,
}

impl IdSource {
    pub(super) fn new() -> IdSource {
        IdSource { next: AtomicU64::new(fastrand::u64(..)) }
    }

    pub(super) fn connection(&self) -> ConnectionId {
        connection_id(self.own())
    }

    pub(super) fn request(&self) -> RequestId {
        request_id(self.own())
    }

    fn own(&self) -> [u8; 5] {
        let number = self.next.fetch_add(1, Ordering::Relaxed).wrapping_mul(SCRAMBLE);
        let [a, b, c, d, e, ..] = number.to_le_bytes();
        [a, b, c, d, e]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let ids = IdSource { next: AtomicU64::new(u64::MAX - 5_000) };
        let made: BTreeSet<_> = (0..10_000).map(|_| ids.connection()).collect();
        assert_eq!(made.len(), 10_000);
    }
}
