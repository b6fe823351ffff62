//! The confirmation of a broken promise: its run once more, here and in a fresh process.

use stormglass_sim::search::determinism;
use stormglass_sim::{App, HarnessError, Run};

use crate::fresh::{ExpectedTrace, run_afresh};
use crate::outcome::SimError;

/// The result of running a case again.
#[derive(Debug)]
pub(crate) enum Confirmation {
    /// Every run had the same trace.
    Reproducible,
    /// A run had another trace.
    Diverged(HarnessError),
}

impl Confirmation {
    /// Returns the words for a report.
    pub(crate) fn note(&self) -> &'static str {
        match self {
            Confirmation::Reproducible => "3 of 3 runs, one in a fresh process",
            Confirmation::Diverged(_) => {
                "NOT REPRODUCIBLE: another run of this case had another trace"
            }
        }
    }

    /// Returns the divergence as an error.
    pub(crate) fn into_result(self) -> Result<(), SimError> {
        match self {
            Confirmation::Reproducible => Ok(()),
            Confirmation::Diverged(error) => Err(error.into()),
        }
    }
}

/// Runs the case of a run once more here, and once in a fresh process. An error calls the run by
/// its `name`.
pub(crate) fn confirm(app: &dyn App, run: &Run, name: &str) -> Result<Confirmation, SimError> {
    match determinism::repeat(app, run, &app.properties(), name) {
        Ok(()) => {}
        Err(error @ HarnessError::Nondeterministic { .. }) => {
            return Ok(Confirmation::Diverged(error));
        }
        Err(error) => return Err(error.into()),
    }
    confirm_afresh(app, &[(run, name.to_owned())])
}

/// Runs the cases of some runs, which were run twice here, in a fresh process.
pub(crate) fn confirm_afresh(
    app: &dyn App,
    runs: &[(&Run, String)],
) -> Result<Confirmation, SimError> {
    if runs.is_empty() {
        return Ok(Confirmation::Reproducible);
    }
    let expected = runs.iter().map(|(run, name)| ExpectedTrace {
        name: name.clone(),
        source: run.case.to_string(),
        hash: run.trace_hash,
    });
    let expected: Vec<ExpectedTrace> = expected.collect();
    Ok(match run_afresh(app, &expected)? {
        None => Confirmation::Reproducible,
        Some(error) => Confirmation::Diverged(error),
    })
}
