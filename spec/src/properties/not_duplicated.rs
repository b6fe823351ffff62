//! Promise `not-duplicated`: no connection gets a broadcast twice if that can be avoided.

use std::collections::BTreeMap;

use crate::history::{Event, EventKind, Origin, Request};
use crate::ledger::{Call, Ledger};
use crate::name::{ConnectionName, MessageName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// No connection gets a broadcast twice, unless no handler could know of the first arrival.
pub const NOT_DUPLICATED: Property = Property {
    id: "not-duplicated",
    kind: PropertyKind::Always,
    promise: "No connection gets a broadcast twice, unless an attempt to it was ambiguous or the \
              gateway invoked twice.",
    reason: "A message that counts or pays for something must not do so twice. Where it is not \
             known whether it arrived, twice is better than never.",
    sources: &[
        "FACTS 3.6: the SDK posts again after a 5xx, though the first may have arrived (AWS SDK \
         guide, feature-retry-behavior)",
        "FACTS 4.7: Lambda does not retry what the gateway invokes (Lambda guide, invocation-sync)",
    ],
    needs: &[Need::Broadcasts],
    monitor: MonitorMaker::plain(|| Box::new(NotDuplicated::default())),
};

#[derive(Debug, Default)]
struct NotDuplicated {
    times: u64,
    /// The connections that got a broadcast twice, by broadcast and connection, with the events of
    /// the first and the last arrival. An attempt without an answer may still excuse them.
    suspects: BTreeMap<(MessageName, ConnectionName), (u32, u32)>,
}

impl Monitor for NotDuplicated {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::FrameReceived {
                connection, origin: origin @ Origin::Post { .. }, ..
            } => {
                let Some(broadcast) = ledger.broadcast_behind(origin) else { return Ok(()) };
                self.times += 1;
                match first_arrival(ledger, connection, &broadcast) {
                    Some(first) if first < event.number => {
                        let key = (broadcast, connection.clone());
                        self.suspects.insert(key.clone(), (first, event.number));
                        self.judge(&key, ledger)
                    }
                    _ => Ok(()),
                }
            }
            EventKind::CallAnswered { call, .. } if !self.suspects.is_empty() => {
                let Some(Call { invocation, request, .. }) = ledger.call(call) else {
                    return Ok(());
                };
                let Request::Post { connection, .. } = request else { return Ok(()) };
                self.judge(&(invocation.message(), connection.clone()), ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(self.suspects.keys(), |sketch, (broadcast, connection)| {
            sketch.text(broadcast);
            sketch.text(connection);
        });
        true
    }
}

impl NotDuplicated {
    /// Judges a suspect again with every answer: an attempt without an answer is ambiguous only if
    /// none ever comes, because then its caller gave it up.
    fn judge(
        &mut self,
        key: &(MessageName, ConnectionName),
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        let Some((first, last)) = self.suspects.get(key).copied() else { return Ok(()) };
        let (broadcast, connection) = key;
        let was_invoked_twice = ledger.invocations_for(broadcast).nth(1).is_some();
        let mut attempts = ledger.posts_for(broadcast, connection);
        if was_invoked_twice || attempts.any(Call::is_ambiguous) {
            return Ok(());
        }
        let attempts: Vec<String> =
            ledger.posts_for(broadcast, connection).filter_map(describe).collect();
        let because = format!(
            "{connection} got {broadcast} in step {first} and again in step {last}, but no attempt \
             left that open: {}.",
            attempts.join(", "),
        );
        violated(because, [connection.into(), broadcast.into()])
    }
}

fn first_arrival(
    ledger: &Ledger,
    connection: &ConnectionName,
    broadcast: &MessageName,
) -> Option<u32> {
    let arrivals = &ledger.find_connection(connection)?.arrivals;
    arrivals.iter().find(|(name, _)| name == broadcast).map(|(_, event)| *event)
}

fn describe(attempt: &Call) -> Option<String> {
    let (answered, answer) = attempt.answered.as_ref()?;
    let (sent, answered) = (attempt.sent.event, answered.event);
    Some(format!("that of step {sent} got {answer} in step {answered}"))
}
