//! The clients: the steps that they take and the messages that they receive.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::Sketch;
use stormglass_spec::history::{Content, EventKind};
use stormglass_spec::name::{ClientName, ConnectionName, ConnectionPhase, MessageName};

use super::fate::{Fate, Leg};
use super::programs::ProgramState;
use super::socket::{ArrivedFrame, Direction, End, Parcel, Socket};
use super::{Halt, Latency, Occurrence, World};
use crate::case::{Action, Client, Close, Handshake, Menu, Step, fill};
use crate::faults::{Fault, Site};
use crate::outcome::HarnessError;
use stormglass_aws::gateway::ClientMessage;
use stormglass_client::Event;
use stormglass_spec::hash;

/// A client in the middle of its plan.
#[derive(Debug)]
pub(super) struct ClientState {
    pub(super) name: ClientName,
    pub(super) steps: Rc<[Step]>,
    next: usize,
    /// The connection that the client talks on or waits for.
    pub(super) socket: Option<ConnectionName>,
    pub(super) program: ProgramState,
}

impl ClientState {
    /// Makes the states of a plan's client and its copies.
    pub(super) fn all_of(client: &Client) -> Vec<ClientState> {
        let steps: Rc<[Step]> = client.steps.clone().into();
        let names = client.names().into_iter();
        let states = names.map(|name| {
            let steps = Rc::clone(&steps);
            ClientState { name, steps, next: 0, socket: None, program: ProgramState::default() }
        });
        states.collect()
    }

    /// Adds the progress of the client.
    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        // The plan determines the steps.
        let ClientState { name, next, socket, program, steps: _ } = self;
        sketch.text(name);
        sketch.count(*next);
        sketch.option(socket.as_deref(), Sketch::text);
        program.sketch(sketch);
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
                    state.program.stop();
                    return self.connect(client, step.ordinal, handshake).map(|_| ());
                }
                Action::Abandon(handshake) => {
                    state.program.stop();
                    return self.abandon(client, step.ordinal, handshake);
                }
                Action::Run(program) => self.run_program(client, &program, step.ordinal)?,
                Action::Emit { target, payload } => {
                    let name = self.clients[client].name.step("e", step.ordinal);
                    cause = Some(self.emit(name, &target, payload)?);
                }
                _ if state.program.is_running() => self.act_beside_program(client, &step)?,
                _ => {
                    if let Some(connection) = self.attached_socket(client) {
                        cause = self.act(connection, &step)?.or(cause);
                    }
                }
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

    pub(super) fn connect(
        &mut self,
        client: usize,
        ordinal: u32,
        handshake: Handshake,
    ) -> Result<ConnectionName, Halt> {
        // A client has one socket at a time: a new one ends the old one without a close frame.
        self.drop_socket(client)?;
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
        if let Some((content, text)) = self.message_of(&step.action, &name)? {
            return self.send_message(connection, name, content, ClientMessage::text(text), None);
        }
        match &step.action {
            Action::Frame(letters) => {
                let text = fill(*letters);
                let content = Content::Text(text.as_str().into());
                let largest_frame_bytes = text.len();
                let message = ClientMessage::Text { text, largest_frame_bytes };
                self.send_message(connection, name, content, message, None)
            }
            Action::Binary(bytes) => {
                let content = Content::Binary(bytes.len());
                let message = ClientMessage::Binary(bytes.clone());
                self.send_message(connection, name, content, message, None)
            }
            Action::Ping => self.ping(connection, name),
            Action::Stall(duration) => self.stall(connection, *duration),
            Action::Close(None) => self.close_socket(connection, &name, 1005, ""),
            Action::Close(Some(Close { code, reason })) => {
                self.close_socket(connection, &name, *code, reason)
            }
            Action::Vanish => self.vanish(connection),
            Action::Connect(_)
            | Action::Abandon(_)
            | Action::Run(_)
            | Action::Broadcast(_)
            | Action::BroadcastOf(_)
            | Action::Text(_)
            | Action::Idle(_)
            | Action::Within(_)
            | Action::Emit { .. } => Ok(None),
        }
    }

    /// Takes a step of a client whose program runs: the program sends the messages, and learns of
    /// the end of its connection. A client that closes it is done with the program, too.
    fn act_beside_program(&mut self, client: usize, step: &Step) -> Result<(), Halt> {
        let name = self.clients[client].name.step(step.action.kind(), step.ordinal);
        if let Some((content, text)) = self.message_of(&step.action, &name)? {
            return self.ask(client, name, content, &text);
        }
        if matches!(step.action, Action::Close(_)) {
            self.clients[client].program.stop();
        }
        let Some(connection) = self.attached_socket(client) else { return Ok(()) };
        let cause = self.act(connection, step)?;
        if step.action == Action::Vanish {
            self.tell(client, Event::Lost, cause)?;
        }
        Ok(())
    }

    /// Returns the content and the text of a message that a step sends in the usual frames; `None`
    /// if it sends none.
    fn message_of(
        &self,
        action: &Action,
        step: &MessageName,
    ) -> Result<Option<(Content, String)>, Halt> {
        if let Action::Text(text) = action {
            return Ok(Some((Content::Text(text.as_str().into()), text.clone())));
        }
        let Some(data) = action.data() else { return Ok(None) };
        let Some(broadcasts) = self.app.broadcasts() else {
            let (app, step) = (self.app.name().to_owned(), step.to_string());
            return Err(Halt::Harness(HarnessError::NoBroadcasts { app, step }));
        };
        let text = broadcasts.message(&data);
        let data = broadcasts.expected(&data).into();
        Ok(Some((Content::Broadcast { data, text: text.as_str().into() }, text)))
    }

    pub(super) fn send_message(
        &mut self,
        connection: ConnectionName,
        frame: MessageName,
        content: Content,
        message: ClientMessage,
        cause: Option<u32>,
    ) -> Result<Option<u32>, Halt> {
        let sent =
            EventKind::FrameSent { connection: connection.clone(), frame: frame.clone(), content };
        let cause = Some(self.record(cause, sent)?);
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
        let unread_close = socket.unread_close;
        self.record(cause, EventKind::ReadingResumed { connection: connection.clone() })?;
        for frame in unread {
            self.receive(connection.clone(), frame)?;
        }
        match unread_close {
            Some(code) => self.read_close_frame(connection, code, cause),
            None => Ok(()),
        }
    }

    pub(super) fn close_socket(
        &mut self,
        connection: ConnectionName,
        step: &MessageName,
        code: u16,
        reason: &str,
    ) -> Result<Option<u32>, Halt> {
        self.leave(&connection);
        let reason = reason.to_owned();
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

    pub(super) fn leave(&mut self, connection: &ConnectionName) {
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
        let client = socket.client;
        let (is_leaving, is_of_program) = (socket.is_leaving, socket.is_of_program);
        let fails = is_open && socket.wants_protocol && !has_protocol;
        let cause = if fails { Some(self.break_off(connection, "fails")?) } else { cause };
        if is_of_program {
            let event = if is_open && !fails { Event::Opened } else { Event::Refused };
            return self.tell_about(connection, event, cause);
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
        let (name, text) = (connection.clone(), Arc::clone(&body));
        let received = EventKind::FrameReceived { connection, body, origin };
        let cause = self.record(cause, received)?;
        self.tell_about(&name, Event::Received(&text), Some(cause))
    }

    /// Delivers the gateway's close frame. A client that does not read will get to it later.
    pub(super) fn close_frame_arrives(
        &mut self,
        connection: &ConnectionName,
        code: u16,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let socket = self.sockets.get_mut(connection);
        if socket.stalled_until.is_some() {
            socket.unread_close = Some(code);
            return Ok(());
        }
        self.read_close_frame(connection, code, cause)
    }

    fn read_close_frame(
        &mut self,
        connection: &ConnectionName,
        code: u16,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let was_attached = self.sockets.get(connection).end == End::Attached;
        self.leave(connection);
        if was_attached {
            self.tell_about(connection, Event::Closed { code }, cause)
        } else {
            Ok(())
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
