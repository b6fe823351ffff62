//! The calls behind the changes of rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::history::{Event, EventKind, Request};
use crate::ledger::Ledger;
use crate::name::{CallName, InvocationName};

/// Keeps the requests to tables until the changes of rows that they lead to.
#[derive(Debug, Default)]
pub(super) struct Writes {
    sent: BTreeMap<CallName, Arc<str>>,
    /// The call that was applied last: the changes that follow belong to it.
    applied: Option<AppliedCall>,
}

#[derive(Debug)]
struct AppliedCall {
    event: u32,
    call: CallName,
    text: Arc<str>,
}

/// The origin of a change of a row.
pub(super) struct Writer<'a> {
    pub(super) invocation: &'a InvocationName,
    /// The request in canonical form.
    pub(super) text: &'a str,
}

impl Writes {
    /// Takes note of the next event.
    pub(super) fn observe(&mut self, event: &Event) {
        match &event.kind {
            EventKind::CallSent { call, request, request_text, .. } if is_for_rows(request) => {
                self.sent.insert(call.clone(), Arc::clone(request_text));
            }
            EventKind::CallApplied { call, .. } => {
                self.applied = self.sent.remove(call).map(|text| AppliedCall {
                    event: event.number,
                    call: call.clone(),
                    text,
                });
            }
            _ => {}
        }
    }

    /// Returns the function behind a change of a row; `None` if the row expired.
    pub(super) fn writer<'a>(&'a self, event: &Event, ledger: &'a Ledger) -> Option<Writer<'a>> {
        let applied = self.applied.as_ref().filter(|it| event.cause == Some(it.event))?;
        let invocation = &ledger.call(&applied.call)?.invocation;
        Some(Writer { invocation, text: &applied.text })
    }
}

fn is_for_rows(request: &Request) -> bool {
    !request.rows().is_empty()
}
