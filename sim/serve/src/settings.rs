//! The settings of a server.

use std::time::Duration;

use stormglass_aws::gateway::Limits;

use crate::faults::Faults;

/// The settings of a gateway and of the functions behind it. The defaults are those of a
/// simulation.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The quotas of the account, and the times after which connections end.
    pub limits: Limits,
    /// The timeout of every function of an application. A project has a timeout for each function.
    pub function_timeout: Duration,
    /// The most invocations at one time. AWS has a quota; here there is none unless it is set.
    pub concurrency_max: u32,
    /// The faults to inject.
    pub faults: Faults,
}

impl Default for ServerSettings {
    fn default() -> ServerSettings {
        ServerSettings {
            limits: Limits::default(),
            function_timeout: Duration::from_secs(30),
            concurrency_max: u32::MAX,
            faults: Faults::none(),
        }
    }
}
