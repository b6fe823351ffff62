//! Sandboxes and the handlers in them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use stormglass_spec::Time;
use stormglass_spec::history::{EventKind, Outcome};
use stormglass_spec::name::{ConnectionName, InvocationName, MessageName};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::executor::{Answer, TaskId};
use super::fate::Fate;
use super::{Halt, Latency, Occurrence, World};
use crate::case::Menu;
use crate::faults::{Fault, Site};
use crate::seam::{CallId, Sdk};
use stormglass_aws::gateway::Route;
use stormglass_aws::gateway::{IntegrationOutcome, ProxyResponse, RequestId};
use stormglass_aws::lambda::{EventId, Lineage, Placement, SandboxId, function_arn};
use stormglass_spec::EPOCH_MS;
use stormglass_spec::hash;

/// The purpose of an invocation.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// The function of a route.
    Route(Route),
    /// An authorizer.
    Authorizer { function: String },
    /// The function for an event that another service than the gateway sends.
    Event { function: String, sender: Sender },
}

/// The service that sends an event, and that waits for the outcome of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// Lambda itself, for an asynchronous invocation.
    Lambda { event: EventId },
    /// The pollers of a queue, with a batch; `mapping` is their index.
    Queue { mapping: usize, batch: String },
    /// The caller of a synchronous invocation.
    Caller { call: CallId },
}

impl Purpose {
    pub(super) fn function(&self) -> &str {
        match self {
            Purpose::Route(route) => &route.function,
            Purpose::Authorizer { function } | Purpose::Event { function, .. } => function,
        }
    }

    /// True if the gateway sends the event.
    fn is_of_gateway(&self) -> bool {
        !matches!(self, Purpose::Event { .. })
    }

    /// True if the response of the function goes back to the client.
    fn is_two_way(&self) -> bool {
        matches!(self, Purpose::Route(route) if route.is_two_way)
    }

    /// The route key, as it stands in a history; the name of the function if there is none.
    fn label(&self) -> &str {
        match self {
            Purpose::Route(route) => &route.key,
            Purpose::Authorizer { .. } => "authorizer",
            Purpose::Event { function, .. } => function,
        }
    }
}

/// The outcome of a function, as the sender of its event learns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FunctionOutcome {
    /// The function returned this JSON.
    Response(String),
    /// The function failed with this error: a type, a colon and a message.
    Error(String),
    /// The process of the function ended before the function did, for this reason.
    Killed(String),
    /// Lambda had no capacity (FACTS 4.9).
    Throttled,
    /// Lambda failed, or its answer got lost.
    Unavailable,
    /// The gateway does not wait any longer (FACTS 3.1).
    TimedOut,
}

impl FunctionOutcome {
    /// The outcome as the gateway learns it.
    pub(super) fn for_gateway(self) -> IntegrationOutcome {
        match self {
            FunctionOutcome::Response(json) => IntegrationOutcome::Response(json),
            FunctionOutcome::Error(error) => IntegrationOutcome::from_error(&error),
            FunctionOutcome::Killed(_) | FunctionOutcome::Unavailable => IntegrationOutcome::Error,
            FunctionOutcome::Throttled => IntegrationOutcome::Throttled,
            FunctionOutcome::TimedOut => IntegrationOutcome::TimedOut,
        }
    }
}

/// An invocation of a function, from its event to its outcome.
#[derive(Debug)]
pub(super) struct InvocationState {
    pub(super) name: InvocationName,
    pub(super) request: RequestId,
    /// The connection that the event is about, if the gateway sends it.
    pub(super) connection: Option<ConnectionName>,
    /// The messages that the event brings, if another service sends it.
    pub(super) messages: Vec<MessageName>,
    pub(super) purpose: Purpose,
    /// The functions that have run for the same original event.
    pub(super) lineage: Lineage,
    /// The time at which the gateway got the message, handshake or close that the event reports, or
    /// at which another service sent the event.
    pub(super) asked_at: Time,
    /// True if the gateway waits for the outcome. It does not wait for `$disconnect`.
    pub(super) is_awaited: bool,
    /// The fault of the invocation itself.
    pub(super) fault: Option<Fault>,
    pub(super) stage: InvocationStage,
    /// The last event that the handler learned of.
    pub(super) cause: Option<u32>,
    pub(super) polls: u64,
    /// The number of requests that the invocation has sent, by operation and target.
    pub(super) attempts: BTreeMap<String, u32>,
    /// The number of messages that the invocation has handed to each place.
    pub(super) handed: BTreeMap<String, u32>,
}

/// The stage that an invocation has reached.
#[derive(Clone, Debug)]
pub(super) enum InvocationStage {
    /// The event is on its way to the platform.
    Waiting { event: String },
    /// The sandbox starts.
    Starting { event: String, sandbox: SandboxId },
    /// The handler runs.
    Running { sandbox: SandboxId, handler: TaskId },
    /// The invocation is over; its handler may have left work to the sandbox.
    Over { handler: Option<TaskId> },
}

impl InvocationStage {
    /// The future of the handler, once it has started.
    pub(super) fn handler(&self) -> Option<TaskId> {
        match self {
            InvocationStage::Waiting { .. } | InvocationStage::Starting { .. } => None,
            InvocationStage::Running { handler, .. } => Some(*handler),
            InvocationStage::Over { handler } => *handler,
        }
    }

    /// The event, until the handler gets it.
    pub(super) fn event(&self) -> &str {
        match self {
            InvocationStage::Waiting { event } | InvocationStage::Starting { event, .. } => event,
            InvocationStage::Running { .. } | InvocationStage::Over { .. } => "",
        }
    }

    fn into_over(self) -> InvocationStage {
        InvocationStage::Over { handler: self.handler() }
    }
}

impl InvocationState {
    pub(super) fn new(
        name: InvocationName,
        request: RequestId,
        purpose: Purpose,
        asked_at: Time,
        event: String,
    ) -> InvocationState {
        InvocationState {
            name,
            request,
            connection: None,
            messages: Vec::new(),
            purpose,
            lineage: Lineage::default(),
            asked_at,
            stage: InvocationStage::Waiting { event },
            is_awaited: true,
            fault: None,
            cause: None,
            polls: 0,
            attempts: BTreeMap::new(),
            handed: BTreeMap::new(),
        }
    }

    /// Names a message that the invocation hands to a place.
    pub(super) fn hand(&mut self, place: &str) -> MessageName {
        let ordinal = self.handed.entry(place.to_owned()).or_insert(0);
        *ordinal += 1;
        self.name.hands(place, *ordinal)
    }

    /// Makes another invocation for the same event, with this name, before anything has happened
    /// to it (FACTS 4.7).
    pub(super) fn again(&self, name: InvocationName) -> InvocationState {
        let (request, purpose) = (self.request.clone(), self.purpose.clone());
        let event = self.stage.event().to_owned();
        InvocationState {
            connection: self.connection.clone(),
            messages: self.messages.clone(),
            lineage: self.lineage.clone(),
            is_awaited: self.is_awaited,
            ..InvocationState::new(name, request, purpose, self.asked_at, event)
        }
    }

    /// Ends the invocation's stay in a sandbox.
    fn finish(&mut self) {
        let stage = InvocationStage::Over { handler: None };
        self.stage = std::mem::replace(&mut self.stage, stage).into_over();
    }

    /// The seed of the thread's random generator for the next poll.
    pub(super) fn next_seed(&mut self) -> u64 {
        self.polls += 1;
        hash::keyed(hash::keyed(stormglass_spec::CONSTANT, &self.name), &self.polls.to_string())
    }
}

impl World<'_> {
    /// Handles the arrival of an event at the Lambda platform.
    pub(super) fn event_arrives(
        &mut self,
        invocation: usize,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &mut self.invocations[invocation];
        let InvocationStage::Waiting { event } = &mut state.stage else {
            unreachable!("the event of {} arrived twice", state.name);
        };
        let event = std::mem::take(event);
        let must_be_new = state.fault == Some(Fault::Cold);
        match self.lambda.place(state.purpose.function(), must_be_new) {
            Placement::Throttled => {
                state.finish();
                self.outcome_arrives(invocation, FunctionOutcome::Throttled, cause)
            }
            Placement::Warm(sandbox) => self.begin(invocation, sandbox, event, cause),
            Placement::Cold(sandbox) => {
                state.stage = InvocationStage::Starting { event, sandbox };
                let (name, function) = (state.name.clone(), state.purpose.function().to_owned());
                let sdk = Sdk::new(self.stack.function_of(&function), self.hub.clone());
                self.handlers.insert(sandbox, Rc::from(self.app.start(&function, &sdk)));
                if self.is_watched {
                    self.sandboxes.start(sandbox, &name);
                }
                let started = Occurrence::SandboxStarted { invocation };
                let key = format!("{name}.init");
                self.send_after_latency(&key, Latency::COLD_START, cause, started);
                Ok(())
            }
        }
    }

    /// Begins the invocation that waited for its sandbox to start.
    pub(super) fn sandbox_started(
        &mut self,
        invocation: usize,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &mut self.invocations[invocation];
        let InvocationStage::Starting { event, sandbox } = &mut state.stage else {
            unreachable!("the sandbox of {} started twice", state.name);
        };
        let (event, sandbox) = (std::mem::take(event), *sandbox);
        self.begin(invocation, sandbox, event, cause)
    }

    /// Starts a handler on an event.
    fn begin(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        event: String,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let deadline = self.now + self.timeout_of(invocation);
        let is_of_gateway = state.purpose.is_of_gateway();
        let patience_ends = is_of_gateway.then(|| state.asked_at + INTEGRATION_TIMEOUT);
        let started = EventKind::InvocationStarted {
            invocation: state.name.clone(),
            route: state.purpose.label().into(),
            connection: state.connection.clone(),
            messages: state.messages.clone(),
            due: patience_ends.map_or(deadline, |ends| deadline.min(ends)),
            two_way: state.purpose.is_two_way(),
        };
        let resumed = self.executor.invocations_in(sandbox);
        self.stays.begin(invocation, sandbox, self.recorder.next_event(), resumed);
        let cause = Some(self.record(cause, started)?);
        let state = &mut self.invocations[invocation];
        state.cause = cause;
        self.running.insert(sandbox, invocation);
        // The crash comes after the start is recorded: the history must show an invocation that ran
        // and died, not one that never started.
        if state.fault == Some(Fault::Crash) {
            return self.crash(sandbox, cause);
        }
        if self.is_watched {
            self.sandboxes.begin(sandbox, &event, deadline);
        }
        let context = context(state, deadline);
        let event = LambdaEvent::new(event, context);
        let handler = self.handlers.get(&sandbox).cloned();
        let handler = handler.expect("every sandbox was started with a handler");
        // Work that an earlier invocation left to this sandbox goes on from here (FACTS 4.11).
        self.executor.thaw(sandbox);
        let running = async move { handler.invoke(event).await };
        let handler = self.executor.start(invocation, sandbox, running);
        state.stage = InvocationStage::Running { sandbox, handler };
        self.queue.push(deadline, 0, cause, Occurrence::DeadlinePasses { invocation });
        self.take_background(invocation, sandbox);
        Ok(())
    }

    /// Takes on the work that a handler has just left to its sandbox.
    pub(super) fn take_background(&mut self, invocation: usize, sandbox: SandboxId) {
        for work in self.hub.take_background() {
            self.executor.start_background(invocation, sandbox, work);
        }
    }

    /// Ends an invocation whose handler returned. The platform freezes the rest of its sandbox
    /// (FACTS 4.11).
    pub(super) fn end(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        answer: Answer,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let outcome = self.read(invocation, &answer);
        let ended = EventKind::InvocationEnded { invocation: state.name.clone(), outcome };
        if !matches!(answer, Answer::Crash(_)) {
            let left = self.executor.invocations_in(sandbox);
            self.stays.end(invocation, self.recorder.next_event(), left);
        }
        let cause = Some(self.record(state.cause, ended)?);
        self.running.remove(&sandbox);
        self.invocations[invocation].finish();
        if matches!(answer, Answer::Crash(_)) {
            self.take_down(sandbox);
        } else {
            self.lambda.release(sandbox);
            self.executor.freeze(sandbox);
            // A stateless handler keeps only its clients, so its idle sandbox can be as good as a
            // new one. An exhaustive search then treats the two as one state.
            if self.is_watched && self.app.is_stateless() && !self.executor.is_busy(sandbox) {
                self.sandboxes.forget(sandbox);
            }
        }
        let outcome = match answer {
            Answer::Response(json) => FunctionOutcome::Response(json),
            Answer::Error(error) => FunctionOutcome::Error(error),
            Answer::Crash(error) => FunctionOutcome::Killed(error),
        };
        self.give_outcome(invocation, outcome, cause)
    }

    /// Sends the outcome of an invocation to the sender of its event; it can get lost on the way.
    fn give_outcome(
        &mut self,
        invocation: usize,
        outcome: FunctionOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        if !state.is_awaited {
            return self.outcome_arrives(invocation, outcome, cause);
        }
        let key = format!("{}.answer", state.name);
        let Fate { leg, fault } = self.choose(&key, Menu::leg_to(Site::Answer), cause);
        let is_lost = fault == Some(Fault::ReplyLost);
        let outcome = if is_lost { FunctionOutcome::Unavailable } else { outcome };
        let arrival = Occurrence::OutcomeArrives { invocation, outcome };
        self.depart(Latency::INVOKE.draw(&key), leg, cause, arrival);
        Ok(())
    }

    /// Reads the answer of a handler as the gateway does.
    fn read(&self, invocation: usize, answer: &Answer) -> Outcome {
        let state = &self.invocations[invocation];
        if matches!(state.purpose, Purpose::Authorizer { .. }) {
            return self.read_verdict(answer);
        }
        let json = match answer {
            Answer::Response(json) => json,
            Answer::Error(error) => return Outcome::Failed { error: error.as_str().into() },
            Answer::Crash(panic) => return exit_error(panic),
        };
        if !state.purpose.is_of_gateway() {
            return Outcome::Completed { value: json.as_str().into() };
        }
        let response = match ProxyResponse::parse(json) {
            Ok(response) => response,
            Err(reason) => return Outcome::Malformed { reason: reason.into() },
        };
        let is_broadcast = self.recorder.ledger().broadcast_data(&state.name).is_some();
        let acknowledgement = is_broadcast
            .then(|| self.app.broadcasts())
            .flatten()
            .and_then(|it| it.acknowledgement(response.status, response.body.as_deref()));
        let body: Option<Arc<str>> = response.body.map(Into::into);
        Outcome::Returned { status: response.status, body, acknowledgement }
    }

    /// Reads the answer of an authorizer as the gateway does.
    fn read_verdict(&self, answer: &Answer) -> Outcome {
        match answer {
            Answer::Response(json) => match self.gateway.allows(json) {
                Some(true) => Outcome::Allowed,
                Some(false) => Outcome::Denied,
                None => Outcome::Malformed { reason: "no policy".into() },
            },
            Answer::Error(error) => match IntegrationOutcome::from_error(error) {
                IntegrationOutcome::Unauthorized => Outcome::Denied,
                _ => Outcome::Failed { error: error.as_str().into() },
            },
            Answer::Crash(panic) => exit_error(panic),
        }
    }

    /// The longest time that an invocation may take.
    pub(super) fn timeout_of(&self, invocation: usize) -> Duration {
        let timeout = self.stack.timeout_of(self.invocations[invocation].purpose.function());
        self.deployment.lambda_timeout_max.map_or(timeout, |max| timeout.min(max))
    }

    /// Kills a function whose time is over, and takes its sandbox down.
    pub(super) fn deadline_passes(
        &mut self,
        invocation: usize,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let InvocationStage::Running { sandbox, .. } = state.stage else {
            unreachable!("{} outlived its own end", state.name);
        };
        let seconds = self.timeout_of(invocation).as_secs_f64();
        let reason = format!("Task timed out after {seconds:.2} seconds");
        self.kill(invocation, sandbox, &reason, cause)
    }

    /// Kills the process in a sandbox, busy or idle.
    pub(super) fn crash(&mut self, sandbox: SandboxId, cause: Option<u32>) -> Result<(), Halt> {
        match self.running.get(&sandbox).copied() {
            Some(invocation) => {
                let reason = "Runtime exited with error: signal: killed";
                self.kill(invocation, sandbox, reason, cause)
            }
            None => {
                self.take_down(sandbox);
                Ok(())
            }
        }
    }

    fn kill(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        reason: &str,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let name = self.invocations[invocation].name.clone();
        let killed = EventKind::InvocationKilled { invocation: name, reason: reason.into() };
        let cause = Some(self.record(cause, killed)?);
        self.invocations[invocation].finish();
        self.running.remove(&sandbox);
        self.take_down(sandbox);
        self.give_outcome(invocation, FunctionOutcome::Killed(reason.to_owned()), cause)
    }

    fn take_down(&mut self, sandbox: SandboxId) {
        self.executor.drop_sandbox(sandbox);
        self.lambda.take_down(sandbox);
        self.handlers.remove(&sandbox);
        self.sandboxes.end(sandbox);
    }
}

fn exit_error(panic: &str) -> Outcome {
    Outcome::Failed { error: format!("Runtime.ExitError: {panic}").into() }
}

fn context(state: &InvocationState, deadline: Time) -> Context {
    let mut context = Context::default();
    context.request_id = state.request.clone();
    context.deadline = EPOCH_MS + deadline.millis();
    context.invoked_function_arn = function_arn(state.purpose.function());
    context
}
