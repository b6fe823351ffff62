//! Events: the JSON that AWS hands to functions, field for field and in AWS's order
//! (FACTS 5.1 to 5.3).
//!
//! They are built by hand: the structs of `aws_lambda_events` can read them, but would write them
//! differently (FACTS 5.4).

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::Serializer;
use stormglass_spec::Time;

use super::Stage;
use super::authorizer::Grant;
use super::connection::Connection;
use super::stamp::{request_time, trace_id};
use super::upgrade::Upgrade;

/// A builder of events, with the content that all of them share.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventBuilder<'a> {
    pub(super) stage: &'a Stage,
    /// The time of the request.
    pub(super) at: Time,
    /// The id of the connection.
    pub(super) id: &'a str,
    /// The id of the request.
    pub(super) request: &'a str,
    pub(super) connection: &'a Connection,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Fields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<Lists<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_string_parameters: Option<Fields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_query_string_parameters: Option<Lists<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stage_variables: &'a BTreeMap<String, String>,
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
    disconnect_status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<&'a Grant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
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

/// The event of a REQUEST authorizer. Unlike that of `$connect`, it has the hop-by-hop headers of
/// the upgrade, and its maps may be empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizerEvent<'a> {
    r#type: &'a str,
    method_arn: String,
    headers: Fields<'a>,
    multi_value_headers: Lists<'a>,
    query_string_parameters: Fields<'a>,
    multi_value_query_string_parameters: Lists<'a>,
    stage_variables: &'a BTreeMap<String, String>,
    request_context: RequestContext<'a>,
}

/// Names and values, in the order in which they are written.
#[derive(Clone)]
struct Fields<'a>(Vec<(&'a str, String)>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Names and values like [`Fields`], with every value in a list of one.
struct Lists<'a>(Fields<'a>);

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.0.iter().map(|(name, value)| (name, [value])))
    }
}

impl<'a> EventBuilder<'a> {
    /// Writes the event of a REQUEST authorizer.
    pub(super) fn authorize(&self, upgrade: &Upgrade) -> String {
        let hop = [("Connection", "upgrade"), ("content-length", "0"), ("Upgrade", "websocket")];
        let headers = self.upgrade_headers(upgrade, &hop);
        let query = query(upgrade);
        write(&AuthorizerEvent {
            r#type: "REQUEST",
            method_arn: self.stage.connect_arn(),
            multi_value_headers: Lists(headers.clone()),
            headers,
            multi_value_query_string_parameters: Lists(query.clone()),
            query_string_parameters: query,
            stage_variables: &self.stage.variables,
            request_context: self.context("$connect", "CONNECT"),
        })
    }

    /// Writes the event of an upgrade (FACTS 5.1).
    pub(super) fn connect(&self, upgrade: &Upgrade) -> String {
        let headers = self.upgrade_headers(upgrade, &[]);
        let query = Some(query(upgrade)).filter(|query| !query.0.is_empty());
        write(&Event {
            multi_value_headers: Some(Lists(headers.clone())),
            headers: Some(headers),
            multi_value_query_string_parameters: query.clone().map(Lists),
            query_string_parameters: query,
            stage_variables: &self.stage.variables,
            request_context: self.context("$connect", "CONNECT"),
            body: None,
            is_base64_encoded: false,
        })
    }

    /// Writes the event of a text message (FACTS 5.2).
    pub(super) fn message(&self, route_key: &str, text: &str) -> String {
        let mut context = self.context(route_key, "MESSAGE");
        context.message_id = Some(message_id(self.request, self.id));
        write(&Event {
            headers: None,
            multi_value_headers: None,
            query_string_parameters: None,
            multi_value_query_string_parameters: None,
            stage_variables: &self.stage.variables,
            request_context: context,
            body: Some(text),
            is_base64_encoded: false,
        })
    }

    /// Writes the event after a close (FACTS 5.3).
    pub(super) fn disconnect(&self, code: u16, reason: &str) -> String {
        let mut context = self.context("$disconnect", "DISCONNECT");
        context.disconnect_status_code = Some(code);
        context.disconnect_reason = Some(reason);
        let headers = Fields(vec![
            ("Host", self.domain_name()),
            ("x-api-key", String::new()),
            ("X-Forwarded-For", String::new()),
            ("x-restapi", String::new()),
        ]);
        write(&Event {
            multi_value_headers: Some(Lists(headers.clone())),
            headers: Some(headers),
            query_string_parameters: None,
            multi_value_query_string_parameters: None,
            stage_variables: &self.stage.variables,
            request_context: context,
            body: None,
            is_base64_encoded: false,
        })
    }

    fn context<'b>(&'b self, route_key: &'b str, event_type: &'b str) -> RequestContext<'b> {
        let EventBuilder { stage, at, id, request, connection } = *self;
        let request_time_epoch = stage.epoch_ms_at(at);
        let user_agent = connection.user_agent.as_deref();
        RequestContext {
            route_key,
            disconnect_status_code: None,
            authorizer: connection.grant.as_ref(),
            message_id: None,
            event_type,
            extended_request_id: request,
            request_time: request_time(request_time_epoch),
            message_direction: "IN",
            disconnect_reason: None,
            stage: &stage.name,
            connected_at: stage.epoch_ms_at(connection.connected_at),
            request_time_epoch,
            identity: Identity { user_agent, source_ip: &connection.source_ip },
            request_id: request,
            domain_name: self.domain_name(),
            connection_id: id,
            api_id: &stage.api_id,
        }
    }

    /// Returns the host that the client used (FACTS 18.1).
    fn domain_name(&self) -> String {
        self.connection.domain.clone().unwrap_or_else(|| self.stage.domain_name())
    }

    /// Returns the headers of a client and those of the gateway, each name once, sorted without
    /// regard to case. The client's `Connection` and `Upgrade` are stripped; `added` can bring them
    /// back.
    fn upgrade_headers<'b>(
        &self,
        upgrade: &'b Upgrade,
        added: &[(&'static str, &'static str)],
    ) -> Fields<'b> {
        let key: String = self.id.chars().filter(char::is_ascii_alphanumeric).collect();
        let sent = upgrade.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let sent = sent.filter(|(name, _)| {
            !["connection", "upgrade"].contains(&name.to_ascii_lowercase().as_str())
        });
        let own = [
            ("Host", self.domain_name()),
            ("Sec-WebSocket-Key", format!("{key:A<22}==")),
            ("Sec-WebSocket-Version", "13".to_owned()),
            ("X-Amzn-Trace-Id", trace_id(self.request, self.stage.epoch_ms_at(self.at))),
            ("X-Forwarded-For", self.connection.source_ip.to_string()),
            ("X-Forwarded-Port", "443".to_owned()),
            ("X-Forwarded-Proto", "https".to_owned()),
        ];
        let added = added.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let all = sent.chain(own).chain(added);
        let sorted: BTreeMap<String, (&'b str, String)> =
            all.map(|(name, value)| (name.to_ascii_lowercase(), (name, value))).collect();
        Fields(sorted.into_values().collect())
    }
}

fn query(upgrade: &Upgrade) -> Fields<'_> {
    let query = upgrade.query.iter();
    Fields(query.map(|(name, value)| (name.as_str(), value.clone())).collect())
}

/// Returns the id of a message: the beginning of the request's id and the end of the connection's
/// (FACTS 5.5). Ids that AWS would not make are too short for that; then it is the request's id.
fn message_id(request: &str, connection: &str) -> String {
    let (Some(own), Some(tail)) = (request.get(..11), connection.get(11..)) else {
        return request.to_owned();
    };
    format!("{own}{tail}")
}

fn write(event: &impl Serialize) -> String {
    // A struct of strings and numbers always has a JSON form.
    serde_json::to_string(event).expect("an event can be written as JSON")
}
