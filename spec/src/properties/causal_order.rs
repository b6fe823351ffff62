//! A broadcast that was sent after another was acknowledged arrives after it.

use crate::history::{Event, Name, Origin, What};
use crate::ledger::{Call, Ledger};
use crate::property::{Kind, Monitor, Property, Violation, violated};

/// If A was acknowledged before B was sent, no connection gets B before A.
pub const CAUSAL_ORDER: Property = Property {
    id: "causal-order",
    kind: Kind::Always,
    promise: "If A was acknowledged before B was sent, no connection gets B before A, save where \
              an attempt of A was ambiguous.",
    reason: "A sender that waits for the acknowledgement does so to be sure of the order.",
    monitor: || Box::new(CausalOrder::default()),
};

#[derive(Debug, Default)]
struct CausalOrder {
    times: u64,
}

impl Monitor for CausalOrder {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let What::FrameReceived { connection, origin: origin @ Origin::Post { .. }, .. } =
            &event.what
        else {
            return Ok(());
        };
        let Some(late) = ledger.broadcast_behind(origin) else { return Ok(()) };
        let Some(state) = ledger.find_connection(connection) else { return Ok(()) };
        let is_first_arrival =
            state.arrivals.last().is_some_and(|(name, at)| *name == late && *at == event.number);
        if !is_first_arrival {
            return Ok(());
        }
        for (early, arrived) in &state.arrivals {
            if precedes(ledger, early, &late) {
                self.times += 1;
            }
            if precedes(ledger, &late, early) && !is_ambiguous(ledger, &late, connection) {
                let because = explain(ledger, &late, early, connection, *arrived, event.number);
                return violated(because, [connection, &late, early]);
            }
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }
}

/// Whether `first` was acknowledged before `second` was sent.
fn precedes(ledger: &Ledger, first: &Name, second: &Name) -> bool {
    acknowledged(ledger, first)
        .zip(sent(ledger, second))
        .is_some_and(|(acknowledged, sent)| acknowledged < sent)
}

fn acknowledged(ledger: &Ledger, broadcast: &Name) -> Option<u32> {
    let (mark, _) = ledger.invocation(broadcast)?.acknowledged.as_ref()?;
    Some(mark.event)
}

fn sent(ledger: &Ledger, broadcast: &Name) -> Option<u32> {
    ledger.frame(broadcast).map(|frame| frame.sent.event)
}

fn is_ambiguous(ledger: &Ledger, broadcast: &Name, connection: &Name) -> bool {
    ledger.posts(broadcast, connection).any(Call::is_ambiguous)
}

fn explain(
    ledger: &Ledger,
    first: &Name,
    second: &Name,
    connection: &Name,
    second_arrived: u32,
    first_arrived: u32,
) -> String {
    format!(
        "{first} was acknowledged in step {}, before {second} was sent in step {}; but \
         {connection} got {second} in step {second_arrived} and {first} only in step \
         {first_arrived}.",
        acknowledged(ledger, first).unwrap_or_default(),
        sent(ledger, second).unwrap_or_default(),
    )
}
