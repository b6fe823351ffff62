//! Checks that a run repeats exactly.

use stormglass_spec::{Event, Property, hash};

use crate::app::App;
use crate::case::Case;
use crate::divergence::{Difference, Divergence};
use crate::outcome::{HarnessError, Run};
use crate::run::{replay, run};
use crate::strategy::{Comparison, Point, Recording, Replay};

/// The number of seeds in a thousand that are run twice although they violate nothing.
const REPEATED_PER_MILLE: u64 = 50;

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

/// Runs the case of a seed's run again if it violates a property or the seed is drawn, as one in
/// twenty is. Returns true if it did so.
///
/// # Errors
///
/// As [`repeat`].
pub(crate) fn repeat_some(
    app: &dyn App,
    seed: u64,
    run: &Run,
    properties: &[Property],
) -> Result<bool, HarnessError> {
    if run.violation.is_none() && !is_drawn(seed) {
        return Ok(false);
    }
    let what = match &run.violation {
        Some(violation) => format!("seed {seed}, which breaks {},", violation.property),
        None => format!("seed {seed}"),
    };
    repeat(app, run, properties, &what)?;
    Ok(true)
}

/// Returns true if a seed is drawn to be run twice. The thread makes no difference.
fn is_drawn(seed: u64) -> bool {
    hash::chance(hash::keyed(seed, "repeated"), REPEATED_PER_MILLE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_in_twenty_is_run_twice() {
        let drawn = (0..10_000).filter(|seed| is_drawn(*seed)).count();
        assert!((450..550).contains(&drawn), "{drawn}");
    }
}
