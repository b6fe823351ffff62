//! Readings of the answers of functions: lenient for HTTP APIs and function URLs (FACTS 16.2),
//! strict for REST APIs (FACTS 16.3).

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::Deserialize;
use serde_json::Value;

use super::{ClientAnswer, FrontKind};
use crate::gateway::RawResponse;

/// Reads the answer of a function behind an HTTP API or a function URL. `None` if it is malformed.
pub(super) fn read_lenient(kind: FrontKind, json: &str) -> Option<ClientAnswer> {
    let value: Value = serde_json::from_str(json).ok()?;
    if value.get("statusCode").is_none() {
        // The text and not the value: it is sent as the function wrote it.
        return Some(ClientAnswer::new(200, "application/json", json));
    }
    let response: LenientResponse = serde_json::from_value(value).ok()?;
    let body = response.body.unwrap_or_default();
    let is_encoded = response.is_base64_encoded.unwrap_or(false);
    let body = if is_encoded { base64::decode(body).ok()? } else { body.into_bytes() };
    let headers = response.headers.unwrap_or_default().into_iter();
    let headers = headers.filter_map(|(name, value)| value.map(|value| (name, value)));
    let cookies = response.cookies.unwrap_or_default().into_iter();
    let cookies = cookies.map(|cookie| ("set-cookie".to_owned(), cookie));
    // Both defaults are unpublished.
    let default_type = match kind {
        FrontKind::FunctionUrl => "application/json",
        FrontKind::HttpApi | FrontKind::RestApi => "text/plain;charset=UTF-8",
    };
    assemble(response.status_code, headers.chain(cookies), body, default_type)
}

/// Reads the answer of a function behind a REST API, which decodes its body only if the client
/// `accepts_binary`. `None` if it is malformed.
pub(super) fn read_strict(json: &str, accepts_binary: bool) -> Option<ClientAnswer> {
    let response: RawResponse = serde_json::from_str(json).ok()?;
    let body = response.body.unwrap_or_default();
    let is_encoded = response.is_base64_encoded.unwrap_or(false);
    let body =
        if is_encoded && accepts_binary { base64::decode(body).ok()? } else { body.into_bytes() };
    let multiple = response.multi_value_headers.unwrap_or_default().into_iter();
    let multiple: Vec<(String, String)> = multiple
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
        .collect();
    let single = response.headers.unwrap_or_default().into_iter();
    let single = single.filter_map(|(name, value)| value.map(|value| (name, value)));
    // A pair that is in both maps is sent once.
    let single: Vec<(String, String)> = single.filter(|pair| !multiple.contains(pair)).collect();
    let headers = single.into_iter().chain(multiple);
    assemble(response.status_code, headers, body, "application/json")
}

fn assemble(
    status: u16,
    headers: impl Iterator<Item = (String, String)>,
    body: Vec<u8>,
    default_type: &str,
) -> Option<ClientAnswer> {
    if !(100..600).contains(&status) {
        return None;
    }
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value));
    let answer = ClientAnswer { status, headers: headers.collect(), body };
    if answer.header("content-type").is_some() {
        return Some(answer);
    }
    Some(answer.with("content-type", default_type))
}

/// An answer with a `statusCode`. Fields that it does not have are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LenientResponse {
    status_code: u16,
    headers: Option<BTreeMap<String, Option<String>>>,
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}
