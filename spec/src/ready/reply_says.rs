//! Promise `reply-says`: the reply to a message is the one that its sender expects.

use std::fmt;
use std::sync::Arc;

use crate::history::{Content, Event, EventKind, Origin};
use crate::ledger::Ledger;
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};

/// Returns the promise that the reply to a message says what it must.
///
/// `is_right` gets a message and the reply to it. It returns `None` if it knows nothing of such a
/// message, which is then no test. An application with several such promises gives each an id of
/// its own:
///
/// ```
/// use stormglass_spec::{Property, ready};
///
/// let pong = ready::reply_says(|message, reply| (message == "ping").then(|| reply == "pong"));
/// let pong = Property { id: "pong", promise: "A ping gets a pong.", ..pong };
/// ```
pub fn reply_says(
    is_right: impl Fn(&str, &str) -> Option<bool> + Send + Sync + 'static,
) -> Property {
    let is_right: Predicate = Arc::new(is_right);
    Property {
        id: "reply-says",
        kind: PropertyKind::Always,
        promise: "The reply to a message says what the application promises of it.",
        reason: "A client acts on the reply, and does not ask again.",
        sources: &[
            "FACTS 2.9: a two-way route sends what its function returns (API Gateway guide, \
             apigateway-websocket-api-route-response)",
        ],
        needs: &[Need::TwoWayRoutes],
        monitor: MonitorMaker::closure(move || {
            Box::new(ReplySays { is_right: Arc::clone(&is_right), times: 0 })
        }),
    }
}

type Predicate = Arc<dyn Fn(&str, &str) -> Option<bool> + Send + Sync>;

struct ReplySays {
    is_right: Predicate,
    times: u64,
}

impl fmt::Debug for ReplySays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplySays").field("times", &self.times).finish_non_exhaustive()
    }
}

impl Monitor for ReplySays {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, body, origin: Origin::Reply { invocation } } =
            &event.kind
        else {
            return Ok(());
        };
        let Some(frame) = ledger.frame(invocation) else { return Ok(()) };
        let (Content::Broadcast { text, .. } | Content::Text(text)) = &frame.content else {
            return Ok(());
        };
        let Some(is_right) = (self.is_right)(text, body) else { return Ok(()) };
        self.times += 1;
        if is_right {
            return Ok(());
        }
        let because = format!(
            "{connection} sent {text:?} in step {}, and the reply of step {} is {body:?}.",
            frame.sent.event, event.number
        );
        violated(because, [connection.into(), invocation.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }
}
