//! Responses of functions (FACTS 1.5).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::reading::mistake_in;

/// A valid proxy response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyResponse {
    /// The `statusCode`.
    pub status: u16,
    /// The body, if any.
    pub body: Option<String>,
    /// The values of the headers, by name in lower case.
    headers: BTreeMap<String, String>,
}

impl ProxyResponse {
    /// Parses the return value of a function.
    ///
    /// # Errors
    ///
    /// The reason why it is no proxy response.
    pub fn parse(json: &str) -> Result<ProxyResponse, String> {
        let raw: RawResponse = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if !(100..600).contains(&raw.status_code) {
            return Err(format!("statusCode {} is no HTTP status", raw.status_code));
        }
        let single = raw.headers.unwrap_or_default().into_iter();
        let single = single.filter_map(|(name, value)| value.map(|value| (name, value)));
        let multiple = raw.multi_value_headers.unwrap_or_default().into_iter();
        let multiple = multiple.map(|(name, values)| (name, values.join(",")));
        // If a name is in both maps, the second one has its value.
        let headers = single.chain(multiple);
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Ok(ProxyResponse { status: raw.status_code, body: raw.body, headers })
    }

    /// Parses the return value of a function for people.
    ///
    /// # Errors
    ///
    /// The reason why it is no proxy response, with the key that is wrong.
    pub(super) fn explain(json: &str) -> Result<ProxyResponse, String> {
        ProxyResponse::parse(json)
            .map_err(|reason| mistake_in::<RawResponse>(json).unwrap_or(reason))
    }

    /// Returns the value of a header. `name` is in lower case.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).cloned()
    }
}

/// A proxy response as JSON has it. A field that is not here makes it malformed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RawResponse {
    pub(crate) status_code: u16,
    #[serde(default)]
    pub(crate) headers: Option<BTreeMap<String, Option<String>>>,
    #[serde(default)]
    pub(crate) multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    pub(crate) body: Option<String>,
    /// True if the body is in base64. AWS's use of it on a WebSocket route is unpublished.
    #[serde(default)]
    pub(crate) is_base64_encoded: Option<bool>,
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
            r#"{"statusCode":200,"cookies":[]}"#,
            r#"{"statusCode":null}"#,
            r#"{"statusCode":200,"isBase64Encoded":"yes"}"#,
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

    #[test]
    fn headers_with_many_values_count_and_go_first() {
        for (json, value) in [
            (r#"{"statusCode":200,"multiValueHeaders":{"X":["a","b"]}}"#, "a,b"),
            (r#"{"statusCode":200,"headers":{"X":"c"},"multiValueHeaders":{"x":["a"]}}"#, "a"),
        ] {
            let response = ProxyResponse::parse(json).expect("a valid response");
            assert_eq!(response.header("x").as_deref(), Some(value), "{json}");
        }
    }

    /// AWS's use of the flag on a WebSocket route is unpublished.
    #[test]
    fn a_body_in_base64_stays_as_it_is() {
        let json = r#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#;
        let response = ProxyResponse::parse(json).expect("a valid response");
        assert_eq!(response.body.as_deref(), Some("aGk="));
    }
}
