//! The clients: the steps that they take and the messages that they receive.

use std::rc::Rc;
use std::time::Duration;

use stormglass_spec::Sketch;
use stormglass_spec::history::{Content, EventKind};
use stormglass_spec::name::{ClientName, ConnectionName, ConnectionPhase, MessageName};

use super::fate::{Fate, Leg};
use super::socket::{ArrivedFrame, Direction, End, Parcel, Socket};
use super::{Halt, Latency, Occurrence, World};
use crate::case::{Action, Client, Close, Handshake, Menu, Step, fill};
use crate::faults::{Fault, Site};
use crate::outcome::HarnessError;
use stormglass_aws::gateway::ClientMessage;
use stormglass_spec::hash;

/// A client in the middle of its plan.
#[derive(Debug)]
pub(super) struct ClientState {
    name: ClientName,
    steps: Rc<[Step]>,
    next: usize,
    /// The connection that the client talks on or waits for.
    socket: Option<ConnectionName>,
}

impl ClientState {
    /// Makes the states of a plan's client and its copies.
    pub(super) fn all_of(client: &Client) -> Vec<ClientState> {
        let steps: Rc<[Step]> = client.steps.clone().into();
        let names = client.names().into_iter();
        let states = names.map(|name| {
            let steps = Rc::clone(&steps);
            ClientState { name, steps, next: 0, socket: None }
        });
        states.collect()
    }

    /// Adds the progress of the client.
    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        // The plan determines the steps.
        let ClientState { name, next, socket, steps: _ } = self;
        sketch.text(name);
        sketch.count(*next);
        sketch.option(socket.as_deref(), Sketch::text);
    }
}

impl World<'_> {
    /// Plans the next step of a client, after a while.
    pub(super) fn plan_step(&mut self, client: usize, cause: Option<u32>) {
        let state = &mut self.clients[client];
        let mut idle = Duration::ZERO;
        while let Some(step) = state.steps.get(state.next) {
            match &step.action {
                Action::Idle(duration) => idle += *duration,
                Action::Within(most) => idle += part_of(*most, &state.name, step.ordinal),
                _ => break,
            }
            state.next += 1;
        }
        let Some(step) = state.steps.get(state.next) else { return };
        let key = state.name.step(step.action.kind(), step.ordinal);
        let leg = self.choose_for_arrival(&key, Menu::LEG).into_leg();
        let pause = idle + Latency::THINK.draw(&key);
        self.depart(pause, leg, cause, Occurrence::Step { client });
    }

    /// Takes the next step of a client, and the steps that follow it without a pause. A step that
    /// needs a socket does nothing if the client has none.
    pub(super) fn step(&mut self, client: usize) -> Result<(), Halt> {
        let mut cause = None;
        loop {
            let state = &mut self.clients[client];
            let Some(step) = state.steps.get(state.next).cloned() else { return Ok(()) };
            state.next += 1;
            match step.action {
                Action::Connect(handshake) => {
                    return self.connect(client, step.ordinal, handshake).map(|_| ());
                }
                Action::Abandon(handshake) => {
                    return self.abandon(client, step.ordinal, handshake);
                }
                _ => {}
            }
            if let Some(connection) = self.attached_socket(client) {
                cause = self.act(connection, &step)?.or(cause);
            }
            let state = &self.clients[client];
            if !state.steps.get(state.next).is_some_and(|next| next.at_once) {
                self.plan_step(client, cause);
                return Ok(());
            }
        }
    }

    /// The connection on which a client reads and writes.
    pub(super) fn attached_socket(&self, client: usize) -> Option<ConnectionName> {
        let connection = self.clients[client].socket.clone()?;
        (self.sockets.get(&connection).end == End::Attached).then_some(connection)
    }

    fn connect(
        &mut self,
        client: usize,
        ordinal: u32,
        handshake: Handshake,
    ) -> Result<ConnectionName, Halt> {
        // A client has one socket at a time: a new one ends the old one without a close frame.
        if let Some(abandoned) = self.attached_socket(client) {
            self.leave(&abandoned);
            self.record(None, EventKind::Vanished { connection: abandoned })?;
        }
        let name = &self.clients[client].name;
        let connection = name.connection(ordinal);
        let of_kind = self.app.handshake(name, handshake.kind.as_deref());
        let upgrade = handshake.upgrade(of_kind);
        let link = Latency::LINK.draw(&connection);
        self.clients[client].socket = Some(connection.clone());
        self.sockets.add(connection.clone(), Socket::new(client, link, &upgrade));
        let key = format!("{}.up", connection.invocation(ConnectionPhase::Connect));
        let Fate { leg, fault } = self.choose_for_arrival(&key, Menu::leg_to(Site::Handshake));
        let parcel = Parcel::Upgrade { upgrade, is_throttled: fault == Some(Fault::Throttled) };
        self.send(&connection, Direction::Up, leg, None, parcel);
        Ok(connection)
    }

    /// Asks for a connection that the client will leave before long.
    fn abandon(&mut self, client: usize, ordinal: u32, handshake: Handshake) -> Result<(), Halt> {
        let connection = self.connect(client, ordinal, handshake)?;
        self.sockets.get_mut(&connection).is_leaving = true;
        let key = format!("{}.leaves", connection.invocation(ConnectionPhase::Connect));
        let leg = self.choose_for_arrival(&key, Menu::LEG).into_leg();
        self.depart(Latency::THINK.draw(&key), leg, None, Occurrence::Leaves { connection });
        Ok(())
    }

    /// Makes a client leave, before or after the end of its handshake. Its operating system reports
    /// the end, and the gateway usually notices (FACTS 1.19).
    pub(super) fn leaves(&mut self, connection: &ConnectionName) -> Result<(), Halt> {
        let socket = self.sockets.get(connection);
        let client = socket.client;
        let mut cause = None;
        if socket.end != End::Left {
            cause = Some(self.break_off(connection, "left")?);
        }
        self.plan_step(client, cause);
        Ok(())
    }

    /// Ends a client's TCP connection without a close frame.
    fn break_off(&mut self, connection: &ConnectionName, how: &str) -> Result<u32, Halt> {
        self.leave(connection);
        let cause = self.record(None, EventKind::Vanished { connection: connection.clone() })?;
        let key = format!("{}.{how}", connection.invocation(ConnectionPhase::Connect));
        let Fate { leg, fault } = self.choose(&key, Menu::leg_to(Site::Leaving), Some(cause));
        if fault != Some(Fault::Unnoticed) {
            self.send(connection, Direction::Up, leg, Some(cause), Parcel::Broken);
        }
        Ok(cause)
    }

    /// Carries out a step on an attached connection. Returns the number of its event.
    fn act(&mut self, connection: ConnectionName, step: &Step) -> Result<Option<u32>, Halt> {
        let client = self.sockets.get(&connection).client;
        let (kind, ordinal) = (step.action.kind(), step.ordinal);
        let name = self.clients[client].name.step(kind, ordinal);
        match &step.action {
            Action::Broadcast(_) | Action::BroadcastOf(_) => {
                let Some(broadcasts) = self.app.broadcasts() else {
                    let (app, step) = (self.app.name().to_owned(), name.to_string());
                    return Err(Halt::Harness(HarnessError::NoBroadcasts { app, step }));
                };
                let data = step.action.data().unwrap_or_default();
                let text = broadcasts.message(&data);
                let data = broadcasts.expected(&data).into();
                let content = Content::Broadcast { data, text: text.as_str().into() };
                self.send_message(connection, name, content, ClientMessage::text(text))
            }
            Action::Text(text) => {
                let content = Content::Text(text.as_str().into());
                self.send_message(connection, name, content, ClientMessage::text(text.clone()))
            }
            Action::Frame(letters) => {
                let text = fill(*letters);
                let content = Content::Text(text.as_str().into());
                let largest_frame_bytes = text.len();
                let message = ClientMessage::Text { text, largest_frame_bytes };
                self.send_message(connection, name, content, message)
            }
            Action::Binary(bytes) => {
                let content = Content::Binary(bytes.len());
                self.send_message(connection, name, content, ClientMessage::Binary(bytes.clone()))
            }
            Action::Ping => self.ping(connection, name),
            Action::Stall(duration) => self.stall(connection, *duration),
            Action::Close(close) => self.close_socket(connection, &name, close.as_ref()),
            Action::Vanish => self.vanish(connection),
            Action::Connect(_) | Action::Abandon(_) | Action::Idle(_) | Action::Within(_) => {
                Ok(None)
            }
        }
    }

    fn send_message(
        &mut self,
        connection: ConnectionName,
        frame: MessageName,
        content: Content,
        message: ClientMessage,
    ) -> Result<Option<u32>, Halt> {
        let sent =
            EventKind::FrameSent { connection: connection.clone(), frame: frame.clone(), content };
        let cause = Some(self.record(None, sent)?);
        let key = format!("{frame}.up");
        let Fate { leg, fault } = self.choose(&key, Menu::leg_to(Site::Message), cause);
        let is_throttled = fault == Some(Fault::Throttled);
        let parcel = Parcel::Message { frame, message, is_throttled };
        self.send(&connection, Direction::Up, leg, cause, parcel);
        Ok(cause)
    }

    fn ping(
        &mut self,
        connection: ConnectionName,
        frame: MessageName,
    ) -> Result<Option<u32>, Halt> {
        let key = format!("{frame}.up");
        let content = Content::Ping;
        let sent = EventKind::FrameSent { connection: connection.clone(), frame, content };
        let cause = Some(self.record(None, sent)?);
        let leg = self.choose(&key, Menu::LEG, cause).into_leg();
        self.send(&connection, Direction::Up, leg, cause, Parcel::Ping);
        Ok(cause)
    }

    fn stall(
        &mut self,
        connection: ConnectionName,
        duration: Duration,
    ) -> Result<Option<u32>, Halt> {
        let until = self.now + duration;
        self.sockets.get_mut(&connection).stalled_until = Some(until);
        let cause =
            Some(self.record(None, EventKind::ReadingPaused { connection: connection.clone() })?);
        self.queue.push(until, 0, cause, Occurrence::Resumes { connection });
        Ok(cause)
    }

    /// Makes a client read again: first the messages that have arrived in the meantime.
    pub(super) fn resumes(
        &mut self,
        connection: &ConnectionName,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let socket = self.sockets.get_mut(connection);
        // A newer stall, or the end of the socket, makes this wake-up obsolete.
        if socket.end != End::Attached || socket.stalled_until != Some(self.now) {
            return Ok(());
        }
        socket.stalled_until = None;
        let unread = std::mem::take(&mut socket.unread);
        let is_closed = socket.close_is_unread;
        self.record(cause, EventKind::ReadingResumed { connection: connection.clone() })?;
        for frame in unread {
            self.receive(connection.clone(), frame)?;
        }
        if is_closed {
            self.leave(connection);
        }
        Ok(())
    }

    fn close_socket(
        &mut self,
        connection: ConnectionName,
        step: &MessageName,
        close: Option<&Close>,
    ) -> Result<Option<u32>, Halt> {
        self.leave(&connection);
        let code = close.map_or(1005, |close| close.code);
        let reason = close.map_or(String::new(), |close| close.reason.clone());
        let sent = EventKind::CloseSent { connection: connection.clone(), code };
        let cause = Some(self.record(None, sent)?);
        let leg = self.choose(&format!("{step}.up"), Menu::LEG, cause).into_leg();
        self.send(&connection, Direction::Up, leg, cause, Parcel::Close { code, reason });
        Ok(cause)
    }

    fn vanish(&mut self, connection: ConnectionName) -> Result<Option<u32>, Halt> {
        self.leave(&connection);
        let key = format!("{}.vanishes", connection.invocation(ConnectionPhase::Connect));
        let vanished = EventKind::Vanished { connection: connection.clone() };
        let cause = Some(self.record(None, vanished)?);
        let fault = self.choose(&key, Menu::at(Site::Vanishing), cause).into_fault();
        if fault == Some(Fault::Reset) {
            self.send(&connection, Direction::Up, Leg::default(), cause, Parcel::Broken);
        }
        Ok(cause)
    }

    fn leave(&mut self, connection: &ConnectionName) {
        let socket = self.sockets.get_mut(connection);
        socket.end = End::Left;
        socket.unread.clear();
    }

    /// Gives a client the answer to its upgrade request, after which it goes on with its plan. A
    /// browser that asked for a sub-protocol and got none fails the connection (FACTS 3.7).
    pub(super) fn answer_arrives_at_client(
        &mut self,
        connection: &ConnectionName,
        is_open: bool,
        has_protocol: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let socket = self.sockets.get_mut(connection);
        if socket.end == End::Left {
            return Ok(());
        }
        socket.end = if is_open { End::Attached } else { End::Left };
        let (client, is_leaving) = (socket.client, socket.is_leaving);
        let mut cause = cause;
        if is_open && socket.wants_protocol && !has_protocol {
            cause = Some(self.break_off(connection, "fails")?);
        }
        if !is_leaving {
            self.plan_step(client, cause);
        }
        Ok(())
    }

    /// Delivers a message to a client that may not read, or may not be there any more.
    pub(super) fn frame_arrives(
        &mut self,
        connection: ConnectionName,
        frame: ArrivedFrame,
    ) -> Result<(), Halt> {
        let socket = self.sockets.get_mut(&connection);
        match socket.end {
            End::Attached if socket.stalled_until.is_some() => {
                socket.unread.push_back(frame);
                Ok(())
            }
            End::Attached => self.receive(connection, frame),
            End::Asking | End::Left => {
                // TCP repeats the message to a client that is gone, and reports to the gateway when
                // it gives up. One timer is enough for all messages.
                if !socket.is_repeating {
                    socket.is_repeating = true;
                    let at = self.now + self.deployment.tcp_give_up;
                    self.queue.push_background(at, Occurrence::TcpGivesUp { connection });
                }
                Ok(())
            }
        }
    }

    fn receive(&mut self, connection: ConnectionName, frame: ArrivedFrame) -> Result<(), Halt> {
        let ArrivedFrame { body, origin, cause } = frame;
        let id = self.names.connection_id(&connection);
        self.gateway.on_frame_read(&id);
        self.record(cause, EventKind::FrameReceived { connection, body, origin }).map(|_| ())
    }

    /// Delivers the gateway's close frame. A client that does not read will get to it later.
    pub(super) fn close_frame_arrives(&mut self, connection: &ConnectionName) {
        let socket = self.sockets.get_mut(connection);
        if socket.stalled_until.is_some() {
            socket.close_is_unread = true;
        } else {
            self.leave(connection);
        }
    }

    /// Adds the simulator's own client, which connects at once and does nothing more.
    pub(super) fn add_closer(&mut self, name: &str) -> usize {
        self.clients.extend(ClientState::all_of(&Client::new(name, [])));
        self.clients.len() - 1
    }

    /// Makes a client connect now.
    pub(super) fn connect_now(&mut self, client: usize, ordinal: u32) -> Result<(), Halt> {
        self.connect(client, ordinal, Handshake::default()).map(|_| ())
    }

    /// Makes a client broadcast now, with a step that is not in its plan.
    pub(super) fn broadcast_now(
        &mut self,
        connection: ConnectionName,
        data: &str,
    ) -> Result<(), Halt> {
        self.act_now(connection, Action::Broadcast(data.to_owned()), 1)
    }

    /// Makes a client send a text now, which is the `number`th that is not in its plan.
    pub(super) fn say_now(
        &mut self,
        connection: ConnectionName,
        text: String,
        number: u32,
    ) -> Result<(), Halt> {
        self.act_now(connection, Action::Text(text), number)
    }

    /// Takes a step whose ordinal follows those of its kind in the plan of the client.
    fn act_now(
        &mut self,
        connection: ConnectionName,
        action: Action,
        number: u32,
    ) -> Result<(), Halt> {
        let client = self.sockets.get(&connection).client;
        let steps = self.clients[client].steps.iter();
        let alike = steps.filter(|step| step.action.kind() == action.kind());
        let last = alike.map(|step| step.ordinal).max().unwrap_or(0);
        let step = Step { ordinal: last + number, at_once: true, action };
        self.act(connection, &step).map(|_| ())
    }

    /// The name of the client of a connection.
    pub(super) fn client_of(&self, connection: &ConnectionName) -> ClientName {
        self.clients[self.sockets.get(connection).client].name.clone()
    }
}

/// The part of a duration that one step of a client draws.
fn part_of(most: Duration, client: &str, ordinal: u32) -> Duration {
    let draw = hash::keyed_for(stormglass_spec::CONSTANT, client, &format!("within {ordinal}"));
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(hash::below(draw, micros.saturating_add(1)))
}
