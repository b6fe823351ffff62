//! Promise `no-ghosts`: in the end the table names exactly the open connections.

use std::collections::BTreeSet;

use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::name::{ConnectionName, MessageName, Name};
use crate::need::Need;
use crate::property::{
    Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated, violated,
};
use crate::quotas::HANDSHAKE_WINDOW;
use crate::sketch::Sketch;

/// One complete broadcast leaves rows = open connections, once nothing is in flight.
///
/// A connection can close while that broadcast runs, after the gateway has accepted the post to it,
/// and the event of its close can be lost for lack of concurrency (FACTS 4.9). No handler can know
/// of such a row before the next broadcast.
pub const NO_GHOSTS: Property = Property {
    id: "no-ghosts",
    kind: PropertyKind::Eventually,
    promise: "Once nothing is in flight, one broadcast acknowledged complete, sent when every row \
              is older than the handshake window, leaves rows = open connections, but for those \
              that closed since it was sent.",
    reason: "`$disconnect` is best effort (FACTS 1.11). Rows that nobody removes make every \
             broadcast slower and dearer, for ever.",
    sources: &[
        "FACTS 1.11: `$disconnect` may never be delivered (API Gateway guide, \
         apigateway-websocket-api-route-keys-connect-disconnect)",
        "FACTS 7.2: rows of the dead pile up in production \
         (github.com/aws-samples/simple-websockets-chat-app, issues 27, 44)",
    ],
    needs: &[Need::Broadcasts],
    monitor: MonitorMaker::plain(|| Box::new(NoGhosts::default())),
};

#[derive(Debug, Default)]
struct NoGhosts {
    faults_stopped: bool,
    /// The last broadcast sent after faults stopped, with every row older than the window.
    closing: Option<MessageName>,
    /// The connections that have closed since the client sent the closing broadcast.
    closed_since: BTreeSet<ConnectionName>,
    times: u64,
}

impl Monitor for NoGhosts {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::FaultsStopped => self.faults_stopped = true,
            EventKind::FrameSent { frame, .. } if self.faults_stopped => {
                let all_old = ledger
                    .rows()
                    .values()
                    .all(|row| event.at.since(row.stored.at) >= HANDSHAKE_WINDOW);
                if all_old && ledger.broadcast_data(frame).is_some() {
                    self.closing = Some(frame.clone());
                    self.closed_since.clear();
                }
            }
            EventKind::Closed { connection, .. } if self.closing.is_some() => {
                self.closed_since.insert(connection.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, ledger: &Ledger) -> Result<(), Violation> {
        let closing = self.closing.as_ref().filter(|closing| !was_lost(ledger, closing));
        let Some(closing) = closing else { return Ok(()) };
        self.times += 1;
        let open = ledger.open();
        let is_ghost =
            |name: &&ConnectionName| !open.contains(*name) && !self.closed_since.contains(*name);
        let mut ghosts = ledger.rows().iter().filter_map(|(name, row)| {
            let ghost = row.connections.iter().find(is_ghost)?;
            Some((name, row, ghost))
        });
        if let Some((name, row, ghost)) = ghosts.next() {
            let of_ghost = if **name == **ghost { String::new() } else { format!(" {name}") };
            let because = format!(
                "the row{of_ghost} of {ghost}, stored in step {}, is still there, but {}; {}.",
                row.stored.event,
                absence(ledger, ghost),
                fate(ledger, closing)
            );
            return rows_violated(because, [Name::from(ghost), name.into(), closing.into()]);
        }
        let has_row = |name: &ConnectionName| {
            ledger.find_connection(name).is_some_and(|state| state.rows > 0)
        };
        if let Some(missing) = open.iter().find(|name| !has_row(name)) {
            let because = format!("{missing} is open, but has no row; {}.", fate(ledger, closing));
            return rows_violated(because, [(*missing).into(), closing.into()]);
        }
        if acknowledged_complete(ledger, closing).is_none() {
            return violated(format!("{}.", fate(ledger, closing)), [closing.into()]);
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.flag(self.faults_stopped);
        sketch.option(self.closing.as_deref(), Sketch::text);
        sketch.list(&self.closed_since, |sketch, connection| sketch.text(connection));
        true
    }
}

/// True if the sender's connection closed while the broadcast was on its way, so that no invocation
/// started.
fn was_lost(ledger: &Ledger, broadcast: &MessageName) -> bool {
    let sender = ledger.frame(broadcast).map(|frame| &frame.connection);
    let is_closed = sender
        .and_then(|sender| ledger.find_connection(sender))
        .is_some_and(|connection| connection.closed.is_some());
    is_closed && ledger.invocations_for(broadcast).next().is_none()
}

fn acknowledged_complete(ledger: &Ledger, broadcast: &MessageName) -> Option<u32> {
    ledger.invocations_for(broadcast).find_map(|(_, invocation)| {
        let (mark, said) = invocation.acknowledged.as_ref()?;
        said.is_complete().then_some(mark.event)
    })
}

/// The reason why a row's connection is not open.
fn absence(ledger: &Ledger, ghost: &ConnectionName) -> String {
    let Some(connection) = ledger.find_connection(ghost).filter(|state| state.asked.is_some())
    else {
        return "no connection of that name was ever asked for".to_owned();
    };
    match (connection.opened, connection.closed) {
        (Some(_), Some(closed)) => format!("{ghost} was closed in step {}", closed.event),
        (None, Some(refused)) => format!("{ghost} was refused in step {}", refused.event),
        (_, None) => format!("{ghost} never opened"),
    }
}

/// The outcome of the broadcast that should have cleaned up.
fn fate(ledger: &Ledger, broadcast: &MessageName) -> String {
    let sent = ledger.frame(broadcast).map_or(0, |frame| frame.sent.event);
    if let Some(acknowledged) = acknowledged_complete(ledger, broadcast) {
        return format!(
            "{broadcast}, sent in step {sent} when every row was older than the handshake \
             window, was acknowledged complete in step {acknowledged} and left it so"
        );
    }
    let end = match ledger.invocations_for(broadcast).last() {
        Some((_, invocation)) => match (&invocation.acknowledged, invocation.ended) {
            (Some((mark, _)), _) => format!("was acknowledged incomplete in step {}", mark.event),
            (None, Some(mark)) => format!("failed in step {}", mark.event),
            (None, None) => "never came to an end".to_owned(),
        },
        None => "was never accepted".to_owned(),
    };
    format!("with no faults any more, {broadcast}, sent in step {sent}, {end}")
}
