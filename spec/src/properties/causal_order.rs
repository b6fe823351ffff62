//! Promise `causal-order`: a broadcast sent after another was acknowledged arrives after it.

use crate::history::{Event, EventKind, Origin};
use crate::ledger::{Call, Ledger};
use crate::name::{ConnectionName, InvocationName, MessageName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// A broadcast B that was sent after A was acknowledged never arrives before A.
///
/// If the gateway invoked twice for A, only the invocation that posted A counts: the other one may
/// still be on its way, and no handler can know of it.
pub const CAUSAL_ORDER: Property = Property {
    id: "causal-order",
    kind: PropertyKind::Always,
    promise: "If A was acknowledged before B was sent, no connection gets B before A, save where \
              an attempt of A was ambiguous.",
    reason: "A sender that waits for the acknowledgement does so to be sure of the order.",
    sources: &[
        "FACTS 4.1: nothing is said of the order in which messages are processed \
         (repost.aws/questions/QUa2N5ZwL4QjSFuJkuI4nGcg)",
        "FACTS 4.3: nor of that of posts to one connection \
         (repost.aws/questions/QUo2AXrcKYT0arTRwBNjzMdA)",
    ],
    needs: &[Need::Broadcasts, Need::Acknowledgements],
    monitor: MonitorMaker::plain(|| Box::new(CausalOrder::default())),
};

#[derive(Debug, Default)]
struct CausalOrder {
    times: u64,
}

impl Monitor for CausalOrder {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, origin: origin @ Origin::Post { call }, .. } =
            &event.kind
        else {
            return Ok(());
        };
        let Some(late) = ledger.broadcast_behind(origin) else { return Ok(()) };
        let Some(posted_by) = ledger.call(call).map(|call| &call.invocation) else {
            return Ok(());
        };
        let Some(state) = ledger.find_connection(connection) else { return Ok(()) };
        let is_first_arrival =
            state.arrivals.last().is_some_and(|(name, at)| *name == late && *at == event.number);
        if !is_first_arrival {
            return Ok(());
        }
        for (early, arrived) in &state.arrivals {
            let mut invocations = ledger.invocations_for(early);
            if invocations.any(|(invocation, _)| precedes(ledger, invocation, &late)) {
                self.times += 1;
            }
            if precedes(ledger, posted_by, early) && !is_ambiguous(ledger, &late, connection) {
                let because = explain(ledger, posted_by, early, connection, *arrived, event.number);
                return violated(because, [connection.into(), posted_by.into(), early.into()]);
            }
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}

/// True if `invocation` acknowledged its broadcast before `other` was sent.
fn precedes(ledger: &Ledger, invocation: &InvocationName, other: &MessageName) -> bool {
    acknowledged(ledger, invocation)
        .zip(sent(ledger, other))
        .is_some_and(|(acknowledged, sent)| acknowledged < sent)
}

fn acknowledged(ledger: &Ledger, invocation: &InvocationName) -> Option<u32> {
    let (mark, _) = ledger.invocation(invocation)?.acknowledged.as_ref()?;
    Some(mark.event)
}

fn sent(ledger: &Ledger, broadcast: &MessageName) -> Option<u32> {
    ledger.frame(broadcast).map(|frame| frame.sent.event)
}

fn is_ambiguous(ledger: &Ledger, broadcast: &MessageName, connection: &ConnectionName) -> bool {
    ledger.posts_for(broadcast, connection).any(Call::is_ambiguous)
}

fn explain(
    ledger: &Ledger,
    first: &InvocationName,
    second: &MessageName,
    connection: &ConnectionName,
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
