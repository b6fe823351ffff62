//! Events of REST APIs, in the format 1.0 (FACTS 16.3). A field without content is null.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::Serialize;
use serde::ser::Serializer;
use stormglass_spec::{CONSTANT, hash};

use super::headers::{Values, headers, query};
use super::visit::Visit;
use crate::ACCOUNT;
use crate::gateway::{request_time, trace_id};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    resource: &'a str,
    path: &'a str,
    http_method: &'a str,
    headers: LastValues<'a>,
    multi_value_headers: AllValues<'a>,
    query_string_parameters: Option<BTreeMap<&'a str, &'a str>>,
    multi_value_query_string_parameters: Option<&'a BTreeMap<String, Vec<String>>>,
    path_parameters: Option<&'a BTreeMap<&'a str, String>>,
    stage_variables: Option<&'a BTreeMap<String, String>>,
    request_context: RequestContext<'a>,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    resource_id: String,
    resource_path: &'a str,
    http_method: &'a str,
    extended_request_id: &'a str,
    request_time: String,
    path: String,
    account_id: &'a str,
    protocol: &'a str,
    stage: &'a str,
    domain_prefix: &'a str,
    request_time_epoch: u64,
    request_id: String,
    identity: Identity<'a>,
    domain_name: &'a str,
    api_id: &'a str,
}

/// The identity of a client without authentication: all but two fields are null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    cognito_identity_pool_id: (),
    account_id: (),
    cognito_identity_id: (),
    caller: (),
    source_ip: &'a str,
    principal_org_id: (),
    access_key: (),
    cognito_authentication_type: (),
    cognito_authentication_provider: (),
    user_arn: (),
    user_agent: Option<&'a str>,
    user: (),
}

/// Headers with the last of their values each.
struct LastValues<'a>(&'a Values);

impl Serialize for LastValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.values().map(|(name, values)| (name, values.last())))
    }
}

/// Headers with all their values.
struct AllValues<'a>(&'a Values);

impl Serialize for AllValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.values().map(|(name, values)| (name, values)))
    }
}

/// Writes the event of a function; `is_binary` puts its body in base64.
pub(super) fn write_event(visit: &Visit<'_>, is_binary: bool) -> String {
    let (request, stage) = (visit.request, visit.stage);
    let epoch_ms = stage.epoch_ms_at(visit.at);
    let headers = headers(request, &visit.place.host, trace_id(visit.id, epoch_ms));
    let query = query(request);
    let last_values: BTreeMap<&str, &str> = query
        .iter()
        .filter_map(|(name, values)| Some((name.as_str(), values.last()?.as_str())))
        .collect();
    let resource = visit.route.resource();
    let body = if is_binary {
        base64::encode(&request.body)
    } else {
        // Bytes that are no UTF-8 are lost, as on AWS without a list of binary types.
        String::from_utf8_lossy(&request.body).into_owned()
    };
    let event = Event {
        resource,
        // Through a custom domain the path of the mapping is a part of it.
        path: visit.path_in_domain(),
        http_method: &request.method,
        headers: LastValues(&headers),
        multi_value_headers: AllValues(&headers),
        query_string_parameters: some_if(last_values, !query.is_empty()),
        multi_value_query_string_parameters: some_if(&query, !query.is_empty()),
        path_parameters: some_if(&visit.variables, !visit.variables.is_empty()),
        stage_variables: some_if(&stage.variables, !stage.variables.is_empty()),
        request_context: RequestContext {
            resource_id: resource_id(&stage.api_id, resource),
            resource_path: resource,
            http_method: &request.method,
            extended_request_id: visit.id,
            request_time: request_time(epoch_ms),
            path: request.path.clone(),
            account_id: ACCOUNT,
            protocol: "HTTP/1.1",
            stage: &stage.name,
            domain_prefix: visit.domain_prefix(),
            request_time_epoch: epoch_ms,
            request_id: super::answer::request_id(visit.kind, visit.id),
            identity: Identity {
                cognito_identity_pool_id: (),
                account_id: (),
                cognito_identity_id: (),
                caller: (),
                source_ip: &request.source_ip,
                principal_org_id: (),
                access_key: (),
                cognito_authentication_type: (),
                cognito_authentication_provider: (),
                user_arn: (),
                user_agent: request.header("user-agent"),
                user: (),
            },
            domain_name: &visit.place.host,
            api_id: &stage.api_id,
        },
        body: some_if(body, !request.body.is_empty()),
        is_base64_encoded: is_binary && !request.body.is_empty(),
    };
    // A struct of strings and numbers always has a JSON form.
    serde_json::to_string(&event).expect("an event can be written as JSON")
}

fn some_if<T>(value: T, condition: bool) -> Option<T> {
    condition.then_some(value)
}

/// Returns the id of a resource: six characters.
fn resource_id(api_id: &str, resource: &str) -> String {
    let draw = hash::keyed_for(CONSTANT, api_id, resource);
    let characters = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digits = (0..6_u32).map(|place| (draw / 36_u64.pow(place)) % 36);
    let digits = digits.filter_map(|digit| characters.get(usize::try_from(digit).ok()?));
    digits.map(|digit| char::from(*digit)).collect()
}
