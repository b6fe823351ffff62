//! Promise `in-time`: every invocation ends before its time is over.

use std::time::Duration;

use crate::Time;
use crate::history::{Event, EventKind};
use crate::ledger::{Invocation, Ledger};
use crate::name::InvocationName;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// Every invocation ends before its time is over.
///
/// The start of a sandbox does not count against the function, but a late start may leave too
/// little time for anything.
pub const IN_TIME: Property = Property {
    id: "in-time",
    kind: PropertyKind::Always,
    promise: "Every invocation that has 100 ms or more when it starts ends before Lambda kills it \
              and within 29 s of what it reports, however services behave, unless the platform \
              killed it earlier.",
    reason: "Nobody hears what a function that was killed had done, and a function that the \
             gateway no longer waits for works for nobody (FACTS 4.8).",
    sources: &[
        "FACTS 3.1: the gateway waits 29 s for a function (API Gateway guide, \
         apigateway-execution-service-websocket-limits-table)",
        "FACTS 4.11: what a function leaves undone is frozen with it \
         (blog.dai.codes/aws-gw-management-api-promises)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(InTime::default())),
};

/// The least time in which a function can find out that it has no time left.
const TIME_MIN: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct InTime {
    times: u64,
}

impl Monitor for InTime {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let (invocation, end) = match &event.kind {
            EventKind::InvocationEnded { invocation, .. } => (invocation, "ended only"),
            EventKind::InvocationKilled { invocation, .. } => {
                (invocation, "had not ended when killed")
            }
            _ => return Ok(()),
        };
        let Some(state) = ledger.invocation(invocation) else { return Ok(()) };
        let given = state.due.since(state.started.at);
        if given < TIME_MIN {
            return Ok(());
        }
        self.times += 1;
        let is_late = match event.kind {
            // A kill at the very moment when the time is over is late as well: the platform kills
            // every function that is still running then.
            EventKind::InvocationKilled { .. } => event.at >= state.due,
            _ => event.at > state.due,
        };
        if is_late { late(invocation, state, end, event.number, event.at) } else { Ok(()) }
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}

fn late(
    invocation: &InvocationName,
    state: &Invocation,
    end: &str,
    ended: u32,
    at: Time,
) -> Result<(), Violation> {
    let because = format!(
        "{invocation} started in step {} and had {} ms, but it {end} in step {ended}, after {} ms.",
        state.started.event,
        state.due.since(state.started.at).as_millis(),
        at.since(state.started.at).as_millis(),
    );
    violated(because, [invocation.into()])
}
