//! The JSON that AWS hands to functions, field for field and in its order (FACTS 5.1 to 5.3).
//!
//! The events are built by hand: the structs of `aws_lambda_events` read them, but would write
//! something else (FACTS 5.4).

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use stormglass_spec::Time;
use time::OffsetDateTime;

use super::Stage;
use super::connection::Connection;
use crate::case::Upgrade;

const SOURCE_IP: &str = "203.0.113.7";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Headers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<MultiValue<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_string_parameters: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_query_string_parameters: Option<MultiValue<'a>>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    route_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_status_code: Option<u16>,
    event_type: &'a str,
    extended_request_id: &'a str,
    request_time: String,
    message_direction: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_reason: Option<&'a str>,
    stage: &'a str,
    connected_at: u64,
    request_time_epoch: u64,
    identity: Identity<'a>,
    request_id: &'a str,
    domain_name: String,
    connection_id: &'a str,
    api_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    source_ip: &'a str,
}

/// Names and values in the order in which they are written.
struct Headers<'a>(Vec<(&'a str, String)>);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The same with every value in a list of one.
struct MultiValue<'a>(Vec<(&'a str, String)>);

impl Serialize for MultiValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, &[value])?;
        }
        map.end()
    }
}

/// The event of an upgrade (FACTS 5.1).
pub(super) fn connect(
    stage: &Stage,
    now: Time,
    id: &str,
    request: &str,
    connection: &Connection,
    upgrade: &Upgrade,
) -> String {
    let headers = upgrade_headers(stage, id, upgrade);
    let query = (!upgrade.query.is_empty()).then_some(&upgrade.query);
    write(&Event {
        headers: Some(Headers(headers.clone())),
        multi_value_headers: Some(MultiValue(headers)),
        query_string_parameters: query,
        multi_value_query_string_parameters: query.map(|query| {
            MultiValue(query.iter().map(|(name, value)| (name.as_str(), value.clone())).collect())
        }),
        request_context: context(stage, now, id, request, connection, ("$connect", "CONNECT")),
        body: None,
        is_base64_encoded: false,
    })
}

/// The event of a text message (FACTS 5.2).
pub(super) fn message(
    stage: &Stage,
    now: Time,
    id: &str,
    request: &str,
    connection: &Connection,
    route_key: &str,
    text: &str,
) -> String {
    let mut context = context(stage, now, id, request, connection, (route_key, "MESSAGE"));
    context.message_id = Some(message_id(request, id));
    write(&Event {
        headers: None,
        multi_value_headers: None,
        query_string_parameters: None,
        multi_value_query_string_parameters: None,
        request_context: context,
        body: Some(text),
        is_base64_encoded: false,
    })
}

/// The event after a close (FACTS 5.3, 3.3).
pub(super) fn disconnect(
    stage: &Stage,
    now: Time,
    id: &str,
    request: &str,
    connection: &Connection,
    code: u16,
) -> String {
    let mut context = context(stage, now, id, request, connection, ("$disconnect", "DISCONNECT"));
    context.disconnect_status_code = Some(code);
    context.disconnect_reason = Some(reason(code));
    let headers = vec![
        ("Host", stage.domain_name()),
        ("x-api-key", String::new()),
        ("X-Forwarded-For", String::new()),
        ("x-restapi", String::new()),
    ];
    write(&Event {
        headers: Some(Headers(headers.clone())),
        multi_value_headers: Some(MultiValue(headers)),
        query_string_parameters: None,
        multi_value_query_string_parameters: None,
        request_context: context,
        body: None,
        is_base64_encoded: false,
    })
}

/// The reasons that were seen (FACTS 3.3); a close frame without a reason gives none.
fn reason(code: u16) -> &'static str {
    match code {
        1000 => "Connection Closed Normally",
        1001 => "Going away",
        1005 => "Client-side close frame status not set",
        _ => "",
    }
}

fn context<'a>(
    stage: &'a Stage,
    now: Time,
    id: &'a str,
    request: &'a str,
    connection: &'a Connection,
    (route_key, event_type): (&'a str, &'a str),
) -> RequestContext<'a> {
    let request_time_epoch = stage.epoch_ms_at(now);
    RequestContext {
        route_key,
        message_id: None,
        disconnect_status_code: None,
        event_type,
        extended_request_id: request,
        request_time: request_time(request_time_epoch),
        message_direction: "IN",
        disconnect_reason: None,
        stage: &stage.name,
        connected_at: stage.epoch_ms_at(connection.connected_at),
        request_time_epoch,
        identity: Identity { user_agent: connection.user_agent.as_deref(), source_ip: SOURCE_IP },
        request_id: request,
        domain_name: stage.domain_name(),
        connection_id: id,
        api_id: &stage.api_id,
    }
}

/// The headers that a client sends, and those that the gateway adds. `Connection` and `Upgrade`
/// are stripped.
fn upgrade_headers<'a>(stage: &Stage, id: &str, upgrade: &'a Upgrade) -> Vec<(&'a str, String)> {
    let key: String = id.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let mut headers = vec![
        ("Host", stage.domain_name()),
        ("Sec-WebSocket-Key", format!("{key:A<22}==")),
        ("Sec-WebSocket-Version", "13".to_owned()),
        ("X-Forwarded-For", SOURCE_IP.to_owned()),
        ("X-Forwarded-Port", "443".to_owned()),
        ("X-Forwarded-Proto", "https".to_owned()),
    ];
    headers.extend(upgrade.headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
    headers
}

/// A message id ends as its connection's id does (FACTS 5.5).
fn message_id(request: &str, connection: &str) -> String {
    let (Some(own), Some(tail)) = (request.get(..11), connection.get(11..)) else {
        return request.to_owned();
    };
    format!("{own}{tail}")
}

fn write(event: &Event<'_>) -> String {
    // A struct of strings and numbers always has a JSON form.
    serde_json::to_string(event).expect("an event can be written as JSON")
}

/// `29/Nov/2023:08:04:01 +0000`, from ms since 1970.
fn request_time(epoch_ms: u64) -> String {
    let seconds = i64::try_from(epoch_ms / 1_000).unwrap_or(0);
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let month = at.month().to_string();
    format!(
        "{:02}/{:.3}/{}:{:02}:{:02}:{:02} +0000",
        at.day(),
        month,
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_time_is_written_as_aws_writes_it() {
        assert_eq!(request_time(1_701_245_041_798), "29/Nov/2023:08:04:01 +0000");
        assert_eq!(request_time(1_709_164_800_000), "29/Feb/2024:00:00:00 +0000");
        assert_eq!(request_time(1_704_067_199_999), "31/Dec/2023:23:59:59 +0000");
    }
}
