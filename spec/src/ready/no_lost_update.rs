//! Promise `no-lost-update`: no write undoes another one that its function had not read.

use std::collections::BTreeMap;

use super::change::{Attributes, Change};
use super::writes::{Writer, Writes};
use crate::history::{Answer, Effect, Event, EventKind, Request};
use crate::ledger::Ledger;
use crate::name::{CallName, InvocationName, Name, RowName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation};

/// A function that has read a row overwrites no version of it that it had not read.
///
/// A row has a new version after each change. A write is safe if it has a condition, whatever that
/// says, or if it adds to the row as it is (`ADD`, `SET n = n + :one`). Two updates of different
/// attributes do not harm each other, and a function that never read a row is free to replace it.
pub const NO_LOST_UPDATE: Property = Property {
    id: "no-lost-update",
    kind: PropertyKind::Always,
    promise: "An invocation that has read a row and writes it without a condition overwrites no \
              change that another one made since that read.",
    reason: "The other client was told that its change is done, and nobody sees that it is gone.",
    sources: &[
        "FACTS 6.4: a read may be stale unless told not to be (DynamoDB guide, \
         HowItWorks.ReadConsistency)",
        "FACTS 6.12: a condition that does not hold stops a write (DynamoDB API, PutItem)",
    ],
    needs: &[Need::Reads, Need::Writes],
    monitor: MonitorMaker::plain(|| Box::new(NoLostUpdate::default())),
};

#[derive(Debug, Default)]
struct NoLostUpdate {
    times: u64,
    writes: Writes,
    /// The versions that reads have seen whose answer is still under way.
    underway: BTreeMap<CallName, Vec<(RowName, Version)>>,
    /// The versions that invocations have read.
    read: BTreeMap<(InvocationName, RowName), Version>,
    /// The changes of each row, in order.
    changes: BTreeMap<RowName, Vec<RowChange>>,
}

/// The version of a row that a read saw.
#[derive(Clone, Copy, Debug)]
struct Version {
    /// The event of the read.
    read: u32,
    /// The version holds the changes up to this event.
    up_to: u32,
}

#[derive(Debug)]
struct RowChange {
    event: u32,
    by: Option<InvocationName>,
    touched: Attributes,
}

impl Monitor for NoLostUpdate {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        self.writes.observe(event);
        match &event.kind {
            EventKind::CallApplied { call, effect: Effect::Read { rows, stale, .. } } => {
                let read = self.versions(event.number, call, rows, *stale, ledger);
                self.underway.insert(call.clone(), read);
                Ok(())
            }
            EventKind::CallAnswered { call, answer } => {
                self.deliver(call, answer, ledger);
                Ok(())
            }
            EventKind::RowWritten { row, .. } | EventKind::RowRemoved { row, .. } => {
                self.change(event, row, ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }
}

impl NoLostUpdate {
    /// The versions that a read sees: of the rows that it finds, and of those that it asks for and
    /// that are not there.
    fn versions(
        &self,
        event: u32,
        call: &CallName,
        found: &[RowName],
        is_stale: bool,
        ledger: &Ledger,
    ) -> Vec<(RowName, Version)> {
        let request = ledger.call(call).map(|call| &call.request);
        let asked = request.into_iter().flat_map(Request::rows);
        // Only of the read of a single row is it known which row was stale.
        let is_single = matches!(request, Some(Request::Get { .. }));
        let version = |row: &RowName| {
            let last = self.changes.get(row).and_then(|changes| changes.last());
            let up_to = match last {
                Some(last) if is_stale && is_single => last.event.saturating_sub(1),
                _ => event,
            };
            (row.clone(), Version { read: event, up_to })
        };
        found.iter().chain(asked).map(version).collect()
    }

    /// Only a function that gets the answer knows what it has read.
    fn deliver(&mut self, call: &CallName, answer: &Answer, ledger: &Ledger) {
        let Some(versions) = self.underway.remove(call) else { return };
        let Some(caller) = ledger.call(call).map(|call| &call.invocation) else { return };
        if answer.status == Some(200) {
            let read = versions.into_iter().map(|(row, version)| ((caller.clone(), row), version));
            self.read.extend(read);
        }
    }

    fn change(&mut self, event: &Event, row: &RowName, ledger: &Ledger) -> Result<(), Violation> {
        let Some(Writer { invocation, text }) = self.writes.writer(event, ledger) else {
            let expired = RowChange { event: event.number, by: None, touched: Attributes::All };
            self.changes.entry(row.clone()).or_default().push(expired);
            return Ok(());
        };
        let change = Change::parse(text);
        let key = (invocation.clone(), row.clone());
        let by = Some(invocation.clone());
        let earlier = self.changes.entry(row.clone()).or_default();
        if let Some(version) = self.read.get_mut(&key) {
            self.times += 1;
            let lost = earlier.iter().find(|it| {
                it.event > version.up_to && it.by != by && change.replaced.overlap(&it.touched)
            });
            if let Some(lost) = lost.filter(|_| !change.is_conditional) {
                return Err(overwritten(event.number, &key, *version, lost));
            }
            version.up_to = event.number;
        }
        earlier.push(RowChange { event: event.number, by, touched: change.touched });
        Ok(())
    }
}

fn overwritten(
    event: u32,
    (invocation, row): &(InvocationName, RowName),
    version: Version,
    lost: &RowChange,
) -> Violation {
    let Version { read, up_to } = version;
    let saw = if lost.event < read {
        format!("read an old version of the row of {row} in step {read}")
    } else if up_to > read {
        format!("knew the row of {row} as it was after step {up_to}")
    } else {
        format!("read the row of {row} in step {read}")
    };
    let by = lost.by.as_ref().map_or_else(|| "its expiry".to_owned(), ToString::to_string);
    let because = format!(
        "{invocation} {saw}, and wrote it in step {event} without a condition: the change that \
         {by} had made in step {} is lost.",
        lost.event
    );
    let others = lost.by.as_ref().map(Name::from);
    let involved = [Name::from(row), invocation.into()].into_iter().chain(others);
    Violation::new(because, involved).about_rows()
}
