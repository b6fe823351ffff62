//! The calls of functions and of outside clients: requests, their effects, and their answers.
//!
//! A call of a function carries its number in a header, so that the record of its effect in a
//! service finds it. A request without that header comes from outside.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use stormglass_aws::gateway::{ManagementOutcome, ManagementRequest};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::{Change, RowKey};
use stormglass_sim::translate::{
    effect_of, error_in_body, refusal_of, refusal_of_unreadable, tables_of,
};
use stormglass_spec::history::{Answer, Effect, Explanation};

use super::logs::{CurrentInvocation, current};
use super::note::{CallEffect, Delivery, LiveEvent};
use super::subject::Subject;
use super::{Record, RecordState, Recorder};

/// The header with the number of a call.
pub const CALL: HeaderName = HeaderName::from_static("x-stormglass-call");

/// The most calls whose effect or answer the record waits for. Beyond it, the oldest is given up.
const IN_FLIGHT_MAX: usize = 4_096;

const ERROR_TYPE: &str = "x-amzn-errortype";
const TARGET: &str = "x-amz-target";

/// One attempt of a call.
#[derive(Debug)]
pub(crate) struct RecordedCall {
    pub(super) number: u64,
    /// The caller; `None` for a client from outside.
    pub(super) invocation: Option<Arc<Subject>>,
    pub(super) target: CallTarget,
    pub(super) body: Bytes,
    /// The keys of the rows that a request to a table names, as soon as the service has parsed it.
    pub(super) keys: OnceLock<Vec<RowKey>>,
    /// The last event about it.
    last: AtomicU64,
    is_applied: AtomicBool,
}

/// The request of a call.
#[derive(Debug)]
pub(super) enum CallTarget {
    /// A method and a URI: those of `@connections`, or of nothing that is known.
    Http { method: String, uri: String },
    /// A request to `@connections` from outside.
    Manage(ManagementRequest),
    /// An operation of DynamoDB.
    Table { target: String },
}

impl RecordedCall {
    fn new(
        number: u64,
        invocation: Option<Arc<Subject>>,
        target: CallTarget,
        body: Bytes,
    ) -> RecordedCall {
        RecordedCall {
            number,
            invocation,
            target,
            body,
            keys: OnceLock::new(),
            last: AtomicU64::new(0),
            is_applied: AtomicBool::new(false),
        }
    }

    /// Returns the memory that its texts take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
            + match &self.target {
                CallTarget::Http { uri, .. } => uri.len(),
                CallTarget::Manage(request) => request.id.len(),
                CallTarget::Table { target } => target.len(),
            }
    }
}

/// A call that was sent, and that waits for its answer.
#[derive(Debug)]
pub(crate) struct OutgoingCall {
    recorder: Recorder,
    call: Arc<RecordedCall>,
}

/// Records a request of the function that runs in this task, and gives its head the number of the
/// call.
pub(crate) fn record_call(head: &mut Parts, body: &Bytes) -> Option<OutgoingCall> {
    let CurrentInvocation { recorder, subject, .. } = current()?;
    let record = recorder.record.as_ref()?;
    let number = record.calls.fetch_add(1, Ordering::Relaxed) + 1;
    let target = match text(&head.headers, TARGET) {
        Some(target) => CallTarget::Table { target: target.to_owned() },
        None => {
            let (method, uri) = (head.method.as_str().to_owned(), head.uri.to_string());
            CallTarget::Http { method, uri }
        }
    };
    let call = Arc::new(RecordedCall::new(number, Some(subject?), target, body.clone()));
    record.call_sent(&mut record.state(), &call);
    head.headers.insert(CALL, HeaderValue::from(number));
    Some(OutgoingCall { recorder: recorder.clone(), call })
}

impl OutgoingCall {
    /// Records the answer.
    pub(crate) fn answered(&self, answer: &Response<Bytes>) {
        let (status, headers) = (answer.status(), answer.headers());
        self.record(answer_of(status, text(headers, ERROR_TYPE), answer.body()));
    }

    /// Records that no answer came.
    pub(crate) fn failed(&self, error: &dyn std::error::Error) {
        let error = Some(error.to_string().into());
        self.record(Answer { status: None, error, explanation: Explanation::default() });
    }

    fn record(&self, answer: Answer) {
        if let Some(record) = &self.recorder.record {
            record.call_answered(&mut record.state(), &self.call, answer);
        }
    }
}

/// The caller has its answer, or has stopped waiting for it.
impl Drop for OutgoingCall {
    fn drop(&mut self) {
        if let Some(record) = &self.recorder.record {
            // A call that is still on its way to a service is looked up there.
            if self.call.is_applied.load(Ordering::Relaxed) {
                record.state().in_flight.remove(&self.call.number);
            }
        }
    }
}

/// Returns the number of the call, if the request is one of a function here.
pub(crate) fn number_in(headers: &HeaderMap) -> Option<u64> {
    text(headers, CALL.as_str())?.parse().ok()
}

impl Recorder {
    /// Records the outcome of a request to `@connections`.
    pub(crate) fn on_management(
        &self,
        number: Option<u64>,
        request: &ManagementRequest,
        body: &Bytes,
        managed: &ManagementOutcome,
    ) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        let request_of = || (CallTarget::Manage(request.clone()), body.clone());
        let (call, is_outside) = record.find(state, number, request_of);
        let applied = CallEffect::Known(effect_of(managed));
        let cause = record.call_applied(state, &call, applied);
        record.set_cause(cause);
        if *managed == ManagementOutcome::Accepted {
            state.queue(&request.id, cause, Delivery::Post(Arc::clone(&call)));
        }
        if is_outside {
            let response = managed.response();
            let status = StatusCode::from_u16(response.status);
            let status = status.expect("the gateway answers with a status");
            let answer = answer_of(status, response.error, response.body.as_bytes());
            record.call_answered(state, &call, answer);
        }
    }

    /// Records that the gateway refused a request without looking at any connection.
    pub(crate) fn on_management_refusal(&self, number: Option<u64>, refusal: &ManagementOutcome) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)).cloned() {
            record.call_applied(state, &call, CallEffect::Known(effect_of(refusal)));
        }
    }

    /// Records that DynamoDB refused a request without looking at any table.
    pub(crate) fn on_table_refusal(&self, number: Option<u64>, refusal: &dynamodb::Answer) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)).cloned() {
            let effect = match &call.target {
                CallTarget::Table { target } => refusal_of_unreadable(refusal, target, &call.body),
                _ => refusal_of(refusal, Vec::new, Vec::new),
            };
            record.call_applied(state, &call, CallEffect::Known(effect));
        }
    }

    /// Records the outcome of a request to DynamoDB.
    pub(crate) fn on_table_request(
        &self,
        number: Option<u64>,
        target: &str,
        body: &[u8],
        applied: TableEffect<'_>,
    ) {
        let Some(record) = &self.record else { return };
        let TableEffect { writes, keys, expired, answer } = applied;
        let state = &mut *record.state();
        for change in expired {
            let change = Box::new(state.connections.describe(change));
            record.note(state, 0, LiveEvent::RowChanged(change));
        }
        let request_of =
            || (CallTarget::Table { target: target.to_owned() }, Bytes::copy_from_slice(body));
        let (call, is_outside) = record.find(state, number, request_of);
        // The keys are set once: a call is carried out once.
        let _ = call.keys.set(keys);
        let effect = match answer.status {
            200 if !writes => CallEffect::Read {
                keys: std::mem::take(&mut answer.rows).into(),
                more: answer.has_more,
            },
            200 => CallEffect::Known(Effect::Done),
            _ => CallEffect::Known(refusal_of(
                answer,
                || request_tables(target, body),
                || {
                    call.keys
                        .get()
                        .into_iter()
                        .flatten()
                        .map(|key| key.to_string().into())
                        .collect()
                },
            )),
        };
        let cause = record.call_applied(state, &call, effect);
        for change in std::mem::take(&mut answer.changes) {
            let change = Box::new(state.connections.describe(change));
            record.note(state, cause, LiveEvent::RowChanged(change));
        }
        if is_outside {
            let status = StatusCode::from_u16(answer.status);
            let status = status.expect("DynamoDB answers with a status");
            let answer = answer_of(status, None, answer.body.as_bytes());
            record.call_answered(state, &call, answer);
        }
    }
}

/// The outcome of a request to DynamoDB.
#[derive(Debug)]
pub(crate) struct TableEffect<'a> {
    /// True if the request writes, false if it reads.
    pub(crate) writes: bool,
    /// The keys of the rows that the request names.
    pub(crate) keys: Vec<RowKey>,
    /// The rows that expired before it.
    pub(crate) expired: Vec<Change>,
    /// The answer, whose rows and changes move into the record.
    pub(crate) answer: &'a mut dynamodb::Answer,
}

impl Record {
    /// Returns the call with this number, or a new one from outside; true if it is from outside.
    fn find(
        &self,
        state: &mut RecordState,
        number: Option<u64>,
        request_of: impl FnOnce() -> (CallTarget, Bytes),
    ) -> (Arc<RecordedCall>, bool) {
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)) {
            return (Arc::clone(call), false);
        }
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let (target, body) = request_of();
        let call = Arc::new(RecordedCall::new(number, None, target, body));
        self.call_sent(state, &call);
        (call, true)
    }

    fn call_sent(&self, state: &mut RecordState, call: &Arc<RecordedCall>) {
        let cause = call.invocation.as_ref().map_or(0, |subject| subject.learned());
        let number = self.note(state, cause, LiveEvent::CallSent(Arc::clone(call)));
        call.last.store(number, Ordering::Relaxed);
        if call.invocation.is_some() {
            state.in_flight.insert(call.number, Arc::clone(call));
            // A call that never reached a service is given up in the end.
            if state.in_flight.len() > IN_FLIGHT_MAX {
                state.in_flight.pop_first();
            }
        }
    }

    fn call_applied(
        &self,
        state: &mut RecordState,
        call: &Arc<RecordedCall>,
        applied: CallEffect,
    ) -> u64 {
        let cause = call.last.load(Ordering::Relaxed);
        let number = self.note(state, cause, LiveEvent::CallApplied(Arc::clone(call), applied));
        call.last.store(number, Ordering::Relaxed);
        call.is_applied.store(true, Ordering::Relaxed);
        number
    }

    fn call_answered(&self, state: &mut RecordState, call: &Arc<RecordedCall>, answer: Answer) {
        let cause = call.last.load(Ordering::Relaxed);
        let number = self.note(state, cause, LiveEvent::CallAnswered(Arc::clone(call), answer));
        if let Some(subject) = &call.invocation {
            subject.learn(number);
        }
    }
}

/// Returns the answer as the caller's SDK reads it.
fn answer_of(status: StatusCode, error: Option<&str>, body: &[u8]) -> Answer {
    let (in_body, explanation) = error_in_body(status.as_u16(), body);
    let error = error.map(Into::into).or(in_body);
    Answer { status: Some(status.as_u16()), error, explanation }
}

/// Returns the tables that a request to DynamoDB names.
fn request_tables(target: &str, body: &[u8]) -> Vec<String> {
    dynamodb::Request::parse(target, body).map(|request| tables_of(&request)).unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
