//! The programs of clients: the events that they learn of, and the actions that they take.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use stormglass_aws::gateway::ClientMessage;
use stormglass_client::{Action, Event, Program};
use stormglass_spec::Sketch;
use stormglass_spec::history::{Content, EventKind};
use stormglass_spec::name::{ConnectionName, MessageName};

use super::socket::End;
use super::{Halt, Occurrence, World};
use crate::case::{Action as StepAction, Handshake, Menu};
use crate::outcome::HarnessError;

/// The number of timers of a client that keep a run going. A program that never comes to rest has
/// done all that it will do by then; its later timers fire only if the run lasts so long.
const TIMERS_MAX: u32 = 200;

/// The program of a client, and the ordinals of everything that it does.
#[derive(Debug, Default)]
pub(super) struct ProgramState {
    program: Option<Box<dyn Program>>,
    /// The ordinal of the step that started it.
    ordinal: u32,
    connections: u32,
    messages: u32,
    timers: u32,
    /// The number of each timer that runs.
    running: BTreeMap<&'static str, u32>,
    /// The messages that the plan asks for, by their texts.
    asked: BTreeMap<String, AskedMessage>,
}

/// A message of the plan that is in the hands of a program.
#[derive(Clone, Debug)]
struct AskedMessage {
    content: Content,
    /// The steps that ask for it and that the program has not carried out.
    steps: Vec<MessageName>,
}

impl ProgramState {
    /// Reports whether a program runs.
    pub(super) fn is_running(&self) -> bool {
        self.program.is_some()
    }

    /// Reports whether a timer with this number will fire.
    pub(super) fn has_timer(&self, name: &str, number: u32) -> bool {
        self.running.get(name) == Some(&number)
    }

    /// Ends the program. The ordinals go on, so that no name comes up twice.
    pub(super) fn stop(&mut self) {
        self.program = None;
        self.running.clear();
        self.asked.clear();
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let is_used = self.program.is_some() || self.connections > 0;
        // The debug form of a program shows all of its state.
        sketch.option(is_used.then_some(self), |sketch, state| sketch.debug(state));
    }

    /// Returns the name and the content of a message that the program sends.
    ///
    /// A message that a step asks for has the name of the step, the first time. All others have
    /// ordinals of the program's own.
    fn name_message(&mut self, client: &str, text: &str) -> (MessageName, Content) {
        let asked = self.asked.get_mut(text);
        let step = asked.and_then(|asked| {
            let is_waiting = !asked.steps.is_empty();
            is_waiting.then(|| (asked.steps.remove(0), asked.content.clone()))
        });
        step.unwrap_or_else(|| {
            self.messages += 1;
            let content = self.asked.get(text).map(|asked| asked.content.clone());
            let content = content.unwrap_or_else(|| Content::Text(text.into()));
            (format!("{client}.r{}", self.messages).into(), content)
        })
    }
}

impl World<'_> {
    /// Starts the program of this name for a client. It takes the place of the one before, whose
    /// connection ends without a close, as if a page were loaded anew.
    pub(super) fn run_program(
        &mut self,
        client: usize,
        program: &str,
        ordinal: u32,
    ) -> Result<(), Halt> {
        self.drop_socket(client)?;
        let name = self.clients[client].name.clone();
        let Some(started) = self.app.program(program, &name) else {
            let (app, step) = (self.app.name().to_owned(), name.step("run", ordinal).to_string());
            let program = program.to_owned();
            return Err(Halt::Harness(HarnessError::NoProgram { app, step, program }));
        };
        let state = &mut self.clients[client].program;
        state.stop();
        state.program = Some(started);
        state.ordinal = ordinal;
        self.tell(client, Event::Started, None)
    }

    /// Hands a message of the plan to the program of a client, which sends it when it likes.
    pub(super) fn ask(
        &mut self,
        client: usize,
        step: MessageName,
        content: Content,
        text: &str,
    ) -> Result<(), Halt> {
        let asked = &mut self.clients[client].program.asked;
        let message = AskedMessage { content, steps: Vec::new() };
        asked.entry(text.to_owned()).or_insert(message).steps.push(step);
        self.tell(client, Event::Asked(text), None)
    }

    /// Tells the program of a client of an event, and carries out its actions. A client without a
    /// program does nothing.
    pub(super) fn tell(
        &mut self,
        client: usize,
        event: Event<'_>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let Some(program) = &mut self.clients[client].program.program else { return Ok(()) };
        for action in program.on(event) {
            self.carry_out_program(client, action, cause)?;
        }
        Ok(())
    }

    /// Tells the program of the client of a connection of an event.
    ///
    /// # Panics
    ///
    /// If the client has left the connection for another one.
    pub(super) fn tell_about(
        &mut self,
        connection: &ConnectionName,
        event: Event<'_>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let client = self.sockets.get(connection).client;
        let current = self.clients[client].socket.as_ref();
        assert_eq!(current, Some(connection), "a client reads on its last connection only");
        self.tell(client, event, cause)
    }

    /// Fires a timer of a client's program.
    pub(super) fn program_timer_fires(
        &mut self,
        client: usize,
        name: &'static str,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        self.clients[client].program.running.remove(name);
        self.tell(client, Event::TimerFired(name), cause)
    }

    fn carry_out_program(
        &mut self,
        client: usize,
        action: Action,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        match action {
            Action::Connect(request) => {
                self.clients[client].program.connections += 1;
                let made = self.clients[client].program.connections;
                let ordinal = self.connections_planned(client) + made;
                let connection = self.connect(client, ordinal, Handshake::from(request))?;
                self.sockets.get_mut(&connection).is_of_program = true;
                Ok(())
            }
            Action::Send(text) => self.program_sends(client, text, cause),
            Action::Present(text) => self.present(client, text.into(), cause),
            Action::StartTimer { name, after } => {
                self.start_program_timer(client, name, after, cause);
                Ok(())
            }
            Action::StopTimer(name) => {
                self.clients[client].program.running.remove(name);
                Ok(())
            }
            Action::Close(code) => {
                let Some(connection) = self.attached_socket(client) else { return Ok(()) };
                let step = format!("{}.ends", connection.as_str()).into();
                self.close_socket(connection, &step, code, "").map(|_| ())
            }
        }
    }

    fn program_sends(
        &mut self,
        client: usize,
        text: String,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let Some(connection) = self.attached_socket(client) else { return Ok(()) };
        let name = self.clients[client].name.clone();
        let (frame, content) = self.clients[client].program.name_message(&name, &text);
        let message = ClientMessage::text(text);
        self.send_message(connection, frame, content, message, cause).map(|_| ())
    }

    fn present(&mut self, client: usize, text: Arc<str>, cause: Option<u32>) -> Result<(), Halt> {
        let Some(connection) = self.clients[client].socket.clone() else { return Ok(()) };
        let state = &self.clients[client];
        let program = state.name.step("run", state.program.ordinal);
        self.record(cause, EventKind::Presented { program, connection, text }).map(|_| ())
    }

    fn start_program_timer(
        &mut self,
        client: usize,
        name: &'static str,
        after: Duration,
        cause: Option<u32>,
    ) {
        let client_name = self.clients[client].name.clone();
        let state = &mut self.clients[client].program;
        state.timers += 1;
        let number = state.timers;
        state.running.insert(name, number);
        let fires = Occurrence::ProgramTimerFires { client, name, number };
        if number > TIMERS_MAX {
            self.queue.push_background(self.now + after, fires);
            return;
        }
        let key = client_name.step("timer", number);
        let leg = self.choose_for_arrival(&key, Menu::LEG).into_leg();
        self.depart(after, leg, cause, fires);
    }

    /// The highest ordinal of the connections that the plan itself makes.
    fn connections_planned(&self, client: usize) -> u32 {
        let steps = self.clients[client].steps.iter();
        let connects = steps
            .filter(|step| matches!(step.action, StepAction::Connect(_) | StepAction::Abandon(_)));
        connects.map(|step| step.ordinal).max().unwrap_or(0)
    }

    /// Ends the connection of a client, or its request for one, without a close frame.
    pub(super) fn drop_socket(&mut self, client: usize) -> Result<(), Halt> {
        let Some(connection) = self.clients[client].socket.clone() else { return Ok(()) };
        if self.sockets.get(&connection).end == End::Left {
            return Ok(());
        }
        self.leave(&connection);
        self.record(None, EventKind::Vanished { connection }).map(|_| ())
    }
}
