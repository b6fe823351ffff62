//! Promise `row-before-open`: a handshake that succeeded had stored its row.

use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated};
use crate::sketch::Sketch;

/// A handshake succeeds only after its row was stored; a failed store refuses the handshake.
pub const ROW_BEFORE_OPEN: Property = Property {
    id: "row-before-open",
    kind: PropertyKind::Always,
    promise: "A handshake that succeeded had stored its row; a failed store refuses the handshake.",
    reason: "A client that was let in believes that it is subscribed. It can retry a refused \
             handshake, but it cannot see that its row was never stored.",
    sources: &[
        "FACTS 1.1: the handshake waits for the function of `$connect` (API Gateway guide, \
         apigateway-websocket-api-route-keys-connect-disconnect)",
        "FACTS 1.4: the function's status decides \
         (github.com/dherault/serverless-offline/issues/1301)",
        "FACTS 6.13: a write answered with a 500 may have been done (DynamoDB guide, \
         Programming.Errors)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(RowBeforeOpen::default())),
};

#[derive(Debug, Default)]
struct RowBeforeOpen {
    times: u64,
}

impl Monitor for RowBeforeOpen {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::HandshakeOpened { connection } = &event.kind else { return Ok(()) };
        self.times += 1;
        if ledger.find_connection(connection).is_some_and(|state| state.stored) {
            return Ok(());
        }
        let because = format!(
            "{connection} opened in step {}, but its row had never been stored: no broadcast can \
             find it.",
            event.number
        );
        rows_violated(because, [connection.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}
