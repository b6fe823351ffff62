//! The canary: an application that must fail on certain seeds.

use stormglass_sim::case::Plan;
use stormglass_spec::history::{Event, EventKind};
use stormglass_spec::ledger::Ledger;
use stormglass_spec::{Monitor, MonitorMaker, Property, PropertyKind, Violation};

/// The client that breaks the promise: the last one in plans with the most clients.
const CLIENT: &str = "hal";

/// The promise that no handlers can keep: a certain client never asks for a connection.
///
/// Only the plan of a run decides that, not its schedule. So an exploration of
/// [`CANARY`](crate::CANARY) must report exactly the seeds whose plans have that client, about one
/// in ten. If it reports other seeds, its silence about an application means nothing.
pub const NO_CLIENT_CALLED_HAL: Property = Property {
    id: "canary",
    kind: PropertyKind::Always,
    promise: "No client called hal asks for a connection.",
    reason: "The plan of a seed alone decides it, so a search must report exactly those seeds.",
    sources: &[],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(HalMonitor { times: 0 })),
};

/// Reports whether the canary fails on a plan.
pub fn fails_on(plan: &Plan) -> bool {
    plan.clients.iter().any(|client| client.name.as_ref() == CLIENT)
}

#[derive(Debug)]
struct HalMonitor {
    times: u64,
}

impl Monitor for HalMonitor {
    fn observe(&mut self, event: &Event, _: &Ledger) -> Result<(), Violation> {
        let (EventKind::HandshakeAsked { connection }
        | EventKind::HandshakeRefused { connection, .. }) = &event.kind
        else {
            return Ok(());
        };
        self.times += 1;
        let digits = |c: char| c.is_ascii_digit();
        if connection.trim_end_matches(digits) != CLIENT {
            return Ok(());
        }
        let because = format!("{connection} asked for a connection in step {}.", event.number);
        Err(Violation::new(because, [connection.clone()]))
    }

    fn times(&self) -> u64 {
        self.times
    }
}
