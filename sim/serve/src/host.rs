//! The functions that a server runs: handlers of an application, or processes of a project.

use std::fmt;

use stormglass_sim::App;
use stormglass_sim::stack::Stack;

use crate::runtime::DeployedProject;

/// The functions that a server runs.
#[derive(Clone, Copy)]
pub enum Host<'a> {
    /// The handlers of an application that is built into this process.
    App(&'static dyn App),
    /// The functions of a project, which are processes of their own.
    Project(&'a DeployedProject),
}

impl Host<'_> {
    /// Returns the name of the application or of the project.
    pub fn name(&self) -> &str {
        match self {
            Host::App(app) => app.name(),
            Host::Project(project) => project.name(),
        }
    }

    /// Returns the application, or the little that is known of the project's.
    pub fn app(&self) -> &'static dyn App {
        match self {
            Host::App(app) => *app,
            Host::Project(project) => project.app(),
        }
    }

    /// Returns the deployed parts of the application or of the project.
    pub(crate) fn stack(&self) -> Stack {
        self.app().stack()
    }
}

impl fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Host").field(&self.name()).finish()
    }
}
