//! The plan of the outside world: clients with their steps, and the deployment of the service.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_aws::gateway::Upgrade;
use stormglass_client::Request;
use stormglass_spec::name::ClientName;

use super::Deployment;

/// The name of the client that sends the last broadcast if no other client is left to send it.
pub(crate) const CLOSER: &str = "closer";

/// The name of the actor whose steps come neither from a client nor from a function.
pub const WORLD: &str = "world";

/// The plan of the outside world: the clients with their steps, and the deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The deployment of the service.
    pub deployment: Deployment,
    /// The clients; no two have the same name.
    pub clients: Vec<Client>,
}

/// A client and its steps, which it takes one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The name of the client: lower-case letters only, so that `ana1` can be ana's first
    /// connection.
    pub name: ClientName,
    /// The number of clients with these steps. Copies are named `herda`, `herdb` and so on.
    pub copies: u32,
    /// The steps of the client, in order.
    pub steps: Vec<Step>,
}

impl Client {
    /// Makes a client with these actions; each step gets its natural ordinal.
    pub fn new(name: &str, actions: impl IntoIterator<Item = Action>) -> Client {
        let mut ordinals = Ordinals::default();
        let steps = actions.into_iter().map(|action| {
            let ordinal = ordinals.natural(&action);
            ordinals.used(&action, ordinal);
            Step { ordinal, at_once: false, action }
        });
        Client { name: name.into(), copies: 1, steps: steps.collect() }
    }

    /// True if this is no client, but the actor for all else that comes from outside.
    pub fn is_world(&self) -> bool {
        self.name == *WORLD
    }

    /// Returns the names of all copies.
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
    /// The number of the step among the client's steps of its kind, from 1.
    ///
    /// It stays when earlier steps are deleted, so every key that contains it stays as well.
    pub ordinal: u32,
    /// True if the step follows the one before it without a pause.
    pub at_once: bool,
    /// The action of the client in this step.
    pub action: Action,
}

/// An action that a client can take in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask for a WebSocket and wait for the answer. The client first drops an open socket without
    /// a close.
    Connect(Handshake),
    /// Ask for a WebSocket, and be gone soon after, perhaps before the answer (FACTS 1.19).
    Abandon(Handshake),
    /// Leave the connecting to a program from here on. [`App::program`](crate::App::program) has
    /// the program of this name; it gets the messages of the next steps before they are sent.
    Run(String),
    /// Send a broadcast with this JSON value as its data, exactly as it is written here.
    Broadcast(String),
    /// Send a broadcast whose data is a string of this number of letters.
    BroadcastOf(u32),
    /// Send a text message.
    Text(String),
    /// Send a text message of this number of letters in a single frame.
    Frame(u32),
    /// Send a binary message.
    Binary(Vec<u8>),
    /// Send a ping.
    Ping,
    /// Do nothing for this time.
    Idle(Duration),
    /// Do nothing for a time that each client draws, and that is at most this long.
    Within(Duration),
    /// Read nothing for this time, while the next steps go on.
    Stall(Duration),
    /// Close the socket, with a code and a reason or with an empty close frame.
    Close(Option<Close>),
    /// Be gone without a close.
    Vanish,
    /// Let something happen outside: a step of the [`WORLD`], which is no client.
    Emit {
        /// The part of the stack that it reaches: a function, which is then invoked
        /// asynchronously, a queue, a topic, a schedule, or a route of HTTP such as `POST /news`.
        target: String,
        /// The payload, as a JSON value: an event, the text of a message, the body of a request.
        payload: String,
    },
}

/// The way in which a client asks for a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The kind, whose headers and query [`App::handshake`](crate::App::handshake) has; `None` is
    /// the usual kind.
    pub kind: Option<String>,
    /// The changes to that kind: further headers or other ones, and so on.
    pub changes: Upgrade,
}

impl Handshake {
    /// Returns the upgrade request of this handshake, which changes that of its kind.
    pub(crate) fn upgrade(self, of_kind: Upgrade) -> Upgrade {
        let Upgrade { mut headers, mut query, stage, plain } = of_kind;
        let changes = self.changes;
        headers.extend(changes.headers);
        query.extend(changes.query);
        let stage = changes.stage.or(stage);
        Upgrade { headers, query, stage, plain: plain || changes.plain }
    }
}

impl From<Request> for Handshake {
    /// Takes the handshake of a program.
    fn from(request: Request) -> Handshake {
        let Request { kind, headers, query } = request;
        Handshake { kind, changes: Upgrade { headers, query, ..Upgrade::default() } }
    }
}

impl From<Upgrade> for Handshake {
    /// Changes the usual handshake.
    fn from(changes: Upgrade) -> Handshake {
        Handshake { kind: None, changes }
    }
}

/// The code and the reason of a client's close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code (RFC 6455, 7.4).
    pub code: u16,
    /// The reason; may be empty.
    pub reason: String,
}

impl Action {
    /// Returns the kind of step, as it stands in keys and names.
    ///
    /// All actions that make a connection share one kind, as do all that make a broadcast and all
    /// that send a text: the kind and the ordinal name the connection or the message.
    pub fn kind(&self) -> &'static str {
        match self {
            Action::Connect(_) | Action::Abandon(_) => "c",
            Action::Run(_) => "run",
            Action::Broadcast(_) | Action::BroadcastOf(_) => "b",
            Action::Text(_) | Action::Frame(_) => "t",
            Action::Binary(_) => "x",
            Action::Ping => "p",
            Action::Idle(_) => "i",
            Action::Within(_) => "w",
            Action::Stall(_) => "s",
            Action::Close(_) => "q",
            Action::Vanish => "v",
            Action::Emit { .. } => "e",
        }
    }

    /// Returns true if the action sends a message on an open socket.
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

    /// Returns the data of a broadcast, a JSON value exactly as the plan writes it.
    pub fn data(&self) -> Option<Cow<'_, str>> {
        match self {
            Action::Broadcast(data) => Some(Cow::Borrowed(data)),
            Action::BroadcastOf(letters) => Some(Cow::Owned(format!("\"{}\"", fill(*letters)))),
            _ => None,
        }
    }
}

/// Returns a string of this number of letters.
pub(crate) fn fill(letters: u32) -> String {
    "x".repeat(usize::try_from(letters).unwrap_or(usize::MAX))
}

/// Counts the steps of each kind of one client.
#[derive(Debug, Default)]
pub(crate) struct Ordinals {
    last: BTreeMap<&'static str, u32>,
}

impl Ordinals {
    /// Returns the ordinal of the next step of this kind if the case gives no other one.
    pub(crate) fn natural(&self, action: &Action) -> u32 {
        self.last.get(action.kind()).map_or(1, |last| last.saturating_add(1))
    }

    /// Records the ordinal of a step.
    pub(crate) fn used(&mut self, action: &Action, ordinal: u32) {
        self.last.insert(action.kind(), ordinal);
    }
}
