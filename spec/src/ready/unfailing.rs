//! Promise `unfailing`: no function fails.

use super::service_failure::failed_call;
use crate::history::{Event, EventKind, Outcome};
use crate::ledger::Ledger;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation};

/// No function ends with an unhandled error, and none reports a failure of its own.
///
/// A function may answer with a 5xx if a service had failed it: the client can then try again. A
/// 410 from the gateway and a condition that did not hold are no failures of a service.
pub const UNFAILING: Property = Property {
    id: "unfailing",
    kind: PropertyKind::Always,
    promise: "No function ends with an unhandled error, and none answers with a 5xx unless a call \
              of its own got no answer, a 5xx, or the word that there is no capacity.",
    reason: "The client learns nothing from a function that fails, and a client that tries again \
             fails again.",
    sources: &[
        "FACTS 2.5: where a function fails, the client gets `Internal server error` \
         (github.com/aws-samples/simple-websockets-chat-app/issues/42)",
        "FACTS 1.4: a `$connect` that fails refuses the handshake \
         (github.com/dherault/serverless-offline/issues/1301)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(UnfailingMonitor::default())),
};

#[derive(Debug, Default)]
struct UnfailingMonitor {
    times: u64,
}

impl Monitor for UnfailingMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::InvocationEnded { invocation, outcome } = &event.kind else { return Ok(()) };
        self.times += 1;
        let failure = match outcome {
            Outcome::Failed { error } => format!("ended with an error: {error}"),
            Outcome::Malformed { reason } => format!("returned no proxy response: {reason}"),
            Outcome::Returned { status: status @ 500.., .. } => {
                if failed_call(ledger, invocation).is_some() {
                    return Ok(());
                }
                format!("answered with {status}, and no service had failed it")
            }
            Outcome::Returned { .. }
            | Outcome::Completed { .. }
            | Outcome::Allowed
            | Outcome::Denied => return Ok(()),
        };
        let started = ledger.invocation(invocation).map_or(0, |state| state.started.event);
        let because = format!(
            "{invocation}, started in step {started}, {failure}, in step {}.",
            event.number
        );
        Err(Violation::new(because, [invocation.clone()]).in_words(failure))
    }

    fn times(&self) -> u64 {
        self.times
    }
}
