//! What the outside world does: clients with their steps, and how the service is deployed.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Name;

/// The client that sends the last broadcast if nobody else is there to send it.
pub(crate) const CLOSER: &str = "closer";

/// What the outside world does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// How the service is deployed.
    pub deployment: Deployment,
    /// The clients, each with a name of its own.
    pub clients: Vec<Client>,
}

/// How the service is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The most rows on one page of a scan, for crossing pages in small worlds; the real limit of
    /// 1 MB holds as well (FACTS 6.1).
    pub page_rows_max: Option<u32>,
    /// How far an eventually consistent read may be behind (FACTS 6.4).
    pub replica_lag: Duration,
    /// The timeout of every Lambda function.
    pub lambda_timeout: Duration,
    /// The most invocations at one time.
    pub lambda_concurrency: Option<u32>,
}

impl Default for Deployment {
    fn default() -> Deployment {
        Deployment {
            page_rows_max: None,
            replica_lag: Duration::from_millis(500),
            lambda_timeout: Duration::from_secs(30),
            lambda_concurrency: None,
        }
    }
}

/// A client and what it does, one step after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name: lower-case letters only, so that `ana1` can be ana's first connection.
    pub name: Name,
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Client {
    /// A client that does these things, each step with its natural ordinal.
    pub fn new(name: &str, actions: impl IntoIterator<Item = Action>) -> Client {
        let mut ordinals = Ordinals::default();
        let steps = actions.into_iter().map(|action| {
            let ordinal = ordinals.natural(&action);
            ordinals.used(&action, ordinal);
            Step { ordinal, action }
        });
        Client { name: name.into(), steps: steps.collect() }
    }
}

/// One step of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which of the client's steps of this kind it is. It stays when earlier steps are deleted, so
    /// that every key that it is part of stays as well.
    pub ordinal: u32,
    /// What the client does.
    pub action: Action,
}

/// What a client can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask for a WebSocket and wait for the answer. An open socket is abandoned without a word.
    Connect(Upgrade),
    /// Send a broadcast with this JSON value as its data, exactly as it is written here.
    Broadcast(String),
    /// Send a text message.
    Text(String),
    /// Send a binary message.
    Binary(Vec<u8>),
    /// Do nothing for a while.
    Idle(Duration),
    /// Close the socket, with a code or with an empty close frame.
    Close(Option<u16>),
    /// Be gone without a close.
    Vanish,
}

impl Action {
    /// The kind of step, as it stands in keys and in a case's text.
    pub fn kind(&self) -> &'static str {
        match self {
            Action::Connect(_) => "c",
            Action::Broadcast(_) => "b",
            Action::Text(_) => "t",
            Action::Binary(_) => "x",
            Action::Idle(_) => "i",
            Action::Close(_) => "q",
            Action::Vanish => "v",
        }
    }
}

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

/// Counts the steps of each kind of one client.
#[derive(Debug, Default)]
pub(crate) struct Ordinals {
    last: BTreeMap<&'static str, u32>,
}

impl Ordinals {
    /// The ordinal that the next step of this kind has unless something else is said.
    pub(crate) fn natural(&self, action: &Action) -> u32 {
        self.last.get(action.kind()).map_or(1, |last| last.saturating_add(1))
    }

    /// Takes note of the ordinal that a step has.
    pub(crate) fn used(&mut self, action: &Action, ordinal: u32) {
        self.last.insert(action.kind(), ordinal);
    }
}
