//! The deployment of the service: the part of a plan that is not about clients.

use std::time::Duration;

use stormglass_spec::quotas::{BURST_MAX, REQUESTS_PER_SECOND_MAX};

/// The settings of the deployed service and of AWS during a run.
///
/// The defaults are AWS's own, or the usual case if AWS documents none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The most rows on one page of a scan; `None` leaves only the real limit of 1 MB (FACTS 6.1).
    ///
    /// A low number makes scans of a small table take several pages.
    pub page_rows_max: Option<u32>,
    /// The longest time that an eventually consistent read may be behind (FACTS 6.4).
    pub replica_lag: Duration,
    /// The longest time that DynamoDB takes to remove a row that has expired (FACTS 6.10).
    ///
    /// Each row takes a different share of this time.
    pub expiry_lag: Duration,
    /// The longest time that any Lambda function may take, if that is shorter than its own
    /// timeout.
    pub lambda_timeout_max: Option<Duration>,
    /// The most invocations at one time (FACTS 4.9). A new account's quota is 1,000.
    pub lambda_concurrency: u32,
    /// The most messages and callbacks that the account may send per second (FACTS 3.1).
    pub requests_per_second: u32,
    /// The most messages and callbacks that may come at once (FACTS 3.1).
    pub burst: u32,
    /// The most new connections that the account may open per second (FACTS 3.1).
    pub connects_per_second: u32,
    /// The most messages that the gateway keeps for a client that does not read them.
    ///
    /// AWS's own figure is not published (FACTS 3.5).
    pub buffer_frames_max: u32,
    /// The time after which TCP gives up a connection whose peer acknowledges nothing.
    ///
    /// Until then TCP repeats the data (FACTS 4.5). Linux does so for 924.6 s.
    pub tcp_give_up: Duration,
    /// True if clients cannot select route keys that begin with `$` (FACTS 2.16).
    ///
    /// Some emulators let clients select them.
    pub routes_reserved: bool,
    /// True if a client's ping counts as traffic (FACTS 3.2: unknown, but no service relies on it).
    pub pings_reset_idle: bool,
    /// True if messages that were posted one after the other arrive in that order.
    ///
    /// AWS does so in practice, but promises it nowhere (FACTS 4.3). The promise `causal-order`
    /// depends on it.
    pub frames_ordered: bool,
}

/// Copies one setting of the second deployment to the first.
pub(crate) type CopySetting = fn(&mut Deployment, &Deployment);

impl Deployment {
    /// The settings, each as the function that copies it.
    pub(crate) const SETTINGS: [CopySetting; 13] = [
        |it, other| it.page_rows_max = other.page_rows_max,
        |it, other| it.replica_lag = other.replica_lag,
        |it, other| it.expiry_lag = other.expiry_lag,
        |it, other| it.lambda_timeout_max = other.lambda_timeout_max,
        |it, other| it.lambda_concurrency = other.lambda_concurrency,
        |it, other| it.requests_per_second = other.requests_per_second,
        |it, other| it.burst = other.burst,
        |it, other| it.connects_per_second = other.connects_per_second,
        |it, other| it.buffer_frames_max = other.buffer_frames_max,
        |it, other| it.tcp_give_up = other.tcp_give_up,
        |it, other| it.routes_reserved = other.routes_reserved,
        |it, other| it.pings_reset_idle = other.pings_reset_idle,
        |it, other| it.frames_ordered = other.frames_ordered,
    ];

    /// Takes every setting of `fixed` that differs from AWS's own.
    pub(crate) fn keep(&mut self, fixed: &Deployment) {
        let usual = Deployment::default();
        for copy in Deployment::SETTINGS {
            let mut probe = usual.clone();
            copy(&mut probe, fixed);
            if probe != usual {
                copy(self, fixed);
            }
        }
    }
}

impl Default for Deployment {
    fn default() -> Deployment {
        Deployment {
            page_rows_max: None,
            replica_lag: Duration::from_millis(500),
            expiry_lag: Duration::from_secs(48 * 60 * 60),
            lambda_timeout_max: None,
            lambda_concurrency: 1_000,
            requests_per_second: REQUESTS_PER_SECOND_MAX,
            burst: BURST_MAX,
            connects_per_second: 500,
            buffer_frames_max: 32,
            tcp_give_up: Duration::from_millis(924_600),
            routes_reserved: true,
            pings_reset_idle: false,
            frames_ordered: true,
        }
    }
}
