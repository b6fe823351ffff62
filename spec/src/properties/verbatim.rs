//! Promise `verbatim`: clients get the data of a broadcast unchanged.

use crate::history::{Event, EventKind, Origin};
use crate::ledger::Ledger;
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// Clients get the `data` of a broadcast byte for byte.
pub const VERBATIM: Property = Property {
    id: "verbatim",
    kind: PropertyKind::Always,
    promise: "What arrives is byte for byte the `data` that was sent.",
    reason: "A service that re-encodes its payloads changes numbers, key order and escapes, and \
             breaks signatures.",
    sources: &[
        "RFC 8259, sections 4 and 6: software that reads JSON may lose the order of members and \
         digits of numbers",
        "FACTS 2.9, 2.13: what a function gives the gateway goes out as text (API Gateway guide, \
         apigateway-websocket-api-route-response)",
    ],
    needs: &[Need::Broadcasts],
    monitor: MonitorMaker::plain(|| Box::new(Verbatim::default())),
};

#[derive(Debug, Default)]
struct Verbatim {
    times: u64,
}

impl Monitor for Verbatim {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, body, origin: origin @ Origin::Post { .. } } =
            &event.kind
        else {
            return Ok(());
        };
        let Some(broadcast) = ledger.broadcast_behind(origin) else { return Ok(()) };
        let Some(data) = ledger.broadcast_data(&broadcast) else { return Ok(()) };
        self.times += 1;
        if data == body.as_ref() {
            return Ok(());
        }
        let sent = ledger.frame(&broadcast).map_or(0, |frame| frame.sent.event);
        let because = format!(
            "{broadcast} asked in step {sent} for {data:?} to be sent, but {connection} got \
             {body:?} in step {}.",
            event.number
        );
        violated(because, [connection.into(), (&broadcast).into()])
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}
