//! Events that other services than the gateway send to functions, and their outcomes.

use stormglass_aws::lambda::{
    AsyncEffect, AsyncInvocation, DueEvent, EventId, EventOutcome, FunctionExit, FunctionFailure,
    FunctionReference, InvocationMode, InvokeAnswer, InvokeRequest, Lineage, ThrottleReason,
};
use stormglass_spec::history::{EventKind, Explanation};
use stormglass_spec::name::MessageName;

use super::calls::{Sequel, ServiceOutcome};
use super::compute::{FunctionOutcome, InvocationState, Purpose, Sender};
use super::{Halt, Occurrence, World};
use crate::faults::Site;
use crate::outcome::HarnessError;
use crate::seam::{CallId, Delivery};

impl World<'_> {
    /// Lets something outside reach a part of the stack. Returns the number of its event.
    pub(super) fn emit(
        &mut self,
        step: MessageName,
        target: &str,
        payload: String,
    ) -> Result<u32, Halt> {
        if self.stack.has_function(target) {
            let function = FunctionReference::new(target);
            let event = AsyncInvocation { function, payload, lineage: Lineage::default() };
            self.invoke_later(step, event, None)?;
            return Ok(self.recorder.last_event());
        }
        if self.queues.sqs.queue(target).is_some() {
            // A JSON string is the text of the message; any other value is the message itself.
            let text = serde_json::from_str(&payload).unwrap_or(payload);
            self.enqueue(step, target, &text, &serde_json::Value::Null, None)?;
            return Ok(self.recorder.last_event());
        }
        let (app, step) = (self.app.name().to_owned(), step.to_string());
        Err(Halt::Harness(HarnessError::NoTarget { app, step, target: target.to_owned() }))
    }

    /// Takes an event that Lambda hands to a function later.
    pub(super) fn invoke_later(
        &mut self,
        message: MessageName,
        event: AsyncInvocation,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let place = event.function.name.as_str().into();
        let text = event.payload.as_str().into();
        let stored = EventKind::MessageStored { message: message.clone(), place, text };
        let cause = self.record(cause, stored)?;
        let request = self.async_events.accept(self.now, &message, event);
        self.names.event(request, message);
        self.start_due_events(Some(cause))
    }

    /// Sends the asynchronous events that are due to their functions.
    pub(super) fn start_due_events(&mut self, cause: Option<u32>) -> Result<(), Halt> {
        for due in self.async_events.take_due(self.now) {
            self.start_event(due, cause)?;
        }
        Ok(())
    }

    fn start_event(&mut self, due: DueEvent, cause: Option<u32>) -> Result<(), Halt> {
        let DueEvent { id, invocation: event, runs: _ } = due;
        let AsyncInvocation { function, payload, lineage } = event;
        let message = self.names.of_event(&id.request_id);
        let name = self.names.next_invocation(&message);
        let Ok(lineage) = lineage.extend(&function.name) else {
            return self.settle_event(&id, &function.name, &EventOutcome::RecursionStopped, cause);
        };
        let (request, sender) = (id.request_id.clone(), Sender::Lambda { event: id.clone() });
        let function = function.name;
        let purpose = Purpose::Event { function: function.clone(), sender };
        let mut state = InvocationState::new(name, request, purpose, self.now, payload);
        state.messages = vec![message.clone()];
        state.lineage = lineage;
        if self.invoke(state, Site::Asynchronous, cause).is_none() {
            self.async_events.drop_event(&id);
            self.give_up(message, &function, "lost by Lambda", cause)?;
        }
        Ok(())
    }

    /// Gives the outcome of a function to the service that sent the event.
    pub(super) fn sender_learns(
        &mut self,
        sender: &Sender,
        invocation: usize,
        outcome: FunctionOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        match sender {
            Sender::Lambda { event } => {
                let function = self.invocations[invocation].purpose.function().to_owned();
                let outcome = self.event_outcome(invocation, outcome);
                self.settle_event(event, &function, &outcome, cause)
            }
            Sender::Queue { mapping, .. } => {
                self.pollers_learn(invocation, *mapping, outcome, sender, cause)
            }
            Sender::Caller { call } => {
                let answer = self.invoke_answer(invocation, outcome);
                let delivery = Delivery::Response(answer.http);
                self.answer_after(*call, delivery, Explanation::default(), cause);
                Ok(())
            }
        }
    }

    fn event_outcome(&self, invocation: usize, outcome: FunctionOutcome) -> EventOutcome {
        let function = self.invocations[invocation].purpose.function();
        match outcome {
            FunctionOutcome::Response(payload) => EventOutcome::Succeeded { payload },
            FunctionOutcome::Throttled if self.lambda.is_disabled(function) => {
                EventOutcome::Disabled
            }
            FunctionOutcome::Throttled => EventOutcome::Throttled,
            FunctionOutcome::Unavailable | FunctionOutcome::TimedOut => EventOutcome::PlatformError,
            FunctionOutcome::Error(_) | FunctionOutcome::Killed(_) => {
                let payload = self.error_object(invocation, &outcome);
                EventOutcome::FunctionError { payload }
            }
        }
    }

    /// The error object of a function that failed (FACTS 11.5 to 11.7).
    fn error_object(&self, invocation: usize, outcome: &FunctionOutcome) -> String {
        let state = &self.invocations[invocation];
        let failure = match outcome {
            FunctionOutcome::Error(error) => {
                let (error_type, message) = error.split_once(": ").unwrap_or(("Error", error));
                let (error_type, message) = (error_type.to_owned(), message.to_owned());
                FunctionFailure::Error { error_type, message }
            }
            FunctionOutcome::Killed(reason) if reason.starts_with("Task timed out") => {
                let after = self.timeout_of(invocation);
                FunctionFailure::Timeout { at: self.now, after }
            }
            _ => FunctionFailure::Exit(FunctionExit::Signal("killed".to_owned())),
        };
        failure.payload(&state.request)
    }

    fn settle_event(
        &mut self,
        event: &EventId,
        function: &str,
        outcome: &EventOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let message = self.names.of_event(&event.request_id);
        let effects = self.async_events.settle(self.now, event, outcome);
        if matches!(outcome, EventOutcome::Succeeded { .. }) {
            let (message, place) = (message.clone(), function.into());
            self.record(cause, EventKind::MessageRemoved { message, place })?;
        }
        for effect in effects {
            self.carry_out_event(&message, function, effect, cause)?;
        }
        if let Some(at) = self.async_events.next_due() {
            self.queue.push(at.max(self.now), 0, cause, Occurrence::EventsAreDue);
        }
        Ok(())
    }

    fn carry_out_event(
        &mut self,
        message: &MessageName,
        function: &str,
        effect: AsyncEffect,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (to, body, attributes) = match effect {
            AsyncEffect::Discarded { .. } => {
                return self.give_up(message.clone(), function, "no attempt is left", cause);
            }
            AsyncEffect::DeadLetter { to, body, attributes } => {
                let attributes = attributes.into_iter().map(|it| {
                    let value =
                        serde_json::json!({ "DataType": it.data_type, "StringValue": it.value });
                    (it.name.to_owned(), value)
                });
                (to, body, serde_json::Value::Object(attributes.collect()))
            }
            AsyncEffect::Destination { to, body } => (to, body, serde_json::Value::Null),
        };
        self.forward(message, function, &to, &body, &attributes, cause)
    }

    /// Sends a message of Lambda itself on to the part of the stack with this ARN.
    fn forward(
        &mut self,
        message: &MessageName,
        function: &str,
        to: &str,
        body: &str,
        attributes: &serde_json::Value,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let name = to.rsplit(':').next().unwrap_or(to);
        let onward = message.invocation().hands(name, 1);
        if to.starts_with("arn:aws:sqs:") && self.queues.sqs.queue(name).is_some() {
            let is_taken = self.enqueue(onward, name, body, attributes, cause)?;
            // A message that cannot be delivered is lost (FACTS 11.17).
            let message = message.clone();
            return if is_taken {
                Ok(())
            } else {
                self.give_up(message, function, "its destination refused it", cause)
            };
        }
        if to.starts_with("arn:aws:lambda:") && self.stack.has_function(name) {
            let function = FunctionReference::new(name);
            let (payload, lineage) = (body.to_owned(), Lineage::default());
            return self.invoke_later(
                onward,
                AsyncInvocation { function, payload, lineage },
                cause,
            );
        }
        self.give_up(message.clone(), function, "its destination does not exist", cause)
    }

    fn give_up(
        &mut self,
        message: MessageName,
        place: &str,
        reason: &str,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (place, reason) = (place.into(), reason.into());
        self.record(cause, EventKind::MessageDropped { message, place, reason }).map(|_| ())
    }

    /// Carries out a call of Invoke.
    pub(super) fn call_function(&mut self, id: CallId, request: &InvokeRequest) -> ServiceOutcome {
        let by = |answer: InvokeAnswer| ServiceOutcome::by_service(answer.http);
        let InvokeRequest { function, mode, payload, .. } = request.clone();
        if !self.stack.has_function(&function.name) {
            return by(InvokeAnswer::not_found(&function));
        }
        if mode == InvocationMode::DryRun {
            return by(InvokeAnswer::dry_run());
        }
        let caller = self.calls.get(&id).expect("the call arrives just now").invocation;
        let state = &mut self.invocations[caller];
        let (lineage, message) = (state.lineage.clone(), state.hand(&function.name));
        if mode == InvocationMode::Asynchronous {
            let event = AsyncInvocation { function, payload, lineage };
            return by(InvokeAnswer::accepted()).with(Sequel::Event { message, event });
        }
        let Ok(lineage) = lineage.extend(&function.name) else {
            return by(InvokeAnswer::recursion_stopped());
        };
        let name = self.names.next_invocation(&message);
        let request = self.names.request(&name);
        // The answer stands for none: the caller waits for the function.
        let answer = InvokeAnswer::accepted();
        let (function, sender) = (function.name, Sender::Caller { call: id });
        let purpose = Purpose::Event { function, sender };
        let mut state = InvocationState::new(name, request, purpose, self.now, payload);
        state.lineage = lineage;
        by(answer).with(Sequel::Invocation(Box::new(state)))
    }

    fn invoke_answer(&self, invocation: usize, outcome: FunctionOutcome) -> InvokeAnswer {
        let function = FunctionReference::new(self.invocations[invocation].purpose.function());
        match outcome {
            FunctionOutcome::Response(json) => InvokeAnswer::success(&function, &json, None),
            FunctionOutcome::Throttled => {
                let reason = self.lambda.throttle(&function.name);
                InvokeAnswer::throttled(reason.unwrap_or(ThrottleReason::Account), None)
            }
            FunctionOutcome::Unavailable | FunctionOutcome::TimedOut => {
                InvokeAnswer::service_error()
            }
            FunctionOutcome::Error(_) | FunctionOutcome::Killed(_) => {
                let payload = self.error_object(invocation, &outcome);
                InvokeAnswer::function_error(&function, &payload, None)
            }
        }
    }
}
