//! Whether a broken promise breaks again, here and in a fresh process.

use stormglass_sim::search::determinism;
use stormglass_sim::{App, HarnessError, Run};

use crate::CommandError;
use crate::fresh::{Expected, run_afresh};

/// What came of running a case again.
#[derive(Debug)]
pub(crate) enum Confirmed {
    /// It went the same way each time.
    Reproducible,
    /// It went another way.
    Not(HarnessError),
}

impl Confirmed {
    /// What a report says.
    pub(crate) fn note(&self) -> &'static str {
        match self {
            Confirmed::Reproducible => "3 of 3 runs, one in a fresh process",
            Confirmed::Not(_) => "NOT REPRODUCIBLE: another run of this case went another way",
        }
    }

    /// The error, if it went another way.
    pub(crate) fn into_result(self) -> Result<(), CommandError> {
        match self {
            Confirmed::Reproducible => Ok(()),
            Confirmed::Not(error) => Err(error.into()),
        }
    }
}

/// Runs the case of a run once more here, and once in a fresh process.
pub(crate) fn confirm(app: &dyn App, run: &Run, what: &str) -> Result<Confirmed, CommandError> {
    match determinism::repeat(app, run, &app.properties(), what) {
        Ok(()) => {}
        Err(error @ HarnessError::Nondeterministic { .. }) => return Ok(Confirmed::Not(error)),
        Err(error) => return Err(error.into()),
    }
    confirm_afresh(app, &[(run, what.to_owned())])
}

/// Runs the cases of some runs, which were run twice here, in a fresh process.
pub(crate) fn confirm_afresh(
    app: &dyn App,
    runs: &[(&Run, String)],
) -> Result<Confirmed, CommandError> {
    if runs.is_empty() {
        return Ok(Confirmed::Reproducible);
    }
    let expected = runs.iter().map(|(run, what)| Expected {
        what: what.clone(),
        source: run.case.to_string(),
        hash: run.trace_hash,
    });
    let expected: Vec<Expected> = expected.collect();
    Ok(match run_afresh(app, &expected)? {
        None => Confirmed::Reproducible,
        Some(error) => Confirmed::Not(error),
    })
}
