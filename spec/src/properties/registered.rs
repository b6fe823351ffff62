//! Promise `registered`: the row of every open connection is in the table.

use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::name::RowName;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated};
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
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(RegisteredMonitor::default())),
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
                let state = ledger.find_connection(connection);
                if state.is_some_and(|state| state.rows > 0) {
                    return Ok(());
                }
                let lost = match state.and_then(|state| state.unnamed) {
                    Some(removal) => format!("step {removal} had removed its row"),
                    None => "it has no row".to_owned(),
                };
                let because = format!(
                    "{connection} opened in step {}, but {lost}, and nothing writes it again: \
                     every broadcast from now on misses it.",
                    event.number
                );
                rows_violated(because, [connection.into()])
            }
            EventKind::RowWritten { row, .. } | EventKind::RowRemoved { row, .. } => {
                self.lose(event.number, row, ledger)
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

impl RegisteredMonitor {
    /// Judges the connections that a change of a row left without this registration.
    fn lose(&mut self, event: u32, row: &RowName, ledger: &Ledger) -> Result<(), Violation> {
        for name in ledger.unregistered() {
            self.times += 1;
            let Some(connection) = ledger.find_connection(name) else { continue };
            let Some(opened) = connection.opened.filter(|_| connection.is_open()) else { continue };
            if connection.registrations > 0 {
                continue;
            }
            let its_row = if **row == **name { String::new() } else { format!(" {row}") };
            let because = format!(
                "{name} has been open since step {}, but step {event} removed its row{its_row}: \
                 every broadcast from now on misses it.",
                opened.event
            );
            return rows_violated(because, [name.into()]);
        }
        Ok(())
    }
}
