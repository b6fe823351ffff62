//! Upgrade requests of clients.

use std::collections::BTreeMap;

/// An upgrade request, as far as it differs from that of any other client.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// Headers beyond those that every WebSocket client sends. `Host` is the host of the stage,
    /// unless it names the custom domain of the stage (FACTS 18.1).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The query string, decoded.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// The stage in the path. Any other than that of the API is refused (FACTS 1); `None` is that
    /// of the API. At a custom domain it is the path of a mapping instead (FACTS 18.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// True for a plain HTTP GET, which asks for no WebSocket at all (FACTS 1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
}

impl Upgrade {
    /// Reports whether the request has nothing but what every client sends.
    pub fn is_default(&self) -> bool {
        *self == Upgrade::default()
    }

    /// Returns the host in the headers.
    pub(super) fn host(&self) -> Option<&str> {
        let mut headers = self.headers.iter();
        let host = headers.find(|(name, _)| name.eq_ignore_ascii_case("host"));
        host.map(|(_, value)| value.as_str())
    }
}
