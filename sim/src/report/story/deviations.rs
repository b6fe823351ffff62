//! Which deviations of a schedule a reader sees at which event.

use std::collections::BTreeSet;

use stormglass_spec::history::{Event, What};
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
    let keys: Vec<String> = match &event.what {
        What::HandshakeAsked { connection } => {
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
        What::HandshakeOpened { connection } => {
            vec![format!("{}.down", invocation_of_connection(connection, "c"))]
        }
        What::HandshakeRefused { connection, .. } | What::HandshakeAborted { connection } => {
            let end = invocation_of_connection(connection, "d");
            vec![
                format!("{}.down", invocation_of_connection(connection, "c")),
                format!("{end}.start"),
                format!("{end}.init"),
                end,
            ]
        }
        What::FrameSent { frame, .. } => vec![
            format!("{frame}.up"),
            format!("{frame}.start"),
            format!("{frame}.init"),
            format!("{frame}.down"),
            frame.to_string(),
        ],
        What::Vanished { connection } => {
            let begin = invocation_of_connection(connection, "c");
            ["left", "leaves", "fails", "vanishes"].map(|how| format!("{begin}.{how}")).to_vec()
        }
        What::Closed { connection, .. } => {
            let name = invocation_of_connection(connection, "d");
            vec![
                connection.to_string(),
                format!("{connection}.down"),
                format!("{name}.start"),
                format!("{name}.init"),
            ]
        }
        // The start of a first invocation is told with what it is for.
        What::InvocationStarted { invocation, .. } if invocation.contains('+') => {
            vec![format!("{invocation}.start"), format!("{invocation}.init")]
        }
        What::InvocationEnded { invocation, .. } | What::InvocationKilled { invocation, .. } => {
            vec![format!("{invocation}.answer")]
        }
        What::CallSent { call, .. } => vec![call.to_string(), format!("{call}.send")],
        What::CallApplied { call, .. } => {
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
