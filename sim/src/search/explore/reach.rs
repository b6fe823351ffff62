//! The parts of an application that a search has reached.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::History;
use stormglass_spec::history::EventKind;

/// The parts of an application that some runs have reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The number of handshakes that opened a connection.
    pub opened: u64,
    /// The number of invocations for each route, by its key.
    pub routes: BTreeMap<Arc<str>, u64>,
}

impl Reach {
    pub(super) fn of(history: &History) -> Reach {
        let mut reach = Reach::default();
        for event in &history.events {
            match &event.kind {
                EventKind::HandshakeOpened { .. } => reach.opened += 1,
                EventKind::InvocationStarted { route, .. } => {
                    *reach.routes.entry(Arc::clone(route)).or_default() += 1;
                }
                _ => {}
            }
        }
        reach
    }

    pub(super) fn add(&mut self, other: Reach) {
        self.opened += other.opened;
        for (route, times) in other.routes {
            *self.routes.entry(route).or_default() += times;
        }
    }
}
