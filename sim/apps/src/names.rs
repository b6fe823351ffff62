//! The applications that a command line knows by name.

use stormglass_sim::App;

use crate::drowsy::Drowsy;
use crate::{AwsSample, CANARY, STORMGLASS, Tutorial, Unsteady, mutated};

/// The applications that are no mutations, the production handlers first.
pub const ALL: [&dyn App; 4] = [&STORMGLASS, &Tutorial, &AwsSample, &CANARY];

/// Applications that are not listed. They show that a search reports its own faults: some do not
/// do the same twice, and one is held to a promise that nothing can test.
const UNLISTED: [&dyn App; 4] =
    [&Unsteady::Counter, &Unsteady::Environment, &Unsteady::Process, &Drowsy];

/// The application of this name, which may be that of a mutation.
pub fn find(name: &str) -> Option<&'static dyn App> {
    let mutations = mutated().iter().map(|mutation| mutation as &dyn App);
    ALL.into_iter().chain(UNLISTED).chain(mutations).find(|app| app.name() == name)
}
