//! How the service is deployed: the part of a plan that no client has a hand in.

use std::time::Duration;

use stormglass_spec::quotas::{BURST_MAX, REQUESTS_PER_SECOND_MAX};

/// How the service is deployed, and what AWS is like that day.
///
/// The defaults are AWS's own, or the usual case where AWS says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The most rows on one page of a scan, for crossing pages in small worlds; the real limit of
    /// 1 MB holds as well (FACTS 6.1).
    pub page_rows_max: Option<u32>,
    /// How far an eventually consistent read may be behind (FACTS 6.4).
    pub replica_lag: Duration,
    /// The longest that DynamoDB takes to remove a row that has expired; each row has its own
    /// share of it (FACTS 6.10).
    pub expiry_lag: Duration,
    /// The timeout of every Lambda function.
    pub lambda_timeout: Duration,
    /// The most invocations at one time (FACTS 4.9). A new account's quota is 1,000.
    pub lambda_concurrency: u32,
    /// How many messages and callbacks the account may send per second (FACTS 3.1).
    pub requests_per_second: u32,
    /// How many of them may come at once (FACTS 3.1).
    pub burst: u32,
    /// How many new connections the account may open per second (FACTS 3.1).
    pub connects_per_second: u32,
    /// How many messages the gateway keeps for a client that does not read them. Nobody has
    /// published AWS's own figure (FACTS 3.5).
    pub buffer_frames_max: u32,
    /// How long TCP repeats what nobody acknowledges before it gives a connection up (FACTS 4.5).
    /// Linux does so for 924.6 s.
    pub tcp_give_up: Duration,
    /// Whether keys that begin with `$` are the gateway's own (FACTS 2.16). Some emulators let
    /// clients select them.
    pub routes_reserved: bool,
    /// Whether a client's ping counts as traffic (FACTS 3.2: unknown, but nobody relies on it).
    pub pings_reset_idle: bool,
    /// Whether messages that were posted one after the other arrive in that order (FACTS 4.3: seen
    /// in practice, promised by nobody). `causal-order` rests on it.
    pub frames_ordered: bool,
}

impl Default for Deployment {
    fn default() -> Deployment {
        Deployment {
            page_rows_max: None,
            replica_lag: Duration::from_millis(500),
            expiry_lag: Duration::from_secs(48 * 60 * 60),
            lambda_timeout: Duration::from_secs(30),
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
