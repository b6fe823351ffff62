//! Promise `registered`: the row of every open connection is in the table.

use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::property::{Monitor, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// The row of a connection is in the table while the connection is open.
pub const REGISTERED: Property = Property {
    id: "registered",
    kind: PropertyKind::Always,
    promise: "While a connection is open, its row is in the table.",
    reason: "A broadcast reaches those that the table names. A live client without a row misses \
             every broadcast until it reconnects, up to two hours later (FACTS 1.10).",
    sources: &[
        "FACTS 1.7: a post to a handshake that is still running gets 410 \
         (repost.aws/knowledge-center/410-gone-api-gateway)",
        "FACTS 1.10: AWS's own sample means to delete rows on a 410 \
         (github.com/aws-samples/simple-websockets-chat-app)",
    ],
    monitor: || Box::new(RegisteredMonitor::default()),
};

#[derive(Debug, Default)]
struct RegisteredMonitor {
    times: u64,
}

impl Monitor for RegisteredMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::HandshakeOpened { connection } => {
                self.times += 1;
                if ledger.rows().contains_key(connection.as_str()) {
                    return Ok(());
                }
                let lost = match ledger.removal(connection) {
                    Some(removal) => format!("step {removal} had removed its row"),
                    None => "it has no row".to_owned(),
                };
                let because = format!(
                    "{connection} opened in step {}, but {lost}, and nothing writes it again: \
                     every broadcast from now on misses it.",
                    event.number
                );
                violated(because, [connection.into()])
            }
            EventKind::RowRemoved { row } => {
                let Some(connection) = ledger.find_connection(row) else { return Ok(()) };
                self.times += 1;
                let Some(opened) = connection.opened.filter(|_| connection.is_open()) else {
                    return Ok(());
                };
                let because = format!(
                    "{row} has been open since step {}, but step {} removed its row: every \
                     broadcast from now on misses it.",
                    opened.event, event.number
                );
                violated(because, [row.into()])
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}
