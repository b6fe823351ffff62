//! Sandboxes and the handlers in them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use lambda_runtime::{Context, LambdaEvent};
use stormglass_spec::history::{Outcome, What};
use stormglass_spec::{Name, Time};

use super::executor::Answer;
use super::{Halt, Happening, Latency, World};
use crate::EPOCH_MS;
use crate::app::Route;
use crate::gateway::{Integration, ProxyResponse, RequestId};
use crate::hash;
use crate::lambda::Placement;
use crate::seam::{SandboxId, Sdk};

/// An invocation of a function, from its event to its outcome.
#[derive(Debug)]
pub(super) struct InvocationState {
    pub(super) name: Name,
    pub(super) request: RequestId,
    pub(super) connection: Name,
    pub(super) route: Route,
    event: String,
    sandbox: Option<SandboxId>,
    /// The event that the handler learned of last.
    pub(super) cause: Option<u32>,
    polls: u64,
    /// How many requests it has sent, by operation and target.
    pub(super) attempts: BTreeMap<String, u32>,
}

impl InvocationState {
    pub(super) fn new(
        name: Name,
        request: RequestId,
        connection: Name,
        route: Route,
        event: String,
    ) -> InvocationState {
        let attempts = BTreeMap::new();
        InvocationState {
            name,
            request,
            connection,
            route,
            event,
            sandbox: None,
            cause: None,
            polls: 0,
            attempts,
        }
    }

    /// What the thread's random generator starts from at the next poll.
    pub(super) fn next_seed(&mut self) -> u64 {
        self.polls += 1;
        hash::keyed(hash::keyed(crate::CONSTANT, &self.name), &self.polls.to_string())
    }
}

impl World<'_> {
    /// An event arrives at the Lambda platform.
    pub(super) fn event_arrives(
        &mut self,
        invocation: usize,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let state = &mut self.invocations[invocation];
        match self.lambda.place(&state.route.function) {
            Placement::Throttled => {
                let request = state.request.clone();
                let outcome = Integration::Throttled;
                let effects = self.gateway.integration(self.now, &request, &outcome);
                self.carry_out(effects, cause)
            }
            Placement::Warm(sandbox) => {
                state.sandbox = Some(sandbox);
                self.begin(invocation, cause)
            }
            Placement::Cold(sandbox) => {
                state.sandbox = Some(sandbox);
                let at = self.now + Latency::COLD_START.draw(&state.name);
                let function = state.route.function.clone();
                let sdk = Sdk::new(self.hub.clone(), sandbox, &state.name);
                self.handlers.insert(sandbox, Rc::from(self.app.start(&function, &sdk)));
                self.queue.push(at, 0, cause, Happening::SandboxStarted { invocation });
                Ok(())
            }
        }
    }

    /// A handler begins to work on an event.
    pub(super) fn begin(&mut self, invocation: usize, cause: Option<u32>) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let started = What::InvocationStarted {
            invocation: state.name.clone(),
            route: state.route.key.as_str().into(),
            connection: state.connection.clone(),
        };
        let cause = Some(self.record(cause, started)?);
        let deadline = self.now + self.deployment.lambda_timeout;
        let state = &mut self.invocations[invocation];
        state.cause = cause;
        let context = context(state, deadline);
        let event = LambdaEvent::new(std::mem::take(&mut state.event), context);
        let running = state.sandbox.and_then(|sandbox| {
            self.running.insert(sandbox, invocation);
            self.handlers.get(&sandbox).cloned()
        });
        let Some(handler) = running else {
            unreachable!("an invocation began without a sandbox");
        };
        self.executor.start(invocation, async move { handler.invoke(event).await });
        self.queue.push(deadline, 0, cause, Happening::DeadlinePasses { invocation });
        Ok(())
    }

    /// A handler came to its end.
    pub(super) fn end(&mut self, invocation: usize, answer: Answer) -> Result<(), Halt> {
        let state = &self.invocations[invocation];
        let outcome = self.read(invocation, &answer);
        let ended = What::InvocationEnded { invocation: state.name.clone(), outcome };
        let (request, sandbox, cause) = (state.request.clone(), state.sandbox, state.cause);
        let key = format!("{}.answer", state.name);
        let cause = Some(self.record(cause, ended)?);
        if let Some(sandbox) = sandbox {
            self.running.remove(&sandbox);
            if matches!(answer, Answer::Crash(_)) {
                self.lambda.take_down(sandbox);
                self.handlers.remove(&sandbox);
            } else {
                self.lambda.release(sandbox);
            }
        }
        let outcome = match answer {
            Answer::Response(json) => Integration::Response(json),
            Answer::Error(error) => Integration::failed(&error),
            Answer::Crash(_) => Integration::Error,
        };
        let arrival = Happening::OutcomeArrives { request, outcome };
        self.leg(&key, Latency::INVOKE, cause, arrival);
        Ok(())
    }

    /// Reads what a handler gave back as the gateway does.
    fn read(&self, invocation: usize, answer: &Answer) -> Outcome {
        let state = &self.invocations[invocation];
        let json = match answer {
            Answer::Response(json) => json,
            Answer::Error(error) => return Outcome::Failed { error: error.as_str().into() },
            Answer::Crash(panic) => {
                return Outcome::Failed { error: format!("Runtime.ExitError: {panic}").into() };
            }
        };
        let response = match ProxyResponse::parse(json) {
            Ok(response) => response,
            Err(reason) => return Outcome::Malformed { reason: reason.into() },
        };
        let is_broadcast = self.recorder.ledger().broadcast_data(&state.name).is_some();
        let acknowledgement = is_broadcast
            .then(|| self.app.acknowledgement(response.status, response.body.as_deref()))
            .flatten();
        let body: Option<Arc<str>> = response.body.map(Into::into);
        Outcome::Returned { status: response.status, body, acknowledgement }
    }

    /// The time of a function is over: its sandbox is taken down with everything in it.
    pub(super) fn deadline_passes(
        &mut self,
        invocation: usize,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        self.executor.kill(invocation);
        let state = &self.invocations[invocation];
        let seconds = self.deployment.lambda_timeout.as_secs_f64();
        let (name, request, sandbox) = (state.name.clone(), state.request.clone(), state.sandbox);
        let reason = format!("Task timed out after {seconds:.2} seconds").into();
        let killed = What::InvocationKilled { invocation: name.clone(), reason };
        let cause = Some(self.record(cause, killed)?);
        if let Some(sandbox) = sandbox {
            self.running.remove(&sandbox);
            self.lambda.take_down(sandbox);
            self.handlers.remove(&sandbox);
        }
        let arrival = Happening::OutcomeArrives { request, outcome: Integration::Error };
        self.leg(&format!("{name}.answer"), Latency::INVOKE, cause, arrival);
        Ok(())
    }
}

fn context(state: &InvocationState, deadline: Time) -> Context {
    let mut context = Context::default();
    context.request_id = state.request.clone();
    context.deadline = EPOCH_MS + deadline.millis();
    context.invoked_function_arn =
        format!("arn:aws:lambda:{}:123456789012:function:{}", crate::REGION, state.route.function);
    context
}
