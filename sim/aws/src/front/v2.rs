//! Events in the format 2.0, of HTTP APIs (FACTS 16.1) and function URLs (FACTS 16.4).
//!
//! A field without content is absent. The order of the parameters is unpublished: they are sorted.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::Serialize;
use serde_json::Value;

use super::FrontKind;
use super::headers::{headers, query};
use super::settings::media_type;
use super::visit::Visit;
use crate::ACCOUNT;
use crate::gateway::{request_time, trace_id};

/// The statement of an authorizer about a client; `None` inside if it made none.
type Grant<'a> = Option<&'a BTreeMap<String, Value>>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_source: Option<&'a [String]>,
    route_key: String,
    raw_path: String,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: &'a BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_base64_encoded: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stage_variables: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Authorizer<'a>>,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: String,
    route_key: String,
    stage: &'a str,
    time: String,
    time_epoch: u64,
}

/// A grant without a context is written as null: how AWS writes it is unpublished.
#[derive(Serialize)]
struct Authorizer<'a> {
    lambda: Grant<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: String,
    protocol: &'a str,
    source_ip: &'a str,
    user_agent: &'a str,
}

/// Writes the event of a function, with the statement of an authorizer if there was one.
pub(super) fn write_event(visit: &Visit<'_>, grant: Option<Grant<'_>>) -> String {
    let mut event = event(visit);
    event.request_context.authorizer = grant.map(|lambda| Authorizer { lambda });
    let (body, is_base64_encoded) = body(visit);
    event.body = body;
    event.is_base64_encoded = Some(is_base64_encoded);
    write(&event)
}

/// Writes the event of an authorizer, which has no body.
pub(super) fn write_authorizer_event(visit: &Visit<'_>, identity: &[String]) -> String {
    let (stage, method) = (visit.stage, &visit.request.method);
    let path = visit.path_in_stage();
    let arn = format!(
        "arn:aws:execute-api:{}:{ACCOUNT}:{}/{}/{method}{path}",
        stage.region, stage.api_id, stage.name
    );
    let mut event = event(visit);
    event.r#type = Some("REQUEST");
    event.route_arn = Some(arn);
    event.identity_source = Some(identity);
    write(&event)
}

/// Returns an event without a body, without an authorizer and without the fields of one.
fn event<'a>(visit: &'a Visit<'_>) -> Event<'a> {
    let (request, stage) = (visit.request, visit.stage);
    let epoch_ms = stage.epoch_ms_at(visit.at);
    let mut headers = headers(request, &visit.place.host, trace_id(visit.id, epoch_ms));
    // Cookies have a field of their own.
    let cookies = headers.remove("cookie").map(|(_, values)| values).unwrap_or_default();
    let cookies = cookies.iter().flat_map(|cookies| cookies.split(';'));
    let cookies = cookies.map(|cookie| cookie.trim().to_owned());
    let mut headers: BTreeMap<String, String> =
        headers.into_iter().map(|(name, (_, values))| (name, values.join(","))).collect();
    if visit.kind == FrontKind::HttpApi {
        let length = request.body.len().to_string();
        headers.entry("content-length".to_owned()).or_insert(length);
    }
    let raw_path = visit.raw_path();
    let query = query(request).into_iter().map(|(name, values)| (name, values.join(",")));
    Event {
        version: "2.0",
        r#type: None,
        route_arn: None,
        identity_source: None,
        route_key: visit.route.key(),
        raw_path: raw_path.clone(),
        raw_query_string: &request.query,
        cookies: cookies.filter(|cookie| !cookie.is_empty()).collect(),
        headers,
        query_string_parameters: query.collect(),
        request_context: RequestContext {
            account_id: if visit.is_anonymous { "anonymous" } else { ACCOUNT },
            api_id: &stage.api_id,
            authorizer: None,
            domain_name: &visit.place.host,
            domain_prefix: visit.domain_prefix(),
            http: Http {
                method: &request.method,
                path: raw_path,
                protocol: "HTTP/1.1",
                source_ip: &request.source_ip,
                user_agent: request.header("user-agent").unwrap_or_default(),
            },
            request_id: super::answer::request_id(visit.kind, visit.id),
            route_key: visit.route.key(),
            stage: &stage.name,
            time: request_time(epoch_ms),
            time_epoch: epoch_ms,
        },
        body: None,
        path_parameters: &visit.variables,
        is_base64_encoded: None,
        stage_variables: &stage.variables,
    }
}

/// Returns the body, and true if it is in base64: everything that is no text. The list of types
/// that AWS takes for text is unpublished; forms are not among them.
fn body(visit: &Visit<'_>) -> (Option<String>, bool) {
    let request = visit.request;
    if request.body.is_empty() {
        return (None, false);
    }
    let content_type = media_type(request.header("content-type").unwrap_or("text/plain"));
    let is_text = content_type.starts_with("text/")
        || content_type.ends_with("+json")
        || content_type.ends_with("+xml")
        || ["application/json", "application/xml", "application/javascript"]
            .contains(&content_type.as_str());
    match std::str::from_utf8(&request.body) {
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(base64::encode(&request.body)), true),
    }
}

fn write(event: &Event<'_>) -> String {
    // A struct of strings and numbers always has a JSON form.
    serde_json::to_string(event).expect("an event can be written as JSON")
}
