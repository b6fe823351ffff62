//! The functions that a server runs: handlers of an application, or processes of a project.

use std::fmt;
use std::time::Duration;

use stormglass_sim::App;
use stormglass_sim::stack::Stack;
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use crate::runtime::DeployedProject;
use crate::settings::ServerSettings;

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

    /// Returns the longest time for which a function may run: processes have timeouts of their own,
    /// but the gateway waits for none of them any longer than this.
    pub(crate) fn function_timeout(&self, settings: &ServerSettings) -> Duration {
        match self {
            Host::App(_) => settings.function_timeout,
            Host::Project(_) => INTEGRATION_TIMEOUT,
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
