//! Visits: requests whose route has been found.

use std::collections::BTreeMap;

use stormglass_spec::Time;

use super::refusal::Refusal;
use super::route::HttpRoute;
use super::{ClientRequest, FrontKind};
use crate::gateway::Stage;

/// A request whose route has been found.
#[derive(Clone, Debug)]
pub(super) struct Visit<'a> {
    pub(super) kind: FrontKind,
    pub(super) stage: &'a Stage,
    pub(super) request: &'a ClientRequest,
    /// The id that the driver gave to the request.
    pub(super) id: &'a str,
    /// The time of the request.
    pub(super) at: Time,
    pub(super) route: &'a HttpRoute,
    /// The values of the variables in the path of the route.
    pub(super) variables: BTreeMap<&'a str, String>,
    pub(super) place: Place<'a>,
    /// True if the event of a function URL does not name its owner.
    pub(super) is_anonymous: bool,
}

/// The place of a request: the host that the client used, and the path within the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) host: String,
    /// The path after the stage or the mapping. It begins with a slash, or is empty.
    pub(super) rest: &'a str,
    /// True if the client used the custom domain.
    pub(super) is_custom: bool,
}

impl Visit<'_> {
    /// Returns the path with the stage, unless that is `$default` (FACTS 16.1). A mapping of a
    /// custom domain is no part of it (DG/http-api-develop-integrations-lambda).
    pub(super) fn raw_path(&self) -> String {
        if self.stage.name == "$default" {
            return self.path_in_stage().to_owned();
        }
        format!("/{}{}", self.stage.name, self.place.rest)
    }

    /// Returns the path without the stage.
    pub(super) fn path_in_stage(&self) -> &str {
        if self.place.rest.is_empty() { "/" } else { self.place.rest }
    }

    /// Returns the path without the stage, but with the mapping of a custom domain.
    pub(super) fn path_in_domain(&self) -> &str {
        if self.place.is_custom { &self.request.path } else { self.path_in_stage() }
    }

    /// Returns the first label of the host.
    pub(super) fn domain_prefix(&self) -> &str {
        let host = &self.place.host;
        host.split_once('.').map_or(host, |(prefix, _)| prefix)
    }
}

/// Finds the place of a request: at the custom domain if its `Host` header names that, else at the
/// host of the stage.
pub(super) fn place<'a>(
    kind: FrontKind,
    stage: &'a Stage,
    request: &'a ClientRequest,
) -> Result<Place<'a>, Refusal> {
    let host = request.header("host").unwrap_or_default();
    let domain = stage.custom_domain.as_ref().filter(|domain| domain.is_at(host));
    if let Some(domain) = domain {
        let mapped = domain.resolve(host, &request.path);
        let mapped = mapped.filter(|mapped| stage.is_target(mapped.target));
        let rest = mapped.ok_or(Refusal::UnknownStage)?.rest;
        return Ok(Place { host: domain.name.clone(), rest, is_custom: true });
    }
    if stage.is_default_endpoint_disabled {
        return Err(Refusal::UnknownStage);
    }
    let path = request.path.as_str();
    let rest = if stage.name == "$default" { Some(path) } else { after_stage(stage, path) };
    let rest = rest.ok_or(Refusal::UnknownStage)?;
    Ok(Place { host: own_host(kind, stage), rest, is_custom: false })
}

/// Returns the path after the stage. `None` if the path begins with another segment.
fn after_stage<'a>(stage: &Stage, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix('/')?.strip_prefix(stage.name.as_str())?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn own_host(kind: FrontKind, stage: &Stage) -> String {
    match (kind, &stage.host) {
        (FrontKind::FunctionUrl, None) => {
            format!("{}.lambda-url.{}.on.aws", stage.api_id, stage.region)
        }
        _ => stage.domain_name(),
    }
}
