//! Deployments: a stage, the routes of its API, and the limits of its account.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::quotas::{
    BURST_MAX, CONNECTION_DURATION_MAX, CONNECTS_PER_SECOND_MAX, IDLE_TIMEOUT,
    REQUESTS_PER_SECOND_MAX,
};
use stormglass_spec::{EPOCH_MS, REGION, Time};

use super::closing::IDLE_LATENESS;
use super::route::Route;
use super::selection::{Selection, SelectionError};
use super::upgrade::Upgrade;
use crate::ACCOUNT;
use crate::domain::{CustomDomain, MappedStage};

/// The names of a stage: where clients and policies find it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The id of the API.
    pub api_id: String,
    /// The name of the stage.
    pub name: String,
    /// The region of the API.
    pub region: String,
    /// The host that serves the stage, if it is not the host of AWS.
    pub host: Option<String>,
    /// The wall clock at [`Time::ZERO`], in ms since 1970; before the year 10,000.
    pub epoch_ms: u64,
    /// The domain of one's own that maps the stage, if there is one (FACTS 18.1).
    pub custom_domain: Option<CustomDomain>,
    /// True if only the custom domain serves the stage (FACTS 18.1b).
    pub is_default_endpoint_disabled: bool,
    /// The variables of the stage. Events have them only if there are some (FACTS 18.1c).
    pub variables: BTreeMap<String, String>,
}

impl Default for Stage {
    fn default() -> Stage {
        Stage {
            api_id: "s7ormg1ass".to_owned(),
            name: "prod".to_owned(),
            region: REGION.to_owned(),
            host: None,
            epoch_ms: EPOCH_MS,
            custom_domain: None,
            is_default_endpoint_disabled: false,
            variables: BTreeMap::new(),
        }
    }
}

impl Stage {
    /// Returns the host that serves the stage; by default, the host at which AWS would serve it.
    pub fn domain_name(&self) -> String {
        if let Some(host) = &self.host {
            return host.clone();
        }
        format!("{}.execute-api.{}.amazonaws.com", self.api_id, self.region)
    }

    /// Returns the URL of `@connections`, for clients of the management API.
    ///
    /// ```
    /// use stormglass_aws::gateway::Stage;
    ///
    /// let stage = Stage { host: Some("localhost".to_owned()), ..Stage::default() };
    /// assert_eq!(stage.management_endpoint(), "https://localhost/prod");
    /// ```
    pub fn management_endpoint(&self) -> String {
        format!("https://{}/{}", self.domain_name(), self.name)
    }

    /// Returns the host and the path of an upgrade request, without a slash before the path. `None`
    /// if the request names a custom domain that does not map this stage.
    pub(super) fn address_of<'a>(&'a self, upgrade: &'a Upgrade) -> Option<(String, &'a str)> {
        let stage = upgrade.stage.as_deref();
        let Some(domain) = self.domain_of(upgrade) else {
            return Some((self.domain_name(), stage.unwrap_or(&self.name)));
        };
        let path = stage.or_else(|| domain.mapping_to(&self.api_id, &self.name))?;
        Some((domain.name.clone(), path))
    }

    /// Reports whether the stage is at this path of a host; the path has no slash before it.
    pub(super) fn is_at(&self, host: &str, path: &str) -> bool {
        let domain = self.custom_domain.as_ref().filter(|domain| domain.is_at(host));
        let Some(domain) = domain else {
            return !self.is_default_endpoint_disabled && path == self.name;
        };
        let path = format!("/{path}");
        let mapped = domain.resolve(host, &path);
        mapped.is_some_and(|mapped| {
            self.is_target(mapped.target) && mapped.rest.trim_end_matches('/').is_empty()
        })
    }

    /// Reports whether a mapping leads to this stage.
    pub(crate) fn is_target(&self, target: &MappedStage) -> bool {
        target.api_id == self.api_id && target.stage == self.name
    }

    /// Returns the custom domain of an upgrade request that names it in its `Host` header.
    pub(super) fn domain_of(&self, upgrade: &Upgrade) -> Option<&CustomDomain> {
        let domain = self.custom_domain.as_ref()?;
        upgrade.host().is_some_and(|host| domain.is_at(host)).then_some(domain)
    }

    /// Returns the ARN of `$connect`, as policies name it.
    pub(super) fn connect_arn(&self) -> String {
        let Stage { api_id, name, region, .. } = self;
        format!("arn:aws:execute-api:{region}:{ACCOUNT}:{api_id}/{name}/$connect")
    }

    /// Returns the wall clock at a time, in ms since 1970.
    pub(crate) fn epoch_ms_at(&self, now: Time) -> u64 {
        self.epoch_ms + now.millis()
    }
}

/// The routes of an API, and the expression that selects one.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) routes: Vec<Route>,
    pub(crate) selection: Selection,
    /// The function that lets clients connect, or refuses them.
    pub(crate) authorizer: Option<String>,
}

impl Api {
    /// Creates an API. The expression `route_selection` selects a route for each message; the
    /// function `authorizer`, if any, lets clients connect or refuses them.
    ///
    /// # Errors
    ///
    /// If the route selection expression is malformed.
    pub fn new(
        routes: Vec<Route>,
        route_selection: &str,
        authorizer: Option<String>,
    ) -> Result<Api, SelectionError> {
        Ok(Api { routes, selection: Selection::parse(route_selection)?, authorizer })
    }

    /// Returns the routes of the API.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub(super) fn route(&self, key: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.key == key)
    }

    /// Returns the route of a message. `None` if nothing matches and `$default` is missing
    /// (FACTS 2.3).
    ///
    /// Keys that begin with `$` are the gateway's own: if they `are_reserved`, a client cannot
    /// select them (FACTS 2.16).
    pub(super) fn select(&self, text: &str, are_reserved: bool) -> Option<&Route> {
        let key = self.selection.evaluate(text);
        let key = key.filter(|key| !(are_reserved && key.starts_with('$')));
        key.and_then(|key| self.route(&key)).or_else(|| self.route("$default"))
    }
}

/// The quotas of an account, and the choices in cases that AWS leaves unpublished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The rate of client messages and calls of `@connections`, together.
    pub requests_per_second: u32,
    /// The number of those that may come at once.
    pub burst: u32,
    /// The rate of handshakes.
    pub connects_per_second: u32,
    /// The number of messages that wait for a client that does not read (FACTS 3.5). AWS's number
    /// is unpublished.
    pub buffer_frames_max: u32,
    /// True if a message that selects a key with `$` goes to `$default` (FACTS 2.16). On some
    /// emulators such a message reaches the function of `$connect` or `$disconnect`.
    pub routes_reserved: bool,
    /// True if a ping of a client counts as traffic (FACTS 3.2).
    pub pings_reset_idle: bool,
    /// The silence after which a connection is closed (FACTS 3.2).
    pub silence_max: Duration,
    /// The age at which a connection is closed (FACTS 3.1).
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
