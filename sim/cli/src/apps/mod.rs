//! The applications that the command line knows by name.

mod production;

pub use production::Stormglass;

use stormglass_known_bad::{AwsSample, Tutorial};
use stormglass_sim::App;

/// Every application, the production handlers first.
pub const ALL: [&dyn App; 3] = [&Stormglass, &Tutorial, &AwsSample];

/// The application of this name.
pub fn find(name: &str) -> Option<&'static dyn App> {
    const APPS: &[&dyn App] = &ALL;
    APPS.iter().copied().find(|app| app.name() == name)
}
