//! The calls of handlers: on the wire, at the service, and back.

use std::rc::Rc;

use stormglass_spec::Time;
use stormglass_spec::history::{Answer, Effect, EventKind, Explanation, Origin};
use stormglass_spec::name::{CallName, ConnectionPhase, MessageName};

use super::compute::InvocationState;
use super::queues::MessageSource;
use super::target::Target;
use super::{Halt, Latency, Occurrence, World};
use crate::case::{Key, Menu};
use crate::faults::{Fault, Site, failures};
use crate::outcome::HarnessError;
use crate::seam::{CallId, Delivery, OutgoingRequest};
use crate::translate;
use crate::translate::{effect_of, error_in_body, refusal_of};
use stormglass_aws::gateway::{
    ManagementOperation, ManagementOutcome, ManagementRequest, RequestId,
};
use stormglass_aws::http::{HttpAnswer, HttpRequest};
use stormglass_aws::lambda::{AsyncInvocation, InvokeAnswer, SandboxId, ThrottleReason};
use stormglass_aws::sqs::{SqsEffect, SqsError};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::{Change, ReplicaView};
use stormglass_spec::hash;

/// The header of `@connections` that names an error.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// A call of a handler: one attempt on the wire.
#[derive(Debug)]
pub(super) struct CallState {
    pub(super) name: CallName,
    pub(super) invocation: usize,
    pub(super) sandbox: SandboxId,
    pub(super) target: Rc<Target>,
    pub(super) fault: Option<Fault>,
    pub(super) answer: Option<(Delivery, Answer)>,
    /// The time at which the request arrived at its service.
    pub(super) arrived_at: Option<Time>,
}

impl World<'_> {
    /// Sends the requests that a handler has just made.
    pub(super) fn send_calls(&mut self, invocation: usize, sandbox: SandboxId) -> Result<(), Halt> {
        for outgoing in self.hub.take_outgoing() {
            self.send_call(invocation, sandbox, &outgoing)?;
        }
        Ok(())
    }

    fn send_call(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        outgoing: &OutgoingRequest,
    ) -> Result<(), Halt> {
        self.calls_made += 1;
        let Some(target) = self.target(&outgoing.request) else {
            let HttpRequest { method, uri, .. } = outgoing.request.clone();
            let invocation = self.invocations[invocation].name.to_string();
            return Err(Halt::Harness(HarnessError::NoService { invocation, method, uri }));
        };
        // An operation that the simulator lacks is a gap of the harness. The handler must not see
        // it as an error of the service.
        if target.is_unsupported() {
            let answer = match &target {
                Target::Unreadable { answer, .. } => answer.body.clone(),
                Target::Refused { answer, .. } => String::from_utf8_lossy(&answer.body).into(),
                _ => String::new(),
            };
            return Err(Halt::Harness(HarnessError::Unsupported { answer }));
        }
        let (request, operation, request_text) = self.describe(&target, &outgoing.request);
        let name = self.name_call(invocation, &operation);
        let state = &self.invocations[invocation];
        if self.is_watched {
            self.sandboxes.send(sandbox);
        }
        let sent = EventKind::CallSent {
            call: name.clone(),
            invocation: state.name.clone(),
            request,
            request_text: request_text.into(),
        };
        let cause = Some(self.record(state.cause, sent)?);
        // The SDK adds jitter to its retries. A seed per call makes the jitter independent of the
        // order in which calls are made.
        let seed = hash::keyed_for(stormglass_spec::CONSTANT, &name, "jitter");
        self.hub.set_seed(outgoing.id, seed);
        let site = target.site();
        let fault = site.and_then(|site| self.choose(&name, Menu::at(site), cause).into_fault());
        let latency = target.latency();
        let target = Rc::new(target);
        let call = CallState {
            name: name.clone(),
            invocation,
            sandbox,
            target,
            fault,
            answer: None,
            arrived_at: None,
        };
        self.calls.insert(outgoing.id, call);
        match fault {
            Some(Fault::Hang) => {}
            Some(Fault::RequestLost) => {
                self.answer(outgoing.id, Delivery::Broken, broken(), latency, cause);
            }
            _ => {
                let arrival = Occurrence::CallArrives { call: outgoing.id };
                self.send_after_latency(&format!("{name}.send"), latency, cause, arrival);
            }
        }
        Ok(())
    }

    /// Names a call by its operation, its target and the attempt: `bob.b1.post-ana1-2`.
    fn name_call(&mut self, invocation: usize, operation: &str) -> CallName {
        let state = &mut self.invocations[invocation];
        let attempt = state.attempts.entry(operation.to_owned()).or_insert(0);
        *attempt += 1;
        let attempt = *attempt;
        state.name.call(operation, attempt)
    }

    /// Carries a request out when it arrives at its service, and sends the answer back.
    pub(super) fn call_arrives(&mut self, id: CallId, cause: Option<u32>) -> Result<(), Halt> {
        let Some(call) = self.calls.get_mut(&id) else { return Ok(()) };
        call.arrived_at.get_or_insert(self.now);
        let (name, fault, target) = (call.name.clone(), call.fault, Rc::clone(&call.target));
        let invocation = call.invocation;
        let is_let_through = fault.is_none_or(Fault::lets_request_through);
        let denied = if is_let_through { self.denied(invocation, &target) } else { None };
        let applied = match (&*target, denied) {
            (_, Some(answer)) => ServiceOutcome::by_service(answer),
            _ if is_let_through => self.apply(id, &name, &target, fault),
            (Target::DynamoDb(request), _) if fault == Some(Fault::Throttled) => {
                self.throttle_table(&name, request)
            }
            _ => self.refuse(&name, &target, fault),
        };
        let ServiceOutcome { delivery, effect, changes, closing, sequel } = applied;
        if let Sequel::Waits { until } = sequel {
            self.queue.push(until, 0, cause, Occurrence::CallArrives { call: id });
            return Ok(());
        }
        let is_accepted = effect == Effect::Accepted;
        let explanation = explanation_of(&effect);
        // The changes of rows follow their call in the history: monitors match them by this cause.
        let applied = EventKind::CallApplied { call: name.clone(), effect };
        let cause = Some(self.record(cause, applied)?);
        for change in changes {
            self.record_change(change, cause)?;
        }
        // The post leaves the gateway even if its answer gets lost below: the caller cannot know.
        if let Target::Connection { request, body } = &*target
            && is_accepted
        {
            let connection = self.names.of_connection(&request.id);
            let origin = Origin::Post { call: name.clone() };
            self.send_frame(&connection, &name, body, origin, cause);
        }
        self.carry_out(closing, cause)?;
        if self.carry_on(id, sequel, cause)? {
            self.answer_after(id, delivery, explanation, cause);
        }
        Ok(())
    }

    /// Carries out the sequel of a call. Returns true if the call gets its answer at once.
    fn carry_on(&mut self, id: CallId, sequel: Sequel, cause: Option<u32>) -> Result<bool, Halt> {
        match sequel {
            Sequel::Nothing | Sequel::Waits { .. } => Ok(true),
            Sequel::Messages(effects) => {
                let Some(caller) = self.calls.get(&id).map(|call| call.invocation) else {
                    return Ok(true);
                };
                self.queue_changes(&MessageSource::Invocation(caller), effects, cause)?;
                Ok(true)
            }
            Sequel::Event { message, event } => {
                self.invoke_later(message, event, cause)?;
                Ok(true)
            }
            Sequel::Invocation(invocation) => {
                self.invoke(*invocation, Site::Synchronous, cause);
                Ok(false)
            }
        }
    }

    /// Sends the answer of a service that has carried a request out, unless the fault of the call
    /// makes another one of it.
    pub(super) fn answer_after(
        &mut self,
        id: CallId,
        delivery: Delivery,
        explanation: Explanation,
        cause: Option<u32>,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let (name, fault, target) = (call.name.clone(), call.fault, Rc::clone(&call.target));
        let (delivery, answer) = match fault {
            Some(Fault::HangAfter) => return,
            Some(Fault::ReplyLost) => (Delivery::Broken, broken()),
            Some(Fault::ErrorAfter) => {
                // The service did its work and reports a failure all the same.
                let delivery = self.refuse(&name, &target, fault).delivery;
                let answer = describe_answer(&delivery);
                (delivery, answer)
            }
            _ => {
                let answer = Answer { explanation, ..describe_answer(&delivery) };
                (delivery, answer)
            }
        };
        self.answer(id, delivery, answer, target.latency(), cause);
    }

    /// Removes the rows that have expired long enough ago, as DynamoDB does (FACTS 6.10).
    pub(super) fn expire_rows(&mut self) -> Result<(), Halt> {
        for change in self.dynamodb.expire(self.now) {
            self.record_change(change, None)?;
        }
        Ok(())
    }

    fn record_change(&mut self, change: Change, cause: Option<u32>) -> Result<(), Halt> {
        let what = match change {
            Change::Written { row, content } => EventKind::RowWritten {
                row: self.names.of_row(&row),
                connections: self.names.in_row(&content),
            },
            Change::Removed { row, content } => EventKind::RowRemoved {
                row: self.names.of_row(&row),
                connections: self.names.in_row(&content),
            },
        };
        self.record(cause, what).map(|_| ())
    }

    /// Carries a request out, whatever its destination.
    fn apply(
        &mut self,
        id: CallId,
        name: &CallName,
        target: &Target,
        fault: Option<Fault>,
    ) -> ServiceOutcome {
        match target {
            Target::DynamoDb(request) => self.apply_to_table(name, request, fault),
            Target::Unreadable { answer, refusal } => {
                let delivery = from_dynamodb(dynamodb::Answer::clone(answer));
                ServiceOutcome::of(delivery, refusal.clone())
            }
            Target::Connection { request, .. } => self.manage(name, request),
            Target::Nowhere(refusal) => {
                ServiceOutcome::of(from_gateway(refusal), effect_of(refusal))
            }
            Target::Brought { service, request, .. } => {
                let answer = self.services[*service].answer(self.now, request);
                ServiceOutcome::by_service(answer)
            }
            Target::Queue(request) => self.call_queue(id, name, request),
            Target::Function(request) => self.call_function(id, request),
            Target::Refused { answer, .. } => ServiceOutcome::by_service(answer.clone()),
        }
    }

    /// The refusal of a service that fails, or has no capacity (FACTS 3.5, 6.2).
    fn refuse(&self, name: &CallName, target: &Target, fault: Option<Fault>) -> ServiceOutcome {
        let is_throttled = matches!(fault, Some(Fault::Throttled | Fault::ThrottledBare));
        let delivery = match target {
            Target::DynamoDb(_) => from_dynamodb(failures::of_table(failure_of(name))),
            Target::Brought { service, request, .. } => {
                Delivery::Response(self.services[*service].refuse(request, is_throttled))
            }
            Target::Queue(_) => {
                let error = if is_throttled { SqsError::throttled() } else { SqsError::internal() };
                Delivery::Response(error.answer())
            }
            Target::Function(_) if is_throttled => {
                Delivery::Response(InvokeAnswer::throttled(ThrottleReason::Caller, None).http)
            }
            Target::Function(_) => Delivery::Response(InvokeAnswer::service_error().http),
            _ if fault == Some(Fault::ThrottledBare) => {
                let mut delivery = from_gateway(&ManagementOutcome::RateExceeded);
                strip_error_type(&mut delivery);
                delivery
            }
            _ if is_throttled => from_gateway(&ManagementOutcome::RateExceeded),
            _ => fail_gateway(name),
        };
        ServiceOutcome::refused(delivery)
    }

    fn manage(&mut self, name: &CallName, request: &ManagementRequest) -> ServiceOutcome {
        let connection = self.names.of_connection(&request.id);
        // Only a delete can close the connection, and so only it needs an id for `$disconnect`.
        let disconnect = match request.operation {
            ManagementOperation::Delete => {
                self.names.request(&connection.invocation(ConnectionPhase::Disconnect))
            }
            ManagementOperation::Post { .. } | ManagementOperation::Get => RequestId::new(),
        };
        let (managed, closing) = self.gateway.on_management_request(self.now, request, disconnect);
        let mut delivery = from_gateway(&managed);
        if matches!(managed, ManagementOutcome::Gone { .. }) {
            let key = format!("{name}.gone");
            if self.choose(&key, Menu::at(Site::Gone), None).into_fault() == Some(Fault::Bare) {
                self.choices.show_by_next_event(Key::new(&key));
                strip_error_type(&mut delivery);
            }
        }
        ServiceOutcome { closing, ..ServiceOutcome::of(delivery, effect_of(&managed)) }
    }

    /// Answers with one of the ways in which DynamoDB lacks capacity (FACTS 6.2). The call's name
    /// selects it.
    fn throttle_table(&mut self, name: &CallName, request: &dynamodb::Request) -> ServiceOutcome {
        let draw = hash::keyed_for(stormglass_spec::CONSTANT, name, "throttle");
        let answer = self.dynamodb.throttle(self.now, request, ReplicaView::Fresh, draw);
        let effect = self.effect_on_table(request, &answer, false);
        ServiceOutcome::by_dynamodb(answer, effect)
    }

    /// The effect of a request to the table, read from its answer.
    fn effect_on_table(
        &self,
        request: &dynamodb::Request,
        answer: &dynamodb::Answer,
        stale: bool,
    ) -> Effect {
        match answer.status {
            200 if !request.operation().writes() => {
                let rows = answer.rows.iter().map(|key| self.names.of_row(key)).collect();
                Effect::Read { rows, stale, more: answer.has_more }
            }
            200 => Effect::Done,
            _ => {
                let rows = || {
                    let keys = request.keys(&self.dynamodb);
                    keys.iter().map(|key| self.names.of_row(key)).collect()
                };
                refusal_of(answer, || self.missing_tables(request), rows)
            }
        }
    }

    /// The tables that a request names and that do not exist.
    fn missing_tables(&self, request: &dynamodb::Request) -> Vec<String> {
        let mut tables = translate::tables_of(request);
        tables.retain(|table| self.dynamodb.count(table).is_none());
        tables
    }

    /// A replica that is behind as a whole, or row by row. The call's name selects the kind.
    fn stale_view(&self, name: &CallName) -> ReplicaView {
        let lag = self.deployment.replica_lag;
        let seed = hash::keyed_for(stormglass_spec::CONSTANT, name, "replica");
        match hash::below(seed, 2) {
            0 => ReplicaView::Behind(lag),
            _ => ReplicaView::Uneven { lag_max: lag, seed },
        }
    }

    fn apply_to_table(
        &mut self,
        name: &CallName,
        request: &dynamodb::Request,
        fault: Option<Fault>,
    ) -> ServiceOutcome {
        let is_stale = fault == Some(Fault::Stale);
        let view = if is_stale { self.stale_view(name) } else { ReplicaView::Fresh };
        let answer = self.dynamodb.apply(self.now, request, view);
        let stale = is_stale && {
            // The history calls a read stale only if the reader could see a difference. A read
            // changes nothing, so it can be repeated.
            let newest = self.dynamodb.apply(self.now, request, ReplicaView::Fresh);
            newest.body != answer.body
        };
        let effect = self.effect_on_table(request, &answer, stale);
        ServiceOutcome::by_dynamodb(answer, effect)
    }

    /// Sends an answer back to its caller.
    fn answer(
        &mut self,
        id: CallId,
        delivery: Delivery,
        answer: Answer,
        latency: Latency,
        cause: Option<u32>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.answer = Some((delivery, answer));
        let key = format!("{}.reply", call.name);
        self.send_after_latency(&key, latency, cause, Occurrence::AnswerArrives { call: id });
    }

    /// Delivers an answer to the function that waits for it, unless the function dies just then.
    pub(super) fn answer_arrives(&mut self, id: CallId, cause: Option<u32>) -> Result<(), Halt> {
        let Some(call) = self.calls.remove(&id) else { return Ok(()) };
        if call.fault == Some(Fault::Crash) {
            return self.crash(call.sandbox, cause);
        }
        let Some((delivery, answer)) = call.answer else { return Ok(()) };
        if self.is_watched {
            self.sandboxes.deliver(call.sandbox, &call.name, &delivery);
        }
        let answered = EventKind::CallAnswered { call: call.name, answer };
        let cause = self.record(cause, answered)?;
        self.invocations[call.invocation].cause = Some(cause);
        self.hub.deliver(id, delivery);
        Ok(())
    }
}

/// The results of carrying a request out.
pub(super) struct ServiceOutcome {
    /// The answer that goes back.
    delivery: Delivery,
    /// The effect, for the history.
    effect: Effect,
    /// The rows that changed.
    changes: Vec<Change>,
    /// The effects that the gateway asks for because of the request.
    closing: Vec<stormglass_aws::gateway::GatewayEffect>,
    /// The sequel of the request beside its answer.
    sequel: Sequel,
}

/// The sequel of a request beside its answer.
pub(super) enum Sequel {
    /// There is none.
    Nothing,
    /// The request waits at its service, and arrives again at this time.
    Waits { until: Time },
    /// Messages changed in queues.
    Messages(Vec<SqsEffect>),
    /// Lambda takes an event for a function.
    Event { message: MessageName, event: AsyncInvocation },
    /// A function runs, and the caller waits for it.
    Invocation(Box<InvocationState>),
}

impl ServiceOutcome {
    fn of(delivery: Delivery, effect: Effect) -> ServiceOutcome {
        let (changes, closing) = (Vec::new(), Vec::new());
        ServiceOutcome { delivery, effect, changes, closing, sequel: Sequel::Nothing }
    }

    /// Adds a sequel.
    pub(super) fn with(self, sequel: Sequel) -> ServiceOutcome {
        ServiceOutcome { sequel, ..self }
    }

    /// The results of a refusal.
    fn refused(delivery: Delivery) -> ServiceOutcome {
        let Answer { status, error, explanation } = describe_answer(&delivery);
        let status = status.map(|status| status.to_string().into());
        let error = error.or(status).unwrap_or_default();
        ServiceOutcome::of(delivery, Effect::Refused { error, explanation })
    }

    /// The results at a service that answers by HTTP alone.
    pub(super) fn by_service(answer: HttpAnswer) -> ServiceOutcome {
        let is_success = answer.is_success();
        let delivery = Delivery::Response(answer);
        if is_success {
            ServiceOutcome::of(delivery, Effect::Done)
        } else {
            ServiceOutcome::refused(delivery)
        }
    }

    fn by_dynamodb(mut answer: dynamodb::Answer, effect: Effect) -> ServiceOutcome {
        let changes = std::mem::take(&mut answer.changes);
        ServiceOutcome { changes, ..ServiceOutcome::of(from_dynamodb(answer), effect) }
    }
}

/// A number that selects one of the ways to fail. It depends on the call's name alone.
fn failure_of(name: &CallName) -> u64 {
    hash::keyed_for(stormglass_spec::CONSTANT, name, "failure")
}

fn fail_gateway(name: &CallName) -> Delivery {
    let (status, body) = failures::of_connections(failure_of(name));
    Delivery::Response(HttpAnswer::new(status, "application/json", body))
}

fn from_dynamodb(answer: dynamodb::Answer) -> Delivery {
    let (status, body) = (answer.status, answer.body);
    Delivery::Response(HttpAnswer::new(status, "application/x-amz-json-1.0", body))
}

fn from_gateway(managed: &ManagementOutcome) -> Delivery {
    let response = managed.response();
    let answer = HttpAnswer::new(response.status, "application/json", response.body);
    Delivery::Response(match response.error {
        Some(error) => answer.header(ERROR_TYPE, error),
        None => answer,
    })
}

/// Removes the header that names the error: some answers come without it (FACTS 3.5).
fn strip_error_type(delivery: &mut Delivery) {
    if let Delivery::Response(answer) = delivery {
        answer.headers.retain(|(name, _)| *name != ERROR_TYPE);
    }
}

fn broken() -> Answer {
    let error = Some("connection reset".into());
    Answer { status: None, error, explanation: Explanation::default() }
}

/// The answer as the SDK of the caller will read it.
fn describe_answer(delivery: &Delivery) -> Answer {
    let Delivery::Response(HttpAnswer { status, headers, body }) = delivery else {
        return broken();
    };
    let header = headers.iter().find(|(name, _)| *name == ERROR_TYPE);
    let (in_body, explanation) = error_in_body(*status, body);
    let error = header.map(|(_, error)| error.as_ref().into()).or(in_body);
    Answer { status: Some(*status), error, explanation }
}

/// The words with which a service refused a request; empty for any other effect.
fn explanation_of(effect: &Effect) -> Explanation {
    match effect {
        Effect::Refused { explanation, .. } => explanation.clone(),
        _ => Explanation::default(),
    }
}
