//! What the outside world does: clients with their steps, and how the service is deployed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_aws::gateway::Upgrade;
use stormglass_spec::name::ClientName;

use super::Deployment;

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

/// A client and what it does, one step after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name: lower-case letters only, so that `ana1` can be ana's first connection.
    pub name: ClientName,
    /// How many of its kind there are. Copies are named `herda`, `herdb` and so on.
    pub copies: u32,
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
            Step { ordinal, at_once: false, action }
        });
        Client { name: name.into(), copies: 1, steps: steps.collect() }
    }

    /// The names of all copies.
    pub fn names(&self) -> Vec<ClientName> {
        if self.copies == 1 {
            return vec![self.name.clone()];
        }
        (1..=self.copies).map(|copy| self.name.copy(copy)).collect()
    }
}

/// One step of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which of the client's steps of this kind it is. It stays when earlier steps are deleted, so
    /// that every key that it is part of stays as well.
    pub ordinal: u32,
    /// Whether it follows the step before it without a pause.
    pub at_once: bool,
    /// What the client does.
    pub action: Action,
}

/// What a client can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask for a WebSocket and wait for the answer. An open socket is abandoned without a word.
    Connect(Upgrade),
    /// Ask for a WebSocket, and be gone soon after, perhaps before the answer (FACTS 1.19).
    Abandon(Upgrade),
    /// Send a broadcast with this JSON value as its data, exactly as it is written here.
    Broadcast(String),
    /// Send a broadcast with a string of so many letters as its data.
    BroadcastOf(u32),
    /// Send a text message.
    Text(String),
    /// Send a text message of so many letters in a single frame.
    Frame(u32),
    /// Send a binary message.
    Binary(Vec<u8>),
    /// Send a ping.
    Ping,
    /// Do nothing for a while.
    Idle(Duration),
    /// Do nothing for a while of its own, which is at most so long.
    Within(Duration),
    /// Read nothing for a while, whatever else it does.
    Stall(Duration),
    /// Close the socket, with a code and a reason or with an empty close frame.
    Close(Option<Close>),
    /// Be gone without a close.
    Vanish,
}

/// What a client says when it closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code (RFC 6455, 7.4).
    pub code: u16,
    /// The reason; may be empty.
    pub reason: String,
}

impl Action {
    /// The kind of step, as it stands in keys and names. What makes a connection, a broadcast or
    /// a text shares its kind, because the kind and the ordinal name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Action::Connect(_) | Action::Abandon(_) => "c",
            Action::Broadcast(_) | Action::BroadcastOf(_) => "b",
            Action::Text(_) | Action::Frame(_) => "t",
            Action::Binary(_) => "x",
            Action::Ping => "p",
            Action::Idle(_) => "i",
            Action::Within(_) => "w",
            Action::Stall(_) => "s",
            Action::Close(_) => "q",
            Action::Vanish => "v",
        }
    }

    /// Whether it sends a message on an open socket.
    pub fn is_sent(&self) -> bool {
        matches!(
            self,
            Action::Broadcast(_)
                | Action::BroadcastOf(_)
                | Action::Text(_)
                | Action::Frame(_)
                | Action::Binary(_)
        )
    }

    /// The data of a broadcast, a JSON value exactly as written.
    pub fn data(&self) -> Option<Cow<'_, str>> {
        match self {
            Action::Broadcast(data) => Some(Cow::Borrowed(data)),
            Action::BroadcastOf(letters) => Some(Cow::Owned(format!("\"{}\"", fill(*letters)))),
            _ => None,
        }
    }
}

/// So many letters.
pub(crate) fn fill(letters: u32) -> String {
    "x".repeat(usize::try_from(letters).unwrap_or(usize::MAX))
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
