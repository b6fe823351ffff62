//! Duplicates in a FIFO queue (FACTS 12.14).

use std::collections::{BTreeMap, VecDeque};

use stormglass_spec::Time;

use super::id::MessageId;
use super::settings::DEDUPLICATION_WINDOW;

/// The messages that a FIFO queue accepted of late. It compares new ones with them, even if they
/// are deleted by then.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Deduplication {
    accepted: BTreeMap<DeduplicationKey, Acceptance>,
    /// The keys in the order in which they were accepted.
    order: VecDeque<(Time, DeduplicationKey)>,
}

/// The id that two duplicates share, and their group if the queue compares in groups only.
pub(super) type DeduplicationKey = (Option<String>, String);

/// The acceptance of a message. The answer to a duplicate repeats it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Acceptance {
    pub(super) message: MessageId,
    pub(super) sequence: String,
}

impl Deduplication {
    /// Finds the message that a new one duplicates.
    pub(super) fn find(&mut self, now: Time, key: &DeduplicationKey) -> Option<&Acceptance> {
        self.forget(now);
        self.accepted.get(key)
    }

    pub(super) fn accept(&mut self, now: Time, key: DeduplicationKey, acceptance: Acceptance) {
        self.order.push_back((now, key.clone()));
        self.accepted.insert(key, acceptance);
    }

    fn forget(&mut self, now: Time) {
        while let Some((at, _)) = self.order.front()
            && *at + DEDUPLICATION_WINDOW <= now
        {
            if let Some((_, key)) = self.order.pop_front() {
                self.accepted.remove(&key);
            }
        }
    }
}
