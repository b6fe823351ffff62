//! Whether a run goes the same way again.

use std::fmt;

use stormglass_spec::{Event, Property};

use crate::app::App;
use crate::case::Case;
use crate::run::{HarnessError, Run, replay, run};
use crate::strategy::{Comparing, Point, Recording, Replay};

/// How two runs of the same case differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// What the two runs are called.
    pub sides: [&'static str; 2],
    /// Their trace hashes.
    pub hashes: [u64; 2],
    /// The first event that differs, if there is one.
    pub event: Option<Difference>,
    /// The first point of choice that differs, if there is one.
    pub point: Option<Difference>,
}

/// The first place at which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What each of them had there; `None` if it was over.
    pub sides: [Option<String>; 2],
}

impl Difference {
    /// The first place at which two sequences differ.
    pub fn first<A: ToString, B: ToString>(
        one: impl IntoIterator<Item = A>,
        two: impl IntoIterator<Item = B>,
    ) -> Option<Difference> {
        let mut one = one.into_iter().map(|item| item.to_string());
        let mut two = two.into_iter().map(|item| item.to_string());
        loop {
            let sides = [one.next(), two.next()];
            if sides[0] != sides[1] {
                return Some(Difference { sides });
            }
            // Both are over.
            sides[0].as_ref()?;
        }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.sides;
        write!(f, "its trace hash was {:016x} in {first}", self.hashes[0])?;
        write!(f, " and {:016x} in {second}", self.hashes[1])?;
        for (what, difference) in [("event", &self.event), ("point of choice", &self.point)] {
            let Some(difference) = difference else { continue };
            write!(f, "\n  the first {what} that differs:")?;
            for (side, text) in self.sides.iter().zip(&difference.sides) {
                let text = text.as_deref().unwrap_or("(the run is over)");
                write!(f, "\n    {side:<15} {text}")?;
            }
        }
        Ok(())
    }
}

/// Runs the case of a run again, and compares.
///
/// # Errors
///
/// [`HarnessError::Nondeterministic`] if it went another way; `what` says whose run it was. Any
/// other if the harness itself fails.
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

/// The error that says how the runs of something differ.
pub fn nondeterministic(what: &str, divergence: Divergence) -> HarnessError {
    HarnessError::Nondeterministic { what: what.to_owned(), divergence: Box::new(divergence) }
}

/// The points of choice that a run of a case comes to, and the run.
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

/// Where two further runs of a case part.
fn parting(
    app: &dyn App,
    case: &Case,
    properties: &[Property],
) -> Result<Option<Difference>, HarnessError> {
    let (_, points) = record(app, case, properties)?;
    let mut comparing = Comparing::new(Replay::new(case.schedule.clone()), &points);
    run(app, &case.plan, &mut comparing, properties)?;
    Ok(comparing.parting().map(|parting| Difference {
        sides: [parting.first, parting.second].map(|point| point.map(|point| point.to_string())),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(one: &[u8], two: &[u8]) -> Option<[Option<String>; 2]> {
        Difference::first(one, two).map(|difference| difference.sides)
    }

    #[test]
    fn the_first_place_that_differs_is_found_on_both_sides() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(first(&[], &[]), None);
        assert_eq!(first(&[1, 2], &[1, 2]), None);
        assert_eq!(first(&[1, 2, 3], &[1, 4, 5]), Some([some("2"), some("4")]));
        assert_eq!(first(&[1], &[1, 4]), Some([None, some("4")]));
        assert_eq!(first(&[1, 4], &[1]), Some([some("4"), None]));
    }
}
