//! What a function may return (FACTS 1.5).

use std::collections::BTreeMap;

use serde::Deserialize;

/// A valid proxy response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyResponse {
    pub(crate) status: u16,
    pub(crate) body: Option<String>,
    headers: BTreeMap<String, String>,
}

impl ProxyResponse {
    /// Reads what a function returned; the error says why it is no proxy response.
    pub(crate) fn parse(json: &str) -> Result<ProxyResponse, String> {
        let wire: Wire = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if !(100..600).contains(&wire.status_code) {
            return Err(format!("statusCode {} is no HTTP status", wire.status_code));
        }
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, values) in wire.multi_value_headers.unwrap_or_default() {
            headers.insert(name, values.join(","));
        }
        for (name, value) in wire.headers.unwrap_or_default() {
            headers.extend(value.map(|value| (name, value)));
        }
        Ok(ProxyResponse { status: wire.status_code, body: wire.body, headers })
    }

    /// The value of a header, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Option<String>>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    #[serde(rename = "isBase64Encoded")]
    _is_base64_encoded: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_enough() {
        let response = ProxyResponse::parse(r#"{"statusCode":200}"#).expect("a valid response");
        assert_eq!((response.status, response.body), (200, None));
    }

    #[test]
    fn what_aws_calls_malformed_is_refused() {
        for json in [
            "null",
            "{}",
            "\"ok\"",
            r#"{"statusCode":"200"}"#,
            r#"{"statusCode":0}"#,
            r#"{"statusCode":200,"body":{}}"#,
            r#"{"statusCode":200,"ConnectionId":"x"}"#,
        ] {
            assert!(ProxyResponse::parse(json).is_err(), "{json}");
        }
    }

    #[test]
    fn header_names_have_no_case() {
        let json = r#"{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"chat"}}"#;
        let response = ProxyResponse::parse(json).expect("a valid response");
        assert_eq!(response.header("sec-websocket-protocol").as_deref(), Some("chat"));
    }
}
