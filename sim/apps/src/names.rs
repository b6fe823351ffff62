//! The applications that a command line can name.

use stormglass_sim::App;

use crate::drowsy::DrowsyApp;
use crate::{AwsSample, CANARY, STORMGLASS, Tutorial, UnsteadyApp, mutants};

/// The applications that help texts list, the production handlers first.
pub const ALL: [&dyn App; 4] = [&STORMGLASS, &Tutorial, &AwsSample, &CANARY];

/// Applications that show that a search reports its own faults: some are not deterministic, and
/// one makes a promise that no search can test.
const FAULTY: [&dyn App; 4] =
    [&UnsteadyApp::Counter, &UnsteadyApp::Environment, &UnsteadyApp::Process, &DrowsyApp];

/// Returns the applications that help texts do not list: the mutations, and some that show that a
/// search reports its own faults.
pub fn unlisted() -> Vec<&'static dyn App> {
    let mutants = mutants().iter().map(|mutant| mutant as &dyn App);
    FAULTY.into_iter().chain(mutants).collect()
}

/// Returns the application of this name, listed or not.
pub fn find(name: &str) -> Option<&'static dyn App> {
    ALL.into_iter().chain(unlisted()).find(|app| app.name() == name)
}
