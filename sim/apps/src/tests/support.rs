//! Helpers that run a case and look into its history.

use stormglass_sim::{App, Case, Run, replay};
use stormglass_spec::history::{Effect, EventKind, Origin, Outcome};
use stormglass_spec::{Property, Violation, properties};

use crate::{AwsSample, Tutorial};

pub(super) const BOTH: [&dyn App; 2] = [&Tutorial, &AwsSample];

pub(super) fn promise(id: &str) -> Property {
    properties::find(id).expect("a promise of this name").clone()
}

/// Runs a case to its end, without any promise. It must meet each of its deviations.
pub(super) fn run(app: &dyn App, case: &str) -> Run {
    run_for(app, case, &[])
}

/// Runs a case, which must break this promise, and returns the violation.
pub(super) fn broken(app: &dyn App, case: &str, id: &str) -> Violation {
    let run = run_for(app, case, &[promise(id)]);
    let name = app.name();
    run.violation.unwrap_or_else(|| panic!("{name}: {case} should break {id}, but does not"))
}

pub(super) fn run_for(app: &dyn App, case: &str, properties: &[Property]) -> Run {
    let case: Case = case.parse().expect("a case");
    let run = replay(app, &case, properties).expect("a run");
    assert_eq!(run.unmet(&case), [], "{}: {case}", app.name());
    run
}

/// Returns the posts of the functions that this connection received.
pub(super) fn posts_got<'a>(run: &'a Run, name: &str) -> Vec<&'a str> {
    let got = run.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::FrameReceived { connection, body, origin: Origin::Post { .. } }
            if connection.as_ref() == name =>
        {
            Some(body.as_ref())
        }
        _ => None,
    });
    got.collect()
}

/// Returns the status and the body that an invocation returned; `None` if it was killed or failed.
pub(super) fn returned<'a>(run: &'a Run, name: &str) -> Option<(u16, &'a str)> {
    run.history.events.iter().find_map(|event| match &event.kind {
        EventKind::InvocationEnded {
            invocation,
            outcome: Outcome::Returned { status, body, .. },
        } if invocation.as_ref() == name => Some((*status, body.as_deref().unwrap_or_default())),
        _ => None,
    })
}

/// Reports whether an invocation was killed.
pub(super) fn was_killed(run: &Run, name: &str) -> bool {
    run.history.events.iter().any(|event| {
        matches!(&event.kind, EventKind::InvocationKilled { invocation, .. }
            if invocation.as_ref() == name)
    })
}

/// Returns the calls that an invocation sent, without its name: `post-ana1-1`.
pub(super) fn calls<'a>(run: &'a Run, name: &str) -> Vec<&'a str> {
    let prefix = format!("{name}.");
    let calls = run.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::CallSent { call, .. } => call.strip_prefix(&prefix),
        _ => None,
    });
    calls.collect()
}

/// Returns the effect of a call on its service.
pub(super) fn effect<'a>(run: &'a Run, name: &str) -> Option<&'a Effect> {
    run.history.events.iter().find_map(|event| match &event.kind {
        EventKind::CallApplied { call, effect } if call.as_ref() == name => Some(effect),
        _ => None,
    })
}

/// Reports whether a connection was opened.
pub(super) fn opened(run: &Run, name: &str) -> bool {
    run.history.events.iter().any(|event| {
        matches!(&event.kind, EventKind::HandshakeOpened { connection }
            if connection.as_ref() == name)
    })
}
