//! Promise `delivered`: an acknowledged broadcast reached every connection that was open
//! throughout.

use std::collections::BTreeMap;

use crate::history::{Acknowledgement, Effect, Event, EventKind, Origin, Outcome, Request};
use crate::ledger::{Connection, Ledger};
use crate::name::{CallName, ConnectionName, InvocationName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// An acknowledged broadcast reached every connection open throughout, except those that it counts
/// as failed. Every post that the gateway accepted arrives if the client stays attached.
pub const DELIVERED: Property = Property {
    id: "delivered",
    kind: PropertyKind::Always,
    promise: "When a broadcast is acknowledged, the gateway had accepted a post to every \
              connection open from its acceptance to that acknowledgement, save those it counts \
              as failed and acknowledgements that say incomplete; and what the gateway accepted \
              arrives at every client that stays attached.",
    reason: "The sender was told that everybody has the message and will not send it again.",
    sources: &[
        "FACTS 6.1: a scan gives 1 MB at a time, and only a missing LastEvaluatedKey ends it \
         (DynamoDB guide, Scan)",
        "FACTS 6.4: reads may be stale unless told not to be (DynamoDB guide, \
         HowItWorks.ReadConsistency)",
        "FACTS 7.1: AWS's own sample reads one page and ends at the first 410 \
         (github.com/aws-samples/simple-websockets-chat-app, fb1f0d6)",
    ],
    needs: &[Need::Broadcasts],
    monitor: MonitorMaker::plain(|| Box::new(DeliveredMonitor::default())),
};

#[derive(Debug, Default)]
struct DeliveredMonitor {
    times: u64,
    /// The posts that the gateway accepted and that have not arrived, each with its recipient and
    /// the event of the acceptance.
    underway: BTreeMap<CallName, (ConnectionName, u32)>,
}

impl Monitor for DeliveredMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::CallApplied { call, effect: Effect::Accepted } => {
                if let Some(recipient) = recipient(ledger, call) {
                    self.underway.insert(call.clone(), (recipient, event.number));
                }
                Ok(())
            }
            EventKind::FrameReceived { origin: Origin::Post { call }, .. } => {
                self.underway.remove(call);
                Ok(())
            }
            EventKind::InvocationEnded {
                invocation,
                outcome: Outcome::Returned { acknowledgement: Some(said), .. },
            } => self.check(event.number, invocation, said, ledger),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, ledger: &Ledger) -> Result<(), Violation> {
        for (call, (recipient, accepted)) in &self.underway {
            if ledger.find_connection(recipient).is_some_and(Connection::is_attached) {
                let because = format!(
                    "the gateway accepted a post to {recipient} in step {accepted}, and its \
                     client has been reading ever since, but it never arrived."
                );
                return violated(because, [recipient.into(), call.into()]);
            }
            self.times += 1;
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(self.underway.keys(), |sketch, call| sketch.text(call));
        true
    }
}

impl DeliveredMonitor {
    fn check(
        &mut self,
        acknowledged: u32,
        broadcast: &InvocationName,
        said: &Acknowledgement,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        if ledger.broadcast_data(broadcast).is_none() || !said.is_complete() {
            return Ok(());
        }
        // If the gateway invoked twice, the broadcast was accepted when the first invocation
        // started.
        let Some((_, first)) = ledger.invocations_for(broadcast).next() else { return Ok(()) };
        let accepted = first.started.event;
        let mut missed = Vec::new();
        for (name, connection) in ledger.connections().filter(|(_, state)| state.is_open()) {
            if connection.opened.is_none_or(|opened| opened.event > accepted) {
                continue;
            }
            self.times += 1;
            let reached = ledger
                .posts_for(broadcast, name)
                .any(|post| matches!(post.applied, Some((_, Effect::Accepted))));
            if !reached {
                missed.push((name, connection));
            }
        }
        if u64::try_from(missed.len()).unwrap_or(u64::MAX) <= said.failed() {
            return Ok(());
        }
        let Some((name, connection)) = missed.first() else { return Ok(()) };
        let opened = connection.opened.map_or(0, |mark| mark.event);
        let tried = match ledger.posts_for(broadcast, name).count() {
            0 => "no post to it was ever sent",
            _ => "the gateway accepted no post to it",
        };
        let because = format!(
            "{name} was open from step {opened} on, before {broadcast} was accepted in step \
             {accepted}; {broadcast} was acknowledged in step {acknowledged}, but {tried}."
        );
        violated(because, [(*name).into(), broadcast.into()])
    }
}

fn recipient(ledger: &Ledger, call: &str) -> Option<ConnectionName> {
    match &ledger.call(call)?.request {
        Request::Post { connection, .. } => Some(connection.clone()),
        _ => None,
    }
}
