//! Bugs that a search must find, and the hunt for them.
//!
//! - [`Catalogue`]: all known bugs of some applications, with a canary.
//! - [`KnownBug`]: an application with a bug, and the promise that the bug breaks.
//! - [`hunt`]: the search for one bug, and the effort that it takes.
//! - [`AdaptedApp`]: an application with other promises, or with other routes.

mod adapted;
pub mod hunt;

use std::fmt;

use stormglass_sim::case::Plan;
use stormglass_sim::{App, Run};
use stormglass_spec::{Property, Violation};

pub use adapted::AdaptedApp;

/// The known bugs of the applications of a command line.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// The bugs, in the order of the table.
    pub bugs: &'static [KnownBug],
    /// An application that shows that the search itself works.
    pub canary: Canary,
}

impl Catalogue {
    /// Returns the bug of this name.
    pub fn find(&self, name: &str) -> Option<&'static KnownBug> {
        self.bugs.iter().find(|bug| bug.name == name)
    }
}

/// A known bug: an application that has it, and the promise that it breaks.
#[derive(Clone)]
pub struct KnownBug {
    /// The name of the bug.
    pub name: &'static str,
    /// The application that has it.
    pub app: &'static dyn App,
    /// The promise that it must break.
    pub promise: Property,
    /// The mistake of the programmer.
    pub mistake: &'static str,
    /// The file of the mistake.
    pub file: &'static str,
    /// The bug that keeps this one from ever showing. A hidden bug is not hunted.
    pub hidden_by: Option<&'static str>,
    /// True if the application has other bugs as well. A hunt then makes this promise its only one.
    pub is_one_of_many: bool,
    /// Reports whether this bug, and no other one, broke the promise in a run.
    pub is_cause: fn(&Run, &Violation) -> bool,
}

impl fmt::Debug for KnownBug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} breaks {}", self.name, self.promise.id)
    }
}

/// An application that must fail on certain seeds. If a search reports other seeds, its silence
/// about an application means nothing.
#[derive(Clone, Copy)]
pub struct Canary {
    /// The application.
    pub app: &'static dyn App,
    /// Reports whether the application must fail on a plan.
    pub fails_on: fn(&Plan) -> bool,
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Canary").field(&self.app.name()).finish()
    }
}
