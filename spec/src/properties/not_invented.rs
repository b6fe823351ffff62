//! Promise `not-invented`: clients get only frames that a client, a function or the gateway sent.

use crate::history::{Event, EventKind, Origin, Request};
use crate::ledger::Ledger;
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, Name};
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// Every frame a client gets was posted to it by a function, or is a reply or a gateway error.
///
/// A function may post what is no broadcast: a greeting from `$connect`, or an error to the client
/// whose message it could not serve. A message that is no broadcast must not reach other clients;
/// an application whose other messages may leaves this promise out.
pub const NOT_INVENTED: Property = Property {
    id: "not-invented",
    kind: PropertyKind::Always,
    promise: "Every frame a client gets was posted to it by a function, or is a reply to it or a \
              gateway error; and a message that is no broadcast makes no function post to another \
              client than its sender.",
    reason: "A frame that nobody sent, or that was meant for another connection, is a leak.",
    sources: &[
        "FACTS 2.4, 2.5: the gateway sends error messages of its own \
         (github.com/aws-samples/simple-websockets-chat-app, issues 24, 42)",
        "FACTS 4.10: no reconnect gets the id of an earlier connection \
         (repost.aws/knowledge-center/410-gone-api-gateway)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(NotInvented::default())),
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
            Origin::Post { call } => (Name::from(call), post_fault(ledger, connection, call)),
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

fn post_fault(ledger: &Ledger, connection: &ConnectionName, call: &CallName) -> Option<String> {
    let Some(call) = ledger.call(call) else {
        return Some("no function ever sent that post".to_owned());
    };
    if let Request::Post { connection: recipient, .. } = &call.request
        && recipient != connection
    {
        return Some(format!("{} posted it to {recipient}", call.invocation));
    }
    // Functions post for broadcasts, but also without any message: from `$connect`, for example.
    let frame = ledger.frame(&call.invocation)?;
    let is_allowed =
        frame.connection == *connection || ledger.broadcast_data(&call.invocation).is_some();
    (!is_allowed).then(|| format!("{} was no broadcast", call.invocation))
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
    match &answered.connection {
        Some(other) if other != connection => {
            return Some(format!("{invocation} answered {other}"));
        }
        None => return Some(format!("{invocation} is about no connection")),
        Some(_) => {}
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
