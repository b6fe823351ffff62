//! Promise `refused-is-harmless`: a refused request leaves no trace in the table.

use std::collections::BTreeMap;

use crate::history::{Content, Event, EventKind, Outcome};
use crate::ledger::Ledger;
use crate::name::{CallName, InvocationName, RowName};
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// A request that a function refuses leaves no trace in the table.
///
/// A handshake that fails because of the service (5xx) may leave a row: a store whose answer was
/// lost may have worked, and the function cannot know (FACTS 6.13). A handshake that the function
/// refuses because of the client's request must leave none.
pub const REFUSED_IS_HARMLESS: Property = Property {
    id: "refused-is-harmless",
    kind: PropertyKind::Always,
    promise: "No row is changed by a message that is no broadcast, nor by a handshake that its \
              function refuses with a status below 500.",
    reason: "Whoever may not connect, or talks nonsense, must not decide who gets broadcasts: a \
             client can send `{\"action\":\"$disconnect\"}`.",
    sources: &[
        "FACTS 2.1, 2.3: the client's own text selects the route (API Gateway guide, \
         websocket-api-develop-routes)",
        "FACTS 1.2: a handshake that fails makes no connection (API Gateway guide, \
         apigateway-websocket-api-route-keys-connect-disconnect)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(RefusedIsHarmless::default())),
};

/// A row that was stored or removed.
#[derive(Clone, Debug)]
struct Change {
    event: u32,
    row: RowName,
}

#[derive(Debug, Default)]
struct RefusedIsHarmless {
    times: u64,
    /// The call that was applied last, with its event: the changes that follow belong to it.
    applied: Option<(u32, CallName)>,
    /// The first change of each `$connect` invocation that has not ended yet.
    changes: BTreeMap<InvocationName, Change>,
    /// The handshakes that were refused, each with the event and the status.
    refused: BTreeMap<InvocationName, (u32, u16)>,
}

impl Monitor for RefusedIsHarmless {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::CallApplied { call, .. } => {
                self.applied = Some((event.number, call.clone()));
                Ok(())
            }
            EventKind::RowWritten { row, .. } | EventKind::RowRemoved { row, .. } => {
                self.change(event, row, ledger)
            }
            EventKind::InvocationEnded { invocation, outcome } => {
                if message_without_broadcast(ledger, invocation).is_some() {
                    self.times += 1;
                }
                let change = self.changes.remove(invocation);
                match outcome {
                    Outcome::Returned { status, .. }
                        if is_connect(ledger, invocation) && is_refusal(*status) =>
                    {
                        self.times += 1;
                        self.refused.insert(invocation.clone(), (event.number, *status));
                        self.judge_handshake(invocation, change)
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Leaves out the call that was applied last: it has no more changes to come.
    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(&self.changes, |sketch, (invocation, change)| {
            sketch.text(invocation);
            sketch.text(&change.row);
        });
        sketch.list(&self.refused, |sketch, (invocation, (_, status))| {
            sketch.text(invocation);
            sketch.number(u64::from(*status));
        });
        true
    }
}

impl RefusedIsHarmless {
    fn change(&mut self, event: &Event, row: &RowName, ledger: &Ledger) -> Result<(), Violation> {
        let Some((_, call)) = self.applied.as_ref().filter(|(at, _)| event.cause == Some(*at))
        else {
            return Ok(());
        };
        let Some(invocation) = ledger.call(call).map(|call| &call.invocation) else {
            return Ok(());
        };
        if let Some(sent) = message_without_broadcast(ledger, invocation) {
            let because = format!(
                "{}, sent in step {sent}, was no broadcast, but {invocation} changed the row of \
                 {row} in step {}.",
                invocation.message_text(),
                event.number
            );
            return violated(because, [row.into(), invocation.into()]);
        }
        if !is_connect(ledger, invocation) {
            return Ok(());
        }
        let change = Change { event: event.number, row: row.clone() };
        if self.refused.contains_key(invocation) {
            return self.judge_handshake(invocation, Some(change));
        }
        self.changes.entry(invocation.clone()).or_insert(change);
        Ok(())
    }

    fn judge_handshake(
        &self,
        invocation: &InvocationName,
        change: Option<Change>,
    ) -> Result<(), Violation> {
        let refused = self.refused.get(invocation);
        let Some(((refused, status), Change { event, row })) = refused.zip(change) else {
            return Ok(());
        };
        let because = format!(
            "{invocation} refused a handshake with {status} in step {refused}, but changed the \
             row of {row} in step {event}."
        );
        violated(because, [(&row).into(), invocation.into()])
    }
}

/// The event in which the message behind an invocation was sent, if it is no broadcast.
fn message_without_broadcast(ledger: &Ledger, invocation: &str) -> Option<u32> {
    let frame = ledger.frame(invocation)?;
    let is_broadcast = matches!(frame.content, Content::Broadcast { .. });
    (!is_broadcast).then_some(frame.sent.event)
}

fn is_connect(ledger: &Ledger, invocation: &str) -> bool {
    ledger.invocation(invocation).is_some_and(|state| state.route.as_ref() == "$connect")
}

/// True if a status refuses a handshake because of the client's request.
fn is_refusal(status: u16) -> bool {
    (300..500).contains(&status)
}
