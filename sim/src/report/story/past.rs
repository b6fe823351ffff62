//! The steps that led to a violation.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::history::{Effect, Event, EventKind, Origin, Request};
use stormglass_spec::name::{CallName, RowName};
use stormglass_spec::{Name, Violation};

use super::ShownDeviations;
use crate::outcome::{Run, Stay};

/// Returns the steps that a reader needs: those about the things involved, all that was done with
/// rows in dispute, the steps with deviations, and the causes of all these.
pub(crate) fn past(run: &Run, violation: &Violation) -> BTreeSet<u32> {
    let events = &run.history.events;
    let named = violation.involved.iter().flat_map(|name| [name.clone(), name.without_duplicate()]);
    let mut involved: BTreeSet<Name> = named.collect();
    let rows = rows_in_dispute(events, violation);
    involved.extend(rows.iter().map(|row| Name::from(*row)));
    involved.extend(reads_of(events, &rows).map(Name::from));
    for event in events {
        involve(event, &mut involved);
    }
    let deviations = ShownDeviations::new(run);
    let is_shown =
        |event: &&Event| is_about(event, &involved) || !deviations.at(event.number).is_empty();
    let shown = events.iter().take_while(|event| event.number <= violation.event);
    let mut shown: BTreeSet<u32> = shown.filter(is_shown).map(|event| event.number).collect();
    shown.insert(violation.event);
    // Work that an involved invocation left behind goes on when another one starts there.
    let is_resumed =
        |stay: &&Stay| stay.resumed.iter().any(|name| involved.contains(name.as_str()));
    shown.extend(run.stays.iter().filter(is_resumed).map(|stay| stay.started));
    let reasons = reasons(events);
    for event in events.iter().rev() {
        if shown.contains(&event.number) {
            shown.extend(event.cause);
            shown.extend(reasons.get(&event.number).into_iter().flatten());
        }
    }
    shown
}

/// Returns the rows that a violation is about, if it is about rows: those that it names, and those
/// that named a connection of it.
pub(crate) fn rows_in_dispute<'a>(
    events: &'a [Event],
    violation: &Violation,
) -> BTreeSet<&'a RowName> {
    if !violation.is_about_rows {
        return BTreeSet::new();
    }
    let is_named = |name: &str| violation.involved.iter().any(|it| it.as_str() == name);
    let mut rows = BTreeSet::new();
    for event in events {
        match &event.kind {
            EventKind::RowWritten { row, connections }
            | EventKind::RowRemoved { row, connections }
                if is_named(row) || connections.iter().any(|name| is_named(name)) =>
            {
                rows.insert(row);
            }
            // The write of a row may never have been carried out.
            EventKind::CallSent { request, .. } => {
                rows.extend(request.rows().iter().filter(|row| is_named(row)));
            }
            _ => {}
        }
    }
    rows
}

/// Returns the calls that read one of these rows, by the names of the calls.
fn reads_of<'a>(
    events: &'a [Event],
    rows: &BTreeSet<&RowName>,
) -> impl Iterator<Item = &'a CallName> {
    events.iter().filter_map(|event| match &event.kind {
        EventKind::CallApplied { call, effect: Effect::Read { rows: read, .. } } => {
            read.iter().any(|row| rows.contains(row)).then_some(call)
        }
        _ => None,
    })
}

/// Returns, for each post that met a connection that was not there, the steps that explain it: the
/// start of the pending handshake or the end of the connection, and the write of the row.
fn reasons(events: &[Event]) -> BTreeMap<u32, Vec<u32>> {
    let (mut recipients, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    let (mut states, mut rows) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        match &event.kind {
            EventKind::CallSent { call, request: Request::Post { connection, .. }, .. } => {
                recipients.insert(call, connection);
            }
            EventKind::HandshakeAsked { connection }
            | EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::Closed { connection, .. } => {
                states.insert(connection, event.number);
            }
            EventKind::RowWritten { connections, .. } => {
                rows.extend(connections.iter().map(|name| (name.as_str(), event.number)));
            }
            EventKind::CallApplied { call, effect: Effect::Gone { .. } } => {
                let Some(recipient) = recipients.get(call).copied() else { continue };
                let found = [states.get(recipient), rows.get(recipient.as_str())];
                reasons.insert(event.number, found.into_iter().flatten().copied().collect());
            }
            _ => {}
        }
    }
    reasons
}

/// Adds the calls of involved connections, and their beginnings and ends.
fn involve(event: &Event, involved: &mut BTreeSet<Name>) {
    match &event.kind {
        EventKind::CallSent { call, request, .. }
            if request.targets().any(|target| involved.contains(target)) =>
        {
            involved.insert(call.into());
        }
        EventKind::InvocationStarted {
            invocation, route, connection: Some(connection), ..
        } if involved.contains(connection.as_str())
            && matches!(route.as_ref(), "$connect" | "$disconnect") =>
        {
            involved.insert(invocation.into());
        }
        _ => {}
    }
}

fn is_about(event: &Event, involved: &BTreeSet<Name>) -> bool {
    match &event.kind {
        // A broadcast makes many calls; those to others are beside the point.
        EventKind::CallSent { call, invocation, request, .. } => {
            let is_read = matches!(request, Request::Scan { .. } | Request::Query { .. });
            involved.contains(call.as_str()) || (is_read && involved.contains(invocation.as_str()))
        }
        EventKind::CallApplied { call, .. } | EventKind::CallAnswered { call, .. } => {
            let operation = call.operation();
            let is_read = operation.starts_with("scan-") || operation.starts_with("query-");
            involved.contains(call.as_str()) || (is_read && involved.contains(call.invocation()))
        }
        EventKind::FrameReceived { connection, origin, .. } => {
            let cause = match origin {
                Origin::Post { call } => call.invocation(),
                Origin::Reply { invocation } => invocation,
                Origin::GatewayError { frame } => frame,
            };
            involved.contains(connection.as_str()) && involved.contains(cause)
        }
        _ => event.names().into_iter().any(|name| involved.contains(name)),
    }
}
