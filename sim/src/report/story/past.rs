//! The steps that led to a violation.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::history::{Effect, Event, EventKind, Origin, Request};
use stormglass_spec::{Name, Violation};

use super::ShownDeviations;
use crate::outcome::Run;

/// Returns the steps that a reader needs: those about the things involved, those with deviations,
/// and their causes.
pub(crate) fn past(run: &Run, violation: &Violation) -> BTreeSet<u32> {
    let events = &run.history.events;
    let named = violation.involved.iter().flat_map(|name| [name.clone(), name.without_duplicate()]);
    let mut involved: BTreeSet<Name> = named.collect();
    for event in events {
        involve(event, &mut involved);
    }
    let deviations = ShownDeviations::new(run);
    let is_shown =
        |event: &&Event| is_about(event, &involved) || !deviations.at(event.number).is_empty();
    let shown = events.iter().take_while(|event| event.number <= violation.event);
    let mut shown: BTreeSet<u32> = shown.filter(is_shown).map(|event| event.number).collect();
    shown.insert(violation.event);
    let reasons = reasons(events);
    for event in events.iter().rev() {
        if shown.contains(&event.number) {
            shown.extend(event.cause);
            shown.extend(reasons.get(&event.number).into_iter().flatten());
        }
    }
    shown
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
        EventKind::InvocationStarted { invocation, route, connection, .. }
            if involved.contains(connection.as_str())
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
