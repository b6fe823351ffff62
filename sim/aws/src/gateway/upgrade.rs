//! The upgrade request of a client, as the gateway sees it.

use std::collections::BTreeMap;

/// What a client asks for in its upgrade request.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// Headers beyond those that every WebSocket client sends.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The query string, decoded.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Another stage than that of the API, which is refused (FACTS 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Whether it is a plain HTTP GET that asks for no WebSocket at all (FACTS 1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
}

impl Upgrade {
    /// Whether it asks for a socket and says nothing more.
    pub fn is_default(&self) -> bool {
        *self == Upgrade::default()
    }
}
