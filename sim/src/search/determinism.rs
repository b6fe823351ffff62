//! Checks that a run repeats exactly.

use stormglass_spec::{Event, Property};

use crate::app::App;
use crate::case::Case;
use crate::divergence::{Difference, Divergence};
use crate::outcome::{HarnessError, Run};
use crate::run::{replay, run};
use crate::strategy::{Comparison, Point, Recording, Replay};

/// Runs the case of a run again, and compares the traces.
///
/// # Errors
///
/// [`HarnessError::Nondeterministic`] if the second trace differs; `what` names the run in the
/// error. Any other error if the harness itself fails.
pub fn repeat(
    app: &dyn App,
    first: &Run,
    properties: &[Property],
    what: &str,
) -> Result<(), HarnessError> {
    let second = replay(app, &first.case, properties)?;
    if second.trace_hash == first.trace_hash {
        return Ok(());
    }
    let (one, two) = (&first.history.events, &second.history.events);
    let divergence = Divergence {
        sides: ["the first run", "the second run"],
        hashes: [first.trace_hash, second.trace_hash],
        event: Difference::first(one, two).or_else(|| {
            let in_full = |event: &Event| format!("{event:?}");
            Difference::first(one.iter().map(in_full), two.iter().map(in_full))
        }),
        point: parting(app, &first.case, properties)?,
    };
    Err(nondeterministic(what, divergence))
}

/// Builds the error that says where the runs of `what` differ.
pub fn nondeterministic(what: &str, divergence: Divergence) -> HarnessError {
    HarnessError::Nondeterministic { what: what.to_owned(), divergence: Box::new(divergence) }
}

/// Runs a case. Returns the run, and the points of choice that it came to.
///
/// # Errors
///
/// If the harness itself fails.
pub fn record(
    app: &dyn App,
    case: &Case,
    properties: &[Property],
) -> Result<(Run, Vec<Point>), HarnessError> {
    let mut recording = Recording::new(Replay::new(case.schedule.clone()));
    let run = run(app, &case.plan, &mut recording, properties)?;
    Ok((run, recording.into_points()))
}

/// Runs a case twice more. Returns the first point of choice where the two runs part.
fn parting(
    app: &dyn App,
    case: &Case,
    properties: &[Property],
) -> Result<Option<Difference>, HarnessError> {
    let (_, points) = record(app, case, properties)?;
    let mut comparing = Comparison::new(Replay::new(case.schedule.clone()), &points);
    run(app, &case.plan, &mut comparing, properties)?;
    Ok(comparing.parting().map(|parting| Difference {
        sides: [parting.first, parting.second].map(|point| point.map(|point| point.to_string())),
    }))
}
