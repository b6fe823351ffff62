//! Promise `kept`: a write that was acknowledged was done.

use std::collections::BTreeMap;

use crate::history::{Effect, Event, EventKind, Outcome, Request};
use crate::ledger::Ledger;
use crate::name::{CallName, InvocationName, RowName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated};

/// A write that was acknowledged is in the table at the end.
///
/// An invocation acknowledges what it has written by a status below 300. A later request may
/// replace or remove the row, and a row may expire. A write that a condition stopped was not
/// wanted.
pub const KEPT: Property = Property {
    id: "kept",
    kind: PropertyKind::Eventually,
    promise: "A row that an invocation meant to store or change is so in the end if the \
              invocation reported success: some attempt was carried out, or a condition stopped \
              it.",
    reason: "The client was told that it is done, and does not do it again.",
    sources: &[
        "FACTS 6.13: a write that is answered with a 500 may not have been done (DynamoDB guide, \
         Programming.Errors)",
        "FACTS 4.11: what a function leaves undone is frozen with it \
         (blog.dai.codes/aws-gw-management-api-promises)",
    ],
    needs: &[Need::Writes],
    monitor: MonitorMaker::plain(|| Box::new(KeptMonitor::default())),
};

#[derive(Debug, Default)]
struct KeptMonitor {
    times: u64,
    /// The rows that an invocation meant to write.
    meant: BTreeMap<(InvocationName, RowName), Write>,
    /// The invocations that reported success, each with the event and the status.
    successes: BTreeMap<InvocationName, (u32, u16)>,
}

/// The attempts of an invocation to write a row.
#[derive(Debug)]
struct Write {
    /// The event of the first attempt.
    sent: u32,
    /// True if an attempt was carried out, or a condition stopped it.
    is_settled: bool,
}

impl Monitor for KeptMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::CallSent { invocation, request, .. } if is_write(request) => {
                for row in request.rows() {
                    let key = (invocation.clone(), row.clone());
                    let write = Write { sent: event.number, is_settled: false };
                    self.meant.entry(key).or_insert(write);
                }
            }
            EventKind::CallApplied { call, effect } if is_settled_by(effect) => {
                self.settle(call, ledger);
            }
            EventKind::InvocationEnded {
                invocation,
                outcome: Outcome::Returned { status: status @ 200..=299, .. },
            } => {
                self.successes.insert(invocation.clone(), (event.number, *status));
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ledger) -> Result<(), Violation> {
        for ((invocation, row), Write { sent, is_settled }) in &self.meant {
            let Some((ended, status)) = self.successes.get(invocation) else { continue };
            self.times += 1;
            if !is_settled {
                let because = format!(
                    "{invocation} tried to write the row of {row} in step {sent} and answered \
                     with {status} in step {ended}, but no attempt was ever carried out."
                );
                return rows_violated(because, [row.into(), invocation.into()]);
            }
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }
}

impl KeptMonitor {
    fn settle(&mut self, call: &CallName, ledger: &Ledger) {
        let Some(call) = ledger.call(call).filter(|call| is_write(&call.request)) else { return };
        for row in call.request.rows() {
            let key = (call.invocation.clone(), row.clone());
            if let Some(write) = self.meant.get_mut(&key) {
                write.is_settled = true;
            }
        }
    }
}

/// True if a request stores or changes rows. A function may leave a delete to others.
fn is_write(request: &Request) -> bool {
    match request {
        Request::Put { .. } | Request::Update { .. } => true,
        Request::Several { operation, .. } => operation.contains("Write"),
        _ => false,
    }
}

fn is_settled_by(effect: &Effect) -> bool {
    match effect {
        Effect::Done => true,
        Effect::Refused { error, .. } => {
            ["ConditionalCheckFailed", "TransactionCanceled"].iter().any(|it| error.contains(it))
        }
        _ => false,
    }
}
