//! Lambda authorizers of HTTP APIs with simple responses (DG/http-api-lambda-authorizer).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{ClientRequest, FrontError};
use crate::form::read_form;

/// An authorizer of a route.
///
/// Only the first kind is modelled; [`super::Front::new`] refuses the others by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorizer {
    /// A function that returns `{"isAuthorized":true}`. Its answers are not cached.
    Simple {
        /// The function.
        function: String,
        /// The parts of a request without which the answer is 401 at once, such as
        /// `$request.header.Authorization`.
        identity_sources: Vec<String>,
    },
    /// A function that returns a policy.
    Policy,
    /// The check of a JSON Web Token.
    Jwt,
    /// The check of a signature of IAM.
    Iam,
}

impl Authorizer {
    /// Refuses an authorizer of a route that is not modelled.
    pub(super) fn check(&self, route: String) -> Result<(), FrontError> {
        let authorizer = match self {
            Authorizer::Simple { identity_sources, .. } => {
                let wrong = identity_sources.iter().find(|source| Source::parse(source).is_none());
                let wrong = wrong.map(|source| FrontError::IdentitySource(source.clone()));
                return wrong.map_or(Ok(()), Err);
            }
            Authorizer::Policy => "Lambda authorizers that return a policy",
            Authorizer::Jwt => "JWT authorizers",
            Authorizer::Iam => "IAM authorizers",
        };
        Err(FrontError::Unsupported { route, authorizer })
    }
}

/// The source of an identity.
enum Source<'a> {
    Header(&'a str),
    Query(&'a str),
}

impl Source<'_> {
    fn parse(source: &str) -> Option<Source<'_>> {
        let source = source.strip_prefix("$request.")?;
        let header = source.strip_prefix("header.").map(Source::Header);
        header.or_else(|| source.strip_prefix("querystring.").map(Source::Query))
    }

    fn value(&self, request: &ClientRequest) -> Option<String> {
        let value = match self {
            Source::Header(name) => request.header(name).map(str::to_owned),
            Source::Query(name) => {
                let pairs = read_form(&request.query).into_iter();
                pairs.rev().find(|(other, _)| other == name).map(|(_, value)| value)
            }
        };
        value.filter(|value| !value.is_empty())
    }
}

/// Returns the identity in a request. `None` if one of its sources is missing.
pub(super) fn identity(sources: &[String], request: &ClientRequest) -> Option<Vec<String>> {
    sources.iter().map(|source| Source::parse(source)?.value(request)).collect()
}

/// The decision of an authorizer about a request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Decision {
    /// The request goes on, with this statement about its client.
    Allow(Option<BTreeMap<String, Value>>),
    Deny,
    Malformed,
}

impl Decision {
    /// Parses the answer of an authorizer.
    pub(super) fn parse(json: &str) -> Decision {
        match serde_json::from_str::<SimpleResponse>(json) {
            Ok(SimpleResponse { is_authorized: true, context }) => Decision::Allow(context),
            Ok(_) => Decision::Deny,
            Err(_) => Decision::Malformed,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimpleResponse {
    is_authorized: bool,
    context: Option<BTreeMap<String, Value>>,
}
