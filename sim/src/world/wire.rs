//! The calls of handlers: on the wire, at the service, and back.

use std::sync::Arc;

use stormglass_spec::Name;
use stormglass_spec::history::{Answer, Effect, Origin, Request, What};

use super::{Halt, Happening, Latency, World};
use crate::case::Fault;
use crate::dynamodb::{self, Change, Operation, ReplicaView};
use crate::gateway::{Managed, ManagementRequest, Operation as Managing, RequestId, Wire};
use crate::hash;
use crate::run::HarnessError;
use crate::seam::{CallId, Delivery, Outgoing};

const WRITE_FAULTS: &[Fault] = &[
    Fault::Throttled,
    Fault::Error,
    Fault::ErrorAfter,
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Hang,
    Fault::HangAfter,
];
const READ_FAULTS: &[Fault] =
    &[Fault::Throttled, Fault::Error, Fault::RequestLost, Fault::ReplyLost, Fault::Hang];
const EVENTUAL_READ_FAULTS: &[Fault] = &[
    Fault::Throttled,
    Fault::Error,
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Hang,
    Fault::Stale,
];
const POST_FAULTS: &[Fault] = &[
    Fault::Throttled,
    Fault::ThrottledBare,
    Fault::Error,
    Fault::ErrorAfter,
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Hang,
    Fault::HangAfter,
];

/// A call of a handler: one attempt on the wire.
#[derive(Debug)]
pub(super) struct CallState {
    name: Name,
    invocation: usize,
    target: Target,
    fault: Option<Fault>,
    answer: Option<(Delivery, Answer)>,
}

#[derive(Clone, Debug)]
enum Target {
    DynamoDb(Box<dynamodb::Request>),
    /// DynamoDB, but nothing that it could read.
    Unreadable(Box<dynamodb::Answer>),
    Connection {
        request: ManagementRequest,
        body: Arc<str>,
    },
    /// A host, stage, path, method or id that the gateway does not have.
    Refused(Managed),
}

impl World<'_> {
    /// Sends the requests that handlers have just made on their way.
    pub(super) fn send_calls(&mut self) -> Result<(), Halt> {
        for outgoing in self.hub.take_outgoing() {
            let Some(invocation) = self.running.get(&outgoing.sandbox).copied() else {
                unreachable!("a sandbox that runs nothing sent a request");
            };
            self.send_call(invocation, &outgoing)?;
        }
        Ok(())
    }

    fn send_call(&mut self, invocation: usize, outgoing: &Outgoing) -> Result<(), Halt> {
        self.calls_made += 1;
        let target = self.target(outgoing);
        if let Target::Unreadable(answer) = &target
            && answer.is_unsupported()
        {
            return Err(Halt::Harness(HarnessError::Unsupported { answer: answer.body.clone() }));
        }
        let (request, operation, wire) = self.describe(&target, outgoing);
        let name = self.name_call(invocation, &operation);
        let state = &self.invocations[invocation];
        let sent = What::CallSent {
            call: name.clone(),
            invocation: state.name.clone(),
            request,
            wire: wire.into(),
        };
        let cause = Some(self.record(state.cause, sent)?);
        let seed = hash::keyed_for(crate::CONSTANT, &name, "jitter");
        self.hub.set_seed(outgoing.id, seed);
        let fault = self.choose_fault(&name, faults_of(&target));
        let latency = latency_of(&target);
        let call = CallState { name: name.clone(), invocation, target, fault, answer: None };
        self.calls.insert(outgoing.id, call);
        match fault {
            Some(Fault::Hang) => {}
            Some(Fault::RequestLost) => {
                self.answer(outgoing.id, Delivery::Broken, broken(), latency, cause);
            }
            _ => {
                let arrival = Happening::CallArrives { call: outgoing.id };
                self.leg(&format!("{name}.send"), latency, cause, arrival);
            }
        }
        Ok(())
    }

    /// What a request is addressed to.
    fn target(&self, outgoing: &Outgoing) -> Target {
        if let Some(operation) = &outgoing.target {
            return match dynamodb::Request::parse(operation, &outgoing.body) {
                Ok(request) => Target::DynamoDb(Box::new(request)),
                Err(answer) => Target::Unreadable(Box::new(answer)),
            };
        }
        let Outgoing { method, uri, body, .. } = outgoing;
        match ManagementRequest::parse(self.gateway.stage(), method, uri, body.len()) {
            Ok(request) if matches!(request.operation, Managing::Post { .. }) => {
                let body = String::from_utf8_lossy(body).into();
                Target::Connection { request, body }
            }
            Ok(_) => Target::Refused(Managed::Forbidden),
            Err(refusal) => Target::Refused(refusal),
        }
    }

    /// A request for the history, the operation and its target for its name, and its wire form.
    fn describe(&self, target: &Target, outgoing: &Outgoing) -> (Request, String, String) {
        match target {
            Target::DynamoDb(request) => {
                let wire = format!("{} {}", request.operation(), request.canonical());
                let row = request.key(&self.dynamodb).map(|key| self.names.of_connection(key));
                let (request, operation) = match (request.operation(), row) {
                    (Operation::Put, Some(row)) => {
                        (Request::Put { row: row.clone() }, format!("put-{row}"))
                    }
                    (Operation::Delete, Some(row)) => {
                        (Request::Delete { row: row.clone() }, format!("delete-{row}"))
                    }
                    (Operation::Scan, _) => {
                        let consistent = request.is_consistent();
                        let continued = request.is_continued();
                        (Request::Scan { consistent, continued }, "scan".to_owned())
                    }
                    (operation, None) => {
                        let operation: Arc<str> = operation.to_string().into();
                        (Request::Other { operation }, "other".to_owned())
                    }
                };
                (request, operation, wire)
            }
            Target::Connection { request, body } => {
                let connection = self.names.of_connection(&request.id);
                let wire = format!("POST {} {body}", outgoing.uri);
                let operation = format!("post-{connection}");
                (Request::Post { connection, body: body.clone() }, operation, wire)
            }
            Target::Unreadable(_) | Target::Refused(_) => {
                let what = outgoing.target.as_deref().unwrap_or(&outgoing.uri);
                let operation = format!("{} {what}", outgoing.method);
                let wire = format!("{operation} {}", String::from_utf8_lossy(&outgoing.body));
                (Request::Other { operation: operation.into() }, "other".to_owned(), wire)
            }
        }
    }

    /// Names a call by its operation, its target and the attempt: `bob.b1.post-ana1-2`.
    fn name_call(&mut self, invocation: usize, operation: &str) -> Name {
        let state = &mut self.invocations[invocation];
        let attempt = state.attempts.entry(operation.to_owned()).or_insert(0);
        *attempt += 1;
        format!("{}.{operation}-{attempt}", state.name).into()
    }

    /// A request arrives at its service: its effect happens here, its answer goes back.
    pub(super) fn call_arrives(&mut self, id: CallId, cause: Option<u32>) -> Result<(), Halt> {
        let Some(call) = self.calls.get(&id) else { return Ok(()) };
        let (name, fault, target) = (call.name.clone(), call.fault, call.target.clone());
        let latency = latency_of(&target);
        let is_let_through = fault.is_none_or(Fault::lets_request_through);
        let (delivery, effect, changes) =
            if is_let_through { self.apply(&target, fault) } else { refuse(&name, &target, fault) };
        let accepted = match (&effect, &target) {
            (Effect::Accepted, Target::Connection { request, body }) => {
                Some((self.names.of_connection(&request.id), body.clone()))
            }
            _ => None,
        };
        let applied = What::CallApplied { call: name.clone(), effect };
        let cause = Some(self.record(cause, applied)?);
        for change in changes {
            self.record_change(change, cause)?;
        }
        if let Some((connection, body)) = accepted {
            self.send_frame(&connection, &body, Origin::Post { call: name.clone() }, cause);
        }
        match fault {
            Some(Fault::HangAfter) => {}
            Some(Fault::ReplyLost) => self.answer(id, Delivery::Broken, broken(), latency, cause),
            Some(Fault::ErrorAfter) => {
                let (delivery, _, _) = refuse(&name, &target, fault);
                let answer = describe_answer(&delivery);
                self.answer(id, delivery, answer, latency, cause);
            }
            _ => {
                let answer = describe_answer(&delivery);
                self.answer(id, delivery, answer, latency, cause);
            }
        }
        Ok(())
    }

    fn record_change(&mut self, change: Change, cause: Option<u32>) -> Result<(), Halt> {
        let what = match change {
            Change::Written { key, .. } => What::RowWritten { row: self.names.of_connection(&key) },
            Change::Removed { key, .. } => What::RowRemoved { row: self.names.of_connection(&key) },
        };
        self.record(cause, what).map(|_| ())
    }

    /// Carries a request out.
    fn apply(&mut self, target: &Target, fault: Option<Fault>) -> Applied {
        match target {
            Target::DynamoDb(request) => self.apply_to_table(request, fault),
            Target::Unreadable(answer) => (from_dynamodb(answer), refusal_of(answer), Vec::new()),
            Target::Connection { request, .. } => {
                // A post closes nothing.
                let (managed, _) = self.gateway.manage(self.now, request, RequestId::new());
                answer_as_gateway(&managed)
            }
            Target::Refused(managed) => answer_as_gateway(managed),
        }
    }

    fn apply_to_table(&mut self, request: &dynamodb::Request, fault: Option<Fault>) -> Applied {
        let view = match fault {
            Some(Fault::Stale) => ReplicaView::Behind(self.deployment.replica_lag),
            _ => ReplicaView::Fresh,
        };
        let answer = self.dynamodb.apply(self.now, request, view);
        let effect = match (answer.status, request.operation()) {
            (200, Operation::Scan) => {
                let newest = match view {
                    ReplicaView::Fresh => None,
                    ReplicaView::Behind(_) => {
                        Some(self.dynamodb.apply(self.now, request, ReplicaView::Fresh))
                    }
                };
                let stale = newest.is_some_and(|newest| newest.body != answer.body);
                let names = answer.rows.iter().map(|key| self.names.of_connection(key));
                Effect::Read { rows: names.collect(), stale, more: answer.has_more }
            }
            (200, _) => Effect::Done,
            _ => refusal_of(&answer),
        };
        (from_dynamodb(&answer), effect, answer.changes)
    }

    /// Sends an answer on its way back.
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
        self.leg(&key, latency, cause, Happening::AnswerArrives { call: id });
    }

    /// An answer arrives at the function that waits for it.
    pub(super) fn answer_arrives(&mut self, id: CallId, cause: Option<u32>) -> Result<(), Halt> {
        let Some(call) = self.calls.remove(&id) else { return Ok(()) };
        let Some((delivery, answer)) = call.answer else { return Ok(()) };
        let answered = What::CallAnswered { call: call.name, answer };
        let cause = self.record(cause, answered)?;
        self.invocations[call.invocation].cause = Some(cause);
        self.hub.deliver(id, delivery);
        Ok(())
    }
}

/// What goes back, what was done, and which rows changed.
type Applied = (Delivery, Effect, Vec<Change>);

fn faults_of(target: &Target) -> &'static [Fault] {
    match target {
        Target::Connection { .. } => POST_FAULTS,
        Target::DynamoDb(request) => match request.operation() {
            Operation::Put | Operation::Delete => WRITE_FAULTS,
            Operation::Scan if request.is_consistent() => READ_FAULTS,
            Operation::Scan => EVENTUAL_READ_FAULTS,
        },
        Target::Unreadable(_) | Target::Refused(_) => &[],
    }
}

fn latency_of(target: &Target) -> Latency {
    match target {
        Target::DynamoDb(_) | Target::Unreadable(_) => Latency::DYNAMODB,
        Target::Connection { .. } | Target::Refused(_) => Latency::CONNECTIONS,
    }
}

/// The answer of a service that fails, or has no capacity (FACTS 3.5, 6.2).
fn refuse(name: &Name, target: &Target, fault: Option<Fault>) -> Applied {
    let delivery = match (target, fault) {
        (Target::DynamoDb(request), Some(Fault::Throttled)) => {
            from_dynamodb(&throttle_table(name, request))
        }
        (Target::DynamoDb(_), _) => from_dynamodb(&fail_table(name)),
        (_, Some(Fault::Throttled)) => from_gateway(429, Some("LimitExceededException"), ""),
        (_, Some(Fault::ThrottledBare)) => from_gateway(429, None, ""),
        _ => from_gateway(500, None, r#"{"message":"Internal server error"}"#),
    };
    let answer = describe_answer(&delivery);
    let status = answer.status.map(|status| status.to_string().into());
    let error = answer.error.or(status).unwrap_or_default();
    (delivery, Effect::Refused { error }, Vec::new())
}

/// One of the three ways in which DynamoDB lacks capacity (FACTS 6.2). Which, is the call's own.
fn throttle_table(name: &Name, request: &dynamodb::Request) -> dynamodb::Answer {
    match hash::below(hash::keyed_for(crate::CONSTANT, name, "throttle"), 3) {
        0 => dynamodb::Answer::throttled(request),
        1 => dynamodb::Answer::provisioned_throughput_exceeded(),
        _ => dynamodb::Answer::request_limit_exceeded(),
    }
}

/// One of the two ways in which DynamoDB fails (FACTS 6.2).
fn fail_table(name: &Name) -> dynamodb::Answer {
    match hash::below(hash::keyed_for(crate::CONSTANT, name, "failure"), 2) {
        0 => dynamodb::Answer::internal_server_error(),
        _ => dynamodb::Answer::service_unavailable(),
    }
}

fn refusal_of(answer: &dynamodb::Answer) -> Effect {
    let error = answer.error_type.clone().unwrap_or_else(|| answer.status.to_string());
    Effect::Refused { error: error.into() }
}

fn from_dynamodb(answer: &dynamodb::Answer) -> Delivery {
    let headers = vec![("content-type", "application/x-amz-json-1.0".to_owned())];
    Delivery::Response { status: answer.status, headers, body: answer.body.clone() }
}

fn answer_as_gateway(managed: &Managed) -> Applied {
    let Wire { status, error, body } = managed.wire();
    let effect = match managed {
        Managed::Accepted => Effect::Accepted,
        Managed::Gone { pending } => Effect::Gone { pending: *pending },
        _ => Effect::Refused { error: error.unwrap_or_default().into() },
    };
    (from_gateway(status, error, &body), effect, Vec::new())
}

fn from_gateway(status: u16, error: Option<&str>, body: &str) -> Delivery {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(error.map(|error| ("x-amzn-errortype", error.to_owned())));
    Delivery::Response { status, headers, body: body.to_owned() }
}

fn broken() -> Answer {
    Answer { status: None, error: Some("connection reset".into()) }
}

/// What the caller learns, as the SDK will read it.
fn describe_answer(delivery: &Delivery) -> Answer {
    let Delivery::Response { status, headers, body } = delivery else { return broken() };
    let header = headers.iter().find(|(name, _)| *name == "x-amzn-errortype");
    let error = match header {
        Some((_, error)) => Some(error.as_str().into()),
        None => error_in_body(*status, body),
    };
    Answer { status: Some(*status), error }
}

fn error_in_body(status: u16, body: &str) -> Option<Arc<str>> {
    #[derive(serde::Deserialize)]
    struct Error {
        #[serde(rename = "__type")]
        kind: String,
    }
    if status < 400 {
        return None;
    }
    let error: Error = serde_json::from_str(body).ok()?;
    error.kind.rsplit('#').next().map(Into::into)
}
