//! The events that a run shows.

use stormglass_sim::Run;
use stormglass_spec::history::{Answer, Effect, Event, EventKind, Origin, Side};

/// The events of a run before faults stopped.
pub fn before_the_end(run: &Run) -> impl Iterator<Item = &Event> {
    run.history.events.iter().take_while(|event| !matches!(event.kind, EventKind::FaultsStopped))
}

/// The events before faults stopped that `wanted` picks, in order.
pub fn early<'a, T>(run: &'a Run, wanted: impl Fn(&'a EventKind) -> Option<T>) -> Vec<T> {
    before_the_end(run).filter_map(|event| wanted(&event.kind)).collect()
}

/// The first event that is wanted.
///
/// # Panics
///
/// If there is none.
pub fn first(run: &Run, wanted: impl Fn(&EventKind) -> bool) -> &Event {
    let found = run.history.events.iter().find(|event| wanted(&event.kind));
    found.unwrap_or_else(|| panic!("no such event in\n{}", stormglass_sim::report::story(run)))
}

/// True if there is such an event before faults stopped.
pub fn has(run: &Run, wanted: impl Fn(&EventKind) -> bool) -> bool {
    before_the_end(run).any(|event| wanted(&event.kind))
}

/// The first start of the invocation of this name.
pub fn starts(name: &str) -> impl Fn(&EventKind) -> bool {
    move |kind| match kind {
        EventKind::InvocationStarted { invocation, .. } => *invocation == *name,
        _ => false,
    }
}

/// The end of the invocation of this name, whatever it was.
pub fn ends(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| match what {
        EventKind::InvocationEnded { invocation, .. }
        | EventKind::InvocationKilled { invocation, .. } => **invocation == *name,
        _ => false,
    }
}

/// The call of this name being sent.
pub fn sends(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| matches!(what, EventKind::CallSent { call, .. } if **call == *name)
}

/// The opening of the connection of this name.
pub fn opens(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| matches!(what, EventKind::HandshakeOpened { connection } if **connection == *name)
}

/// The connection of this name being closed, whoever closes it.
pub fn closes(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| matches!(what, EventKind::Closed { connection, .. } if **connection == *name)
}

/// The row of the connection of this name being written.
pub fn writes(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| matches!(what, EventKind::RowWritten { row, .. } if **row == *name)
}

/// The row of the connection of this name being removed.
pub fn removes(name: &str) -> impl Fn(&EventKind) -> bool {
    move |what| matches!(what, EventKind::RowRemoved { row, .. } if **row == *name)
}

/// This text arriving at the connection of this name.
pub fn gets(name: &str, text: &str) -> impl Fn(&EventKind) -> bool {
    move |what| {
        matches!(what, EventKind::FrameReceived { connection, body, .. }
            if **connection == *name && **body == *text)
    }
}

/// Lists the outcome of each handshake before faults stopped: 101, or the status of its refusal.
pub fn handshakes(run: &Run) -> Vec<(&str, u16)> {
    let outcomes = before_the_end(run).filter_map(|event| match &event.kind {
        EventKind::HandshakeOpened { connection } => Some((connection.as_ref(), 101)),
        EventKind::HandshakeRefused { connection, status } => Some((connection.as_ref(), *status)),
        _ => None,
    });
    outcomes.collect()
}

/// Lists the connections closed before faults stopped, with the side that closed them and the code.
pub fn closings(run: &Run) -> Vec<(&str, Side, u16)> {
    let closings = before_the_end(run).filter_map(|event| match &event.kind {
        EventKind::Closed { connection, by, code } => Some((connection.as_ref(), *by, *code)),
        _ => None,
    });
    closings.collect()
}

/// The gateway's own errors that clients got before faults stopped: the message that could not be
/// served, and what was said of it.
pub fn told(run: &Run) -> Vec<(&str, String)> {
    let errors = before_the_end(run).filter_map(|event| match &event.kind {
        EventKind::FrameReceived { body, origin: Origin::GatewayError { frame }, .. } => {
            let error: serde_json::Value = serde_json::from_str(body).ok()?;
            Some((frame.as_ref(), error["message"].as_str()?.to_owned()))
        }
        _ => None,
    });
    errors.collect()
}

/// Lists the answers that callers got to calls whose names begin so.
pub fn answers<'a>(run: &'a Run, of: &str) -> Vec<&'a Answer> {
    let answers = run.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::CallAnswered { call, answer } if call.starts_with(of) => Some(answer),
        _ => None,
    });
    answers.collect()
}

/// Lists the effects of calls whose names begin so.
pub fn effects<'a>(run: &'a Run, of: &str) -> Vec<&'a Effect> {
    let effects = run.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::CallApplied { call, effect } if call.starts_with(of) => Some(effect),
        _ => None,
    });
    effects.collect()
}

/// Returns the time from a client's message to the start of its function, without the way to the
/// gateway, in ms: over 20 where a sandbox had to be started first, under 10 where none had.
pub fn start_delay_ms(run: &Run, name: &str) -> u64 {
    let sent =
        first(run, |what| matches!(what, EventKind::FrameSent { frame, .. } if **frame == *name));
    let started = first(run, starts(name));
    (started.at.millis() - sent.at.millis()).saturating_sub(40)
}

/// The texts that bob's first connection got, in order.
pub fn texts_at_bob(run: &Run) -> Vec<&str> {
    early(run, |what| match what {
        EventKind::FrameReceived { connection, body, .. } if *connection == "bob1" => {
            Some(body.as_ref())
        }
        _ => None,
    })
}
