//! Promise `in-order`: the frames of one sender arrive in the order of their numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::history::{Event, EventKind, Origin};
use crate::ledger::Ledger;
use crate::name::ConnectionName;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};

/// Returns the promise that the frames of one sender arrive at each client in order.
///
/// `number` reads the number of a frame from its text; `None` stands for a frame without one. The
/// sender is the connection whose message the function that posts works on. A frame that arrives a
/// second time may come at any later time.
pub fn in_order(number: impl Fn(&str) -> Option<u64> + Send + Sync + 'static) -> Property {
    let number: Number = Arc::new(number);
    Property {
        id: "in-order",
        kind: PropertyKind::Always,
        promise: "The frames of one sender arrive at each client in the order of their numbers.",
        reason: "A client that applies each frame to its state ends with an old one.",
        sources: &[
            "FACTS 4.1: messages of one client may be processed in another order \
             (repost.aws/questions/QUa2N5ZwL4QjSFuJkuI4nGcg)",
            "FACTS 4.3: nothing is said of the order of posts to one connection \
             (repost.aws/questions/QUo2AXrcKYT0arTRwBNjzMdA)",
        ],
        needs: &[],
        monitor: MonitorMaker::closure(move || {
            let number = Arc::clone(&number);
            Box::new(InOrder { number, times: 0, arrivals: BTreeMap::new() })
        }),
    }
}

/// A function that reads the number of a text, if it has one.
pub(super) type Number = Arc<dyn Fn(&str) -> Option<u64> + Send + Sync>;

/// The events of the first arrivals at a client, by the number of the frame.
type Arrivals = BTreeMap<u64, u32>;

struct InOrder {
    number: Number,
    times: u64,
    /// The arrivals at a client, by the client and the sender.
    arrivals: BTreeMap<(ConnectionName, ConnectionName), Arrivals>,
}

impl fmt::Debug for InOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InOrder").field("arrivals", &self.arrivals).finish_non_exhaustive()
    }
}

impl Monitor for InOrder {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, body, origin: Origin::Post { call } } =
            &event.kind
        else {
            return Ok(());
        };
        let Some(number) = (self.number)(body) else { return Ok(()) };
        let frame = ledger.call(call).and_then(|call| ledger.frame(&call.invocation));
        let Some(sender) = frame.map(|frame| &frame.connection) else { return Ok(()) };
        let arrivals = self.arrivals.entry((connection.clone(), sender.clone())).or_default();
        if arrivals.contains_key(&number) {
            return Ok(());
        }
        let last = arrivals.last_key_value().map(|(number, event)| (*number, *event));
        arrivals.insert(number, event.number);
        let Some((last, arrived)) = last else { return Ok(()) };
        self.times += 1;
        if last < number {
            return Ok(());
        }
        let because = format!(
            "{connection} got number {last} of {sender} in step {arrived}, and number {number} \
             only in step {}.",
            event.number
        );
        violated(because, [connection.into(), sender.into(), call.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }
}
