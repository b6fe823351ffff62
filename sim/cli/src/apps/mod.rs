//! The applications that the command line knows by name.

mod drowsy;
mod production;

pub use production::Stormglass;

use drowsy::Drowsy;
use stormglass_known_bad::{AwsSample, Canary, Mutation, Tutorial, Unsteady};
use stormglass_sim::App;

/// The applications that are no mutations, the production handlers first.
pub const ALL: [&dyn App; 4] = [&Stormglass, &Tutorial, &AwsSample, &Canary];

/// Applications that show that a search says what is wrong with itself, and that are not listed:
/// some do not do the same twice, one is held to what nothing can meet.
const UNLISTED: [&dyn App; 4] =
    [&Unsteady::Counter, &Unsteady::Environment, &Unsteady::Process, &Drowsy];

/// The application of this name, which may be that of a mutation.
pub fn find(name: &str) -> Option<&'static dyn App> {
    let mutations = Mutation::all().iter().map(|mutation| mutation as &dyn App);
    ALL.into_iter().chain(UNLISTED).chain(mutations).find(|app| app.name() == name)
}
