//! The applications that the command line knows by name.

mod drowsy;
mod production;

pub use production::Stormglass;

use drowsy::Drowsy;
use stormglass_known_bad::{AwsSample, Tutorial, Unsteady};
use stormglass_sim::App;

/// Every application, the production handlers first.
pub const ALL: [&dyn App; 3] = [&Stormglass, &Tutorial, &AwsSample];

/// Applications that show that a search says what is wrong with itself, and that are not listed:
/// some do not do the same twice, one is held to what nothing can meet.
const CANARIES: [&dyn App; 4] =
    [&Unsteady::Counter, &Unsteady::Environment, &Unsteady::Process, &Drowsy];

/// The application of this name.
pub fn find(name: &str) -> Option<&'static dyn App> {
    ALL.into_iter().chain(CANARIES).find(|app| app.name() == name)
}
