//! The language that the tests speak.

pub mod apps;
pub mod browser;
pub mod clients;
pub mod club;
pub mod errands;
pub mod guarded;
pub mod http;
mod listener;
pub mod mermaid;
pub mod office;
pub mod plans;
pub mod ported;
pub mod rooms;
pub mod seen;

use stormglass_sim::{App, Case, Run};
use stormglass_spec::history::{Event, EventKind};
use stormglass_spec::{Property, Violation, properties};

/// Runs the case with this text.
///
/// # Panics
///
/// If the text is no case, a deviation in it never comes up, or the harness fails.
pub fn play(app: &dyn App, case: &str) -> Run {
    play_for(app, case, &properties::ALL)
}

/// Runs the case with this text to its end, whatever promise it breaks.
///
/// # Panics
///
/// If the text is no case, a deviation in it never comes up, or the harness fails.
pub fn play_to_the_end(app: &dyn App, case: &str) -> Run {
    play_for(app, case, &[])
}

/// Runs the case with this text, and holds it to these promises alone.
///
/// # Panics
///
/// If the text is no case, a deviation in it never comes up, or the harness fails.
pub fn play_for(app: &dyn App, case: &str, properties: &[Property]) -> Run {
    let case: Case = case.parse().expect("a case");
    let run = stormglass_sim::replay(app, &case, properties).expect("the harness works");
    if run.violation.is_none() {
        assert_eq!(run.unmet(&case), [], "these deviations never came up");
    }
    run
}

/// Runs the case with this text, which must break a promise.
///
/// # Panics
///
/// If every promise is kept.
pub fn broken(app: &dyn App, case: &str) -> (Run, Violation) {
    let run = play(app, case);
    let violation = run.violation.clone().expect("a broken promise");
    (run, violation)
}

/// Runs the case with this text, which must break no promise.
///
/// # Panics
///
/// If a promise is broken.
pub fn kept(app: &dyn App, case: &str) -> Run {
    let run = play(app, case);
    assert_eq!(run.violation, None, "{}", stormglass_sim::report::story(&run));
    run
}

/// The events of a run that `wanted` picks, in order.
pub fn pick<'a, T>(run: &'a Run, wanted: impl Fn(&'a EventKind) -> Option<T>) -> Vec<T> {
    run.history.events.iter().filter_map(|event| wanted(&event.kind)).collect()
}

/// Lists the frames that clients got before faults stopped, in order: connection and text.
pub fn received(run: &Run) -> Vec<(&str, &str)> {
    let before = run.history.events.iter().take_while(|event| !is_closing(event));
    let received = before.filter_map(|event| match &event.kind {
        EventKind::FrameReceived { connection, body, .. } => {
            Some((connection.as_ref(), body.as_ref()))
        }
        _ => None,
    });
    received.collect()
}

fn is_closing(event: &Event) -> bool {
    matches!(event.kind, EventKind::FaultsStopped)
}

/// Compares with a snapshot in the folder `snapshots` at the root of the workspace.
#[macro_export]
macro_rules! assert_snapshot {
    ($name:expr, $value:expr $(,)?) => {
        $crate::snapshot_settings!().bind(|| insta::assert_snapshot!($name, $value))
    };
}

/// Compares with a snapshot there that is a file of its own, whose name ends as this one does.
#[macro_export]
macro_rules! assert_binary_snapshot {
    ($name:expr, $value:expr $(,)?) => {
        $crate::snapshot_settings!().bind(|| insta::assert_binary_snapshot!($name, $value))
    };
}

/// The settings for the folder and the names of snapshots.
#[doc(hidden)]
#[macro_export]
macro_rules! snapshot_settings {
    () => {{
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    }};
}
