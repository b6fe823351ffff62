//! The settings of a server.

use std::time::Duration;

use stormglass_aws::gateway::Limits;

use crate::faults::Faults;

/// The most invocations at one time that AWS allows an account, unless it is raised.
const CONCURRENCY_MAX: u32 = 1_000;

/// The time for which an idle process is kept: AWS keeps one for 5 to 15 minutes (FACTS 18.8).
const PROCESS_IDLE_MAX: Duration = Duration::from_secs(5 * 60);

/// The settings of a gateway and of the functions behind it. The defaults are those of a
/// simulation.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The quotas of the account, and the times after which connections end.
    pub limits: Limits,
    /// The timeout of every function of an application, instead of those of its stack.
    pub function_timeout: Option<Duration>,
    /// The most invocations at one time.
    pub concurrency_max: u32,
    /// The time after which a process of a project ends that no event came to.
    pub process_idle_max: Duration,
    /// The faults to inject.
    pub faults: Faults,
}

impl Default for ServerSettings {
    fn default() -> ServerSettings {
        ServerSettings {
            limits: Limits::default(),
            function_timeout: None,
            concurrency_max: CONCURRENCY_MAX,
            process_idle_max: PROCESS_IDLE_MAX,
            faults: Faults::none(),
        }
    }
}
