//! Promise `answered`: a message to a two-way route gets one answer.

use std::collections::BTreeMap;

use crate::history::{Event, EventKind, Origin};
use crate::ledger::{Connection, Ledger};
use crate::name::{ConnectionName, InvocationName, MessageName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// A client that asks something of a two-way route gets one answer.
///
/// If a function returns no body, the gateway sends an empty message (FACTS 2.9), which answers
/// nothing. A client that leaves, or whose connection is closed, may miss its answer. So may a
/// client that does not read and has a full buffer (FACTS 3.5).
pub const ANSWERED: Property = Property {
    id: "answered",
    kind: PropertyKind::Eventually,
    promise: "Every message that reaches a two-way route gets exactly one reply, and not an empty \
              one, if its client stays attached and reads; the gateway's error messages count.",
    reason: "A client that never hears what became of its message waits for ever, or sends it \
             again and has it twice.",
    sources: &[
        "FACTS 2.9: a two-way route sends what its function returns (API Gateway guide, \
         apigateway-websocket-api-route-response)",
        "FACTS 2.9: without a body it sends an empty message \
         (github.com/serverless/serverless/issues/6816)",
        "FACTS 2.5: where the function fails, the gateway answers \
         (github.com/aws-samples/simple-websockets-chat-app/issues/42)",
    ],
    needs: &[Need::TwoWayRoutes],
    monitor: MonitorMaker::plain(|| Box::new(AnsweredMonitor::default())),
};

#[derive(Debug, Default)]
struct AnsweredMonitor {
    times: u64,
    /// The messages that started an invocation of a two-way route, each with its sender's
    /// connection and the event in which the first invocation started.
    asked: BTreeMap<MessageName, (ConnectionName, u32)>,
    /// The messages that got a reply, each with the event of the first reply.
    replied: BTreeMap<MessageName, u32>,
}

impl Monitor for AnsweredMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::InvocationStarted {
                invocation,
                connection: Some(connection),
                two_way: true,
                ..
            } => {
                if ledger.frame(invocation).is_some() {
                    let asked = (connection.clone(), event.number);
                    self.asked.entry(invocation.message()).or_insert(asked);
                }
                Ok(())
            }
            EventKind::FrameReceived { connection, body, origin } => match origin {
                Origin::Reply { invocation } if body.is_empty() => {
                    empty(event.number, connection, invocation, ledger)
                }
                Origin::Reply { invocation } => {
                    self.reply(event.number, connection, invocation.message())
                }
                Origin::GatewayError { frame } => {
                    self.reply(event.number, connection, frame.clone())
                }
                Origin::Post { .. } => Ok(()),
            },
            EventKind::AnswerDropped { connection, frame } => {
                self.reply(event.number, connection, frame.clone())
            }
            _ => Ok(()),
        }
    }

    fn finish(&mut self, ledger: &Ledger) -> Result<(), Violation> {
        for (message, (connection, started)) in &self.asked {
            let is_attached =
                ledger.find_connection(connection).is_some_and(Connection::is_attached);
            if !is_attached || self.replied.contains_key(message) {
                continue;
            }
            let because = format!(
                "{message} was sent in step {} and reached a two-way route in step {started}, and \
                 {connection} has been reading ever since, but no reply to it ever came.",
                sent(ledger, message),
            );
            return violated(because, [connection.into(), message.into()]);
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(&self.asked, |sketch, (message, (connection, _))| {
            sketch.text(message);
            sketch.text(connection);
        });
        sketch.list(self.replied.keys(), |sketch, message| sketch.text(message));
        true
    }
}

impl AnsweredMonitor {
    fn reply(
        &mut self,
        number: u32,
        connection: &ConnectionName,
        message: MessageName,
    ) -> Result<(), Violation> {
        self.times += 1;
        let Some(earlier) = self.replied.get(&message) else {
            self.replied.insert(message, number);
            return Ok(());
        };
        let because = format!(
            "{connection} got the reply to {message} in step {earlier}, and another one in step \
             {number}."
        );
        violated(because, [connection.into(), (&message).into()])
    }
}

fn empty(
    number: u32,
    connection: &ConnectionName,
    invocation: &InvocationName,
    ledger: &Ledger,
) -> Result<(), Violation> {
    let because = format!(
        "{connection} sent {} in step {} and got an empty message in reply to it in step {number}.",
        invocation.message_text(),
        sent(ledger, invocation),
    );
    violated(because, [connection.into(), invocation.into()])
}

fn sent(ledger: &Ledger, message: &str) -> u32 {
    ledger.frame(message).map_or(0, |frame| frame.sent.event)
}
