//! Promise `well-formed`: every invocation that returned gave a valid proxy response.

use crate::history::{Event, EventKind, Outcome};
use crate::ledger::Ledger;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// Every invocation that returned gave a valid proxy response (FACTS 1.5).
///
/// A function that ends with an error has given none: the gateway answers for it, with a 502 or
/// with `Internal server error`.
pub const WELL_FORMED: Property = Property {
    id: "well-formed",
    kind: PropertyKind::Always,
    promise: "Every invocation that returned gave a valid proxy response.",
    reason: "API Gateway answers a malformed response or an error with a 502 or `Internal server \
             error`, whatever the function had done by then (FACTS 1.5, 2.5).",
    sources: &[
        "FACTS 1.5: a response without a numeric status is malformed \
         (github.com/michalkvasnicak/aws-lambda-graphql/issues/48)",
        "FACTS 1.5: so is one with keys that are not known (github.com/middyjs/middy/issues/1219)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(WellFormed::default())),
};

#[derive(Debug, Default)]
struct WellFormed {
    times: u64,
}

impl Monitor for WellFormed {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::InvocationEnded { invocation, outcome } = &event.kind else { return Ok(()) };
        self.times += 1;
        let gave = match outcome {
            Outcome::Returned { .. }
            | Outcome::Completed { .. }
            | Outcome::Allowed
            | Outcome::Denied => return Ok(()),
            Outcome::Malformed { reason } => {
                format!("what it returned is no proxy response: {reason}")
            }
            Outcome::Failed { error } => format!("it ended with an error: {error}"),
        };
        let started = ledger.invocation(invocation).map_or(0, |state| state.started.event);
        let because = format!(
            "{invocation} started in step {started} and owed a proxy response, but in step {} \
             {gave}.",
            event.number
        );
        violated(because, [invocation.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}
