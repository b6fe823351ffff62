//! What clients do and see.

use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Name;
use stormglass_spec::history::{Content, Origin, What};

use super::{Halt, Happening, Latency, World};
use crate::case::{Action, Client, Step, Upgrade};
use crate::gateway::Message;

/// A client in the middle of its plan.
#[derive(Debug)]
pub(super) struct ClientState {
    name: Name,
    steps: Vec<Step>,
    next: usize,
    /// The connection it talks on, or waits for.
    socket: Option<Name>,
}

impl ClientState {
    pub(super) fn new(client: &Client) -> ClientState {
        let (name, steps) = (client.name.clone(), client.steps.clone());
        ClientState { name, steps, next: 0, socket: None }
    }
}

/// The client's end of a connection.
#[derive(Debug)]
pub(super) struct Socket {
    client: usize,
    /// One way, the same for every frame: frames of a connection keep their order.
    pub(super) link: Duration,
    /// Its client has the 101 and reads.
    is_attached: bool,
}

impl World<'_> {
    /// Plans the next step of a client, after a while.
    pub(super) fn plan_step(&mut self, client: usize, cause: Option<u32>) {
        let state = &mut self.clients[client];
        let mut idle = Duration::ZERO;
        while let Some(Step { action: Action::Idle(duration), .. }) = state.steps.get(state.next) {
            idle += *duration;
            state.next += 1;
        }
        let Some(step) = state.steps.get(state.next) else { return };
        let key = format!("{}.{}{}", state.name, step.action.kind(), step.ordinal);
        self.leg_after(idle, &key, Latency::THINK, cause, Happening::Step { client });
    }

    /// A client takes its next step. Without a socket, a step that needs one comes to nothing.
    pub(super) fn step(&mut self, client: usize) -> Result<(), Halt> {
        let state = &mut self.clients[client];
        let Some(step) = state.steps.get(state.next).cloned() else { return Ok(()) };
        state.next += 1;
        if let Action::Connect(upgrade) = step.action {
            return self.connect(client, step.ordinal, upgrade);
        }
        let cause = match self.attached_socket(client) {
            Some(connection) => self.act(connection, &step)?,
            None => None,
        };
        self.plan_step(client, cause);
        Ok(())
    }

    /// The connection on which a client reads and writes.
    pub(super) fn attached_socket(&self, client: usize) -> Option<Name> {
        let connection = self.clients[client].socket.clone()?;
        self.sockets.get(&connection)?.is_attached.then_some(connection)
    }

    fn connect(&mut self, client: usize, ordinal: u32, upgrade: Upgrade) -> Result<(), Halt> {
        if let Some(abandoned) = self.attached_socket(client) {
            self.detach(&abandoned);
            self.record(None, What::Vanished { connection: abandoned })?;
        }
        let connection: Name = format!("{}{ordinal}", self.clients[client].name).into();
        let link = Latency::LINK.draw(&connection);
        self.clients[client].socket = Some(connection.clone());
        self.sockets.insert(connection.clone(), Socket { client, link, is_attached: false });
        let at = self.now + link;
        self.queue.push(at, 0, None, Happening::UpgradeArrives { connection, upgrade });
        Ok(())
    }

    /// Does what a step says on an attached connection; gives the number of its event.
    fn act(&mut self, connection: Name, step: &Step) -> Result<Option<u32>, Halt> {
        let client = self.sockets[&connection].client;
        let frame: Name =
            format!("{}.{}{}", self.clients[client].name, step.action.kind(), step.ordinal).into();
        let (content, message) = match &step.action {
            Action::Broadcast(data) => {
                let text = self.app.broadcast(data);
                let data = self.app.expected(data).into();
                (Content::Broadcast { data, text: text.as_str().into() }, Message::text(text))
            }
            Action::Text(text) => {
                (Content::Text(text.as_str().into()), Message::text(text.clone()))
            }
            Action::Binary(bytes) => (Content::Binary(bytes.len()), Message::Binary(bytes.clone())),
            Action::Close(code) => return self.close_socket(connection, *code).map(Some),
            Action::Vanish => {
                self.detach(&connection);
                return self.record(None, What::Vanished { connection }).map(Some);
            }
            Action::Connect(_) | Action::Idle(_) => return Ok(None),
        };
        let at = self.now + self.sockets[&connection].link;
        let sent =
            What::FrameSent { connection: connection.clone(), frame: frame.clone(), content };
        let cause = Some(self.record(None, sent)?);
        self.queue.push(at, 0, cause, Happening::MessageArrives { connection, frame, message });
        Ok(cause)
    }

    fn close_socket(&mut self, connection: Name, code: Option<u16>) -> Result<u32, Halt> {
        self.detach(&connection);
        let code = code.unwrap_or(1005);
        let at = self.now + self.sockets[&connection].link;
        let sent = What::CloseSent { connection: connection.clone(), code };
        let cause = self.record(None, sent)?;
        self.queue.push(at, 0, Some(cause), Happening::CloseArrives { connection, code });
        Ok(cause)
    }

    fn detach(&mut self, connection: &Name) {
        if let Some(socket) = self.sockets.get_mut(connection) {
            socket.is_attached = false;
        }
    }

    /// The answer to an upgrade request arrives: the client goes on with its plan.
    pub(super) fn handshake_settles(
        &mut self,
        connection: &Name,
        opened: bool,
        cause: Option<u32>,
    ) {
        let Some(socket) = self.sockets.get_mut(connection) else { return };
        socket.is_attached = opened;
        let client = socket.client;
        self.plan_step(client, cause);
    }

    /// A message arrives at a client, if it still reads.
    pub(super) fn frame_arrives(
        &mut self,
        connection: Name,
        body: Arc<str>,
        origin: Origin,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        if self.sockets.get(&connection).is_some_and(|socket| socket.is_attached) {
            self.gateway.taken(&self.names.connection_id(&connection));
            self.record(cause, What::FrameReceived { connection, body, origin })?;
        }
        Ok(())
    }

    pub(super) fn close_frame_arrives(&mut self, connection: &Name) {
        self.detach(connection);
    }

    /// Adds the simulator's own client, which connects at once and does nothing more.
    pub(super) fn add_closer(&mut self, name: &str) -> usize {
        self.clients.push(ClientState::new(&Client::new(name, [])));
        self.clients.len() - 1
    }

    /// Has a client connect now.
    pub(super) fn connect_now(&mut self, client: usize, ordinal: u32) -> Result<(), Halt> {
        self.connect(client, ordinal, Upgrade::default())
    }

    /// Has a client broadcast now, with a step that its plan does not hold.
    pub(super) fn broadcast_now(&mut self, connection: Name, data: &str) -> Result<(), Halt> {
        let ordinal = 1 + self.broadcasts_sent(&connection);
        let step = Step { ordinal, action: Action::Broadcast(data.to_owned()) };
        self.act(connection, &step).map(|_| ())
    }

    /// The highest ordinal among the broadcasts of a connection's client.
    fn broadcasts_sent(&self, connection: &Name) -> u32 {
        let client = self.sockets[connection].client;
        let steps = self.clients[client].steps.iter();
        let broadcasts = steps.filter(|step| matches!(step.action, Action::Broadcast(_)));
        broadcasts.map(|step| step.ordinal).max().unwrap_or(0)
    }
}
