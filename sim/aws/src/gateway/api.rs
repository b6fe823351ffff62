//! What is deployed: a stage, its routes, and the limits of its account.

use std::time::Duration;

use stormglass_spec::Time;
use stormglass_spec::quotas::{
    BURST_MAX, CONNECTION_DURATION_MAX, CONNECTS_PER_SECOND_MAX, IDLE_TIMEOUT,
    REQUESTS_PER_SECOND_MAX,
};

use super::closing::IDLE_LATENESS;
use super::route::Route;
use super::selection::{Selection, SelectionError};
use stormglass_spec::{EPOCH_MS, REGION};

/// The account in every ARN of a simulated service.
const ACCOUNT: &str = "123456789012";

/// What a stage is called.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The id of its API.
    pub api_id: String,
    /// Its name.
    pub name: String,
    /// The region of its API.
    pub region: String,
    /// The host that it is served at, if that is not the one of AWS.
    pub host: Option<String>,
    /// The wall clock at [`Time::ZERO`], in ms since 1970.
    pub epoch_ms: u64,
}

impl Default for Stage {
    fn default() -> Stage {
        Stage {
            api_id: "s7ormg1ass".to_owned(),
            name: "prod".to_owned(),
            region: REGION.to_owned(),
            host: None,
            epoch_ms: EPOCH_MS,
        }
    }
}

impl Stage {
    /// The host that it is served at: by default, the one that AWS would serve it at.
    pub fn domain_name(&self) -> String {
        if let Some(host) = &self.host {
            return host.clone();
        }
        format!("{}.execute-api.{}.amazonaws.com", self.api_id, self.region)
    }

    /// What a client that connects wants to invoke, as policies name it.
    pub(super) fn connect_arn(&self) -> String {
        let Stage { api_id, name, region, .. } = self;
        format!("arn:aws:execute-api:{region}:{ACCOUNT}:{api_id}/{name}/$connect")
    }

    pub(super) fn epoch_ms_at(&self, now: Time) -> u64 {
        self.epoch_ms + now.millis()
    }
}

/// The routes of an API, and how they are found.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) routes: Vec<Route>,
    pub(crate) selection: Selection,
    /// The function that decides who may connect.
    pub(crate) authorizer: Option<String>,
}

impl Api {
    /// An API of these routes, one of which an expression selects for each message, and of the
    /// function that decides who may connect.
    ///
    /// # Errors
    ///
    /// If the route selection expression is none.
    pub fn new(
        routes: Vec<Route>,
        route_selection: &str,
        authorizer: Option<String>,
    ) -> Result<Api, SelectionError> {
        Ok(Api { routes, selection: Selection::parse(route_selection)?, authorizer })
    }

    /// Its routes.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub(super) fn route(&self, key: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.key == key)
    }

    /// The route of a message; `None` if nothing matches and there is no `$default` (FACTS 2.3).
    ///
    /// Keys that begin with `$` are the gateway's own (FACTS 2.16): if they `are_reserved`, a
    /// client cannot select them.
    pub(super) fn select(&self, text: &str, are_reserved: bool) -> Option<&Route> {
        let key = self.selection.evaluate(text);
        let key = key.filter(|key| !(are_reserved && key.starts_with('$')));
        key.and_then(|key| self.route(&key)).or_else(|| self.route("$default"))
    }
}

/// What an account may do at most, and what the gateway makes of cases that nobody has published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages of clients and calls of `@connections`, together.
    pub requests_per_second: u32,
    /// How many of those may come at once.
    pub burst: u32,
    /// Handshakes.
    pub connects_per_second: u32,
    /// How many messages wait for a client that does not read (FACTS 3.5). How many AWS keeps,
    /// nobody has published.
    pub buffer_frames_max: u32,
    /// Whether a message that selects a key with `$` goes to `$default` (FACTS 2.16). On some
    /// emulators such a message reaches the function of `$connect` or `$disconnect`.
    pub routes_reserved: bool,
    /// Whether a ping of a client counts as traffic (FACTS 3.2).
    pub pings_reset_idle: bool,
    /// How long a connection may be silent before it is closed (FACTS 3.2).
    pub silence_max: Duration,
    /// How long a connection may live (FACTS 3.1).
    pub duration_max: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests_per_second: REQUESTS_PER_SECOND_MAX,
            burst: BURST_MAX,
            connects_per_second: CONNECTS_PER_SECOND_MAX,
            buffer_frames_max: 32,
            routes_reserved: true,
            pings_reset_idle: false,
            silence_max: IDLE_TIMEOUT + IDLE_LATENESS,
            duration_max: CONNECTION_DURATION_MAX,
        }
    }
}
