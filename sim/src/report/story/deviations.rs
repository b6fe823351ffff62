//! Which deviations of a schedule a reader sees at which event.

use std::collections::BTreeSet;

use stormglass_spec::history::{Event, EventKind};
use stormglass_spec::line::client_of;

use crate::case::Schedule;
use crate::outcome::Run;

/// The deviations of a run that no event shows: what they delay or spoil had not come by its end.
pub(crate) fn unseen_deviations(run: &Run) -> Vec<String> {
    let schedule = &run.case.schedule;
    let events = run.history.events.iter();
    let seen: BTreeSet<String> = events.flat_map(|event| deviations_at(event, schedule)).collect();
    let all = schedule.deviations.iter().map(|(key, choice)| format!("{key}={choice}"));
    all.filter(|deviation| !seen.contains(deviation)).collect()
}

/// The deviations of a schedule that take effect at an event.
pub(crate) fn deviations_at(event: &Event, schedule: &Schedule) -> Vec<String> {
    let keys: Vec<String> = match &event.kind {
        EventKind::HandshakeAsked { connection } => {
            let name = invocation_of_connection(connection, "c");
            let authorizer = invocation_of_connection(connection, "auth");
            vec![
                format!("{name}.up"),
                format!("{authorizer}.start"),
                format!("{authorizer}.init"),
                format!("{name}.start"),
                format!("{name}.init"),
                name,
            ]
        }
        EventKind::HandshakeOpened { connection } => {
            vec![format!("{}.down", invocation_of_connection(connection, "c"))]
        }
        EventKind::HandshakeRefused { connection, .. }
        | EventKind::HandshakeAborted { connection } => {
            let end = invocation_of_connection(connection, "d");
            vec![
                format!("{}.down", invocation_of_connection(connection, "c")),
                format!("{end}.start"),
                format!("{end}.init"),
                end,
            ]
        }
        EventKind::FrameSent { frame, .. } => vec![
            format!("{frame}.up"),
            format!("{frame}.start"),
            format!("{frame}.init"),
            format!("{frame}.down"),
            frame.to_string(),
        ],
        EventKind::Vanished { connection } => {
            let begin = invocation_of_connection(connection, "c");
            ["left", "leaves", "fails", "vanishes"].map(|how| format!("{begin}.{how}")).to_vec()
        }
        EventKind::Closed { connection, .. } => {
            let name = invocation_of_connection(connection, "d");
            vec![
                connection.to_string(),
                format!("{connection}.down"),
                format!("{name}.start"),
                format!("{name}.init"),
            ]
        }
        // The start of a first invocation is told with what it is for.
        EventKind::InvocationStarted { invocation, .. } if invocation.contains('+') => {
            vec![format!("{invocation}.start"), format!("{invocation}.init")]
        }
        EventKind::InvocationEnded { invocation, .. }
        | EventKind::InvocationKilled { invocation, .. } => {
            vec![format!("{invocation}.answer")]
        }
        EventKind::CallSent { call, .. } => vec![call.to_string(), format!("{call}.send")],
        EventKind::CallApplied { call, .. } => {
            vec![format!("{call}.gone"), format!("{call}.down"), format!("{call}.reply")]
        }
        _ => Vec::new(),
    };
    let found = keys.iter().filter_map(|key| {
        schedule.deviations.get(key.as_str()).map(|choice| format!("{key}={choice}"))
    });
    found.collect()
}

fn invocation_of_connection(connection: &str, kind: &str) -> String {
    let client = client_of(connection);
    format!("{client}.{kind}{}", &connection[client.len()..])
}
