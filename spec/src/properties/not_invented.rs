//! Promise `not-invented`: clients get only frames that a client, a function or the gateway sent.

use crate::history::{Event, EventKind, Origin};
use crate::ledger::Ledger;
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, Name};
use crate::property::{Monitor, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// Every frame a client gets was caused by a broadcast, a reply or a gateway error.
pub const NOT_INVENTED: Property = Property {
    id: "not-invented",
    kind: PropertyKind::Always,
    promise: "Every frame a client gets was caused by a broadcast, a reply or a gateway error.",
    reason: "A frame that nobody sent, or that was meant for another connection, is a leak.",
    sources: &[
        "FACTS 2.4, 2.5: the gateway sends error messages of its own \
         (github.com/aws-samples/simple-websockets-chat-app, issues 24, 42)",
        "FACTS 4.10: no reconnect gets the id of an earlier connection \
         (repost.aws/knowledge-center/410-gone-api-gateway)",
    ],
    monitor: || Box::new(NotInvented::default()),
};

#[derive(Debug, Default)]
struct NotInvented {
    times: u64,
}

impl Monitor for NotInvented {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, body, origin } = &event.kind else {
            return Ok(());
        };
        self.times += 1;
        let (cause, fault) = match origin {
            Origin::Post { call } => (Name::from(call), post_fault(ledger, call)),
            Origin::Reply { invocation } => {
                (invocation.into(), reply_fault(ledger, connection, invocation, body))
            }
            Origin::GatewayError { frame } => {
                (frame.into(), error_fault(ledger, connection, frame))
            }
        };
        let Some(fault) = fault else { return Ok(()) };
        let because = format!("{connection} got {body:?} in step {}, but {fault}.", event.number);
        violated(because, [connection.into(), cause])
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}

fn post_fault(ledger: &Ledger, call: &CallName) -> Option<String> {
    let Some(call) = ledger.call(call) else {
        return Some("no function ever sent that post".to_owned());
    };
    match ledger.broadcast_data(&call.invocation) {
        Some(_) => None,
        None => Some(format!("{} was no broadcast", call.invocation)),
    }
}

fn reply_fault(
    ledger: &Ledger,
    connection: &ConnectionName,
    invocation: &InvocationName,
    body: &str,
) -> Option<String> {
    let Some(answered) = ledger.invocation(invocation) else {
        return Some(format!("{invocation} never ran"));
    };
    if answered.connection != *connection {
        return Some(format!("{invocation} answered {}", answered.connection));
    }
    if answered.body.as_deref().unwrap_or_default() != body {
        return Some(format!("{invocation} returned {:?}", answered.body));
    }
    None
}

fn error_fault(
    ledger: &Ledger,
    connection: &ConnectionName,
    frame: &MessageName,
) -> Option<String> {
    match ledger.frame(frame) {
        Some(sent) if sent.connection == *connection => None,
        Some(sent) => Some(format!("{frame} was sent by {}", sent.connection)),
        None => Some(format!("nobody sent {frame}")),
    }
}
