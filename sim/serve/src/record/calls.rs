//! What the wire of functions and the services tell: calls, what was done, and answers.
//!
//! A call of a function carries its number in a header, so that the service that carries it out can
//! say what became of it. A request without one comes from elsewhere.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use stormglass_aws::gateway::{ManagementOutcome, ManagementRequest};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::Change;
use stormglass_sim::translate::{effect_of, error_in_body, refusal_of};
use stormglass_spec::history::{Answer, Effect};

use super::logs::{CurrentInvocation, current};
use super::note::{CallEffect, Delivery, LiveEvent};
use super::subject::Subject;
use super::{Record, RecordState, Recorder};

/// The header with the number of a call.
pub const CALL: HeaderName = HeaderName::from_static("x-stormglass-call");

/// How many calls may be on their way before the oldest is no longer waited for.
const IN_FLIGHT_MAX: usize = 4_096;

const ERROR_TYPE: &str = "x-amzn-errortype";
const TARGET: &str = "x-amz-target";

/// One attempt on the wire.
#[derive(Debug)]
pub(crate) struct RecordedCall {
    pub(super) number: u64,
    /// Whose it is; `None` if it comes from elsewhere.
    pub(super) invocation: Option<Arc<Subject>>,
    pub(super) asked: CallTarget,
    pub(super) body: Bytes,
    /// The keys of the rows that a request to a table names, once the table has looked.
    pub(super) keys: OnceLock<Vec<String>>,
    /// The event that was last about it.
    last: AtomicU64,
    is_applied: AtomicBool,
}

/// What a call asks for.
#[derive(Debug)]
pub(super) enum CallTarget {
    /// A method and a URI: `@connections`, or nothing that there is.
    Http { method: String, uri: String },
    /// A request about a connection that came from elsewhere.
    Manage(ManagementRequest),
    /// An operation of DynamoDB.
    Table { target: String },
}

impl RecordedCall {
    fn new(
        number: u64,
        invocation: Option<Arc<Subject>>,
        asked: CallTarget,
        body: Bytes,
    ) -> RecordedCall {
        RecordedCall {
            number,
            invocation,
            asked,
            body,
            keys: OnceLock::new(),
            last: AtomicU64::new(0),
            is_applied: AtomicBool::new(false),
        }
    }

    /// How much memory its texts take.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
            + match &self.asked {
                CallTarget::Http { uri, .. } => uri.len(),
                CallTarget::Manage(request) => request.id.len(),
                CallTarget::Table { target } => target.len(),
            }
    }
}

/// A call that has been sent, and whose answer is waited for.
#[derive(Debug)]
pub(crate) struct OutgoingCall {
    recorder: Recorder,
    call: Arc<RecordedCall>,
}

/// Tells that the function which runs sends a request; its head then has the call's number.
pub(crate) fn sending(head: &mut Parts, body: &Bytes) -> Option<OutgoingCall> {
    let CurrentInvocation { recorder, subject, .. } = current()?;
    let record = recorder.record.as_ref()?;
    let number = record.calls.fetch_add(1, Ordering::Relaxed) + 1;
    let asked = match text(&head.headers, TARGET) {
        Some(target) => CallTarget::Table { target: target.to_owned() },
        None => {
            let (method, uri) = (head.method.as_str().to_owned(), head.uri.to_string());
            CallTarget::Http { method, uri }
        }
    };
    let call = Arc::new(RecordedCall::new(number, Some(subject?), asked, body.clone()));
    record.call_sent(&mut record.state(), &call);
    head.headers.insert(CALL, HeaderValue::from(number));
    Some(OutgoingCall { recorder: recorder.clone(), call })
}

impl OutgoingCall {
    /// The answer is there.
    pub(crate) fn answered(&self, answer: &Response<Bytes>) {
        let (status, headers) = (answer.status(), answer.headers());
        self.tell(answer_of(status, text(headers, ERROR_TYPE), answer.body()));
    }

    /// No answer came.
    pub(crate) fn broke(&self, error: &dyn std::error::Error) {
        self.tell(Answer { status: None, error: Some(error.to_string().into()) });
    }

    fn tell(&self, answer: Answer) {
        if let Some(record) = &self.recorder.record {
            record.call_answered(&mut record.state(), &self.call, answer);
        }
    }
}

/// The caller has its answer, or waits for it no longer.
impl Drop for OutgoingCall {
    fn drop(&mut self) {
        if let Some(record) = &self.recorder.record {
            // What is still on its way to a service is not forgotten.
            if self.call.is_applied.load(Ordering::Relaxed) {
                record.state().in_flight.remove(&self.call.number);
            }
        }
    }
}

/// The number of the call that a request is.
pub(crate) fn number_in(headers: &HeaderMap) -> Option<u64> {
    text(headers, CALL.as_str())?.parse().ok()
}

impl Recorder {
    /// The gateway has carried out a request of `@connections`, or not.
    pub(crate) fn on_management(
        &self,
        number: Option<u64>,
        request: &ManagementRequest,
        body: &Bytes,
        managed: &ManagementOutcome,
    ) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        let asked = || (CallTarget::Manage(request.clone()), body.clone());
        let (call, is_outside) = record.find(state, number, asked);
        let applied = CallEffect::Did(effect_of(managed));
        let cause = record.call_applied(state, &call, applied);
        record.set_cause(cause);
        if *managed == ManagementOutcome::Accepted {
            state.goes_out(&request.id, cause, Delivery::Post(Arc::clone(&call)));
        }
        if is_outside {
            let response = managed.response();
            let error = response.error.map(Into::into);
            record.call_answered(state, &call, Answer { status: Some(response.status), error });
        }
    }

    /// The gateway refuses a request without a look at any connection.
    pub(crate) fn on_management_refusal(&self, number: Option<u64>, refusal: &ManagementOutcome) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)).cloned() {
            record.call_applied(state, &call, CallEffect::Did(effect_of(refusal)));
        }
    }

    /// DynamoDB refuses a request without a look at any table.
    pub(crate) fn on_table_refusal(&self, number: Option<u64>, refusal: &dynamodb::Answer) {
        let Some(record) = &self.record else { return };
        let state = &mut *record.state();
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)).cloned() {
            record.call_applied(state, &call, CallEffect::Did(refusal_of(refusal)));
        }
    }

    /// DynamoDB has carried out a request that names the rows with these keys, or has refused it.
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
            record.note(state, 0, LiveEvent::TableChanged(change));
        }
        let asked =
            || (CallTarget::Table { target: target.to_owned() }, Bytes::copy_from_slice(body));
        let (call, is_outside) = record.find(state, number, asked);
        // Whoever sets it first is the only one who does: a call is carried out once.
        let _ = call.keys.set(keys);
        let did = match answer.status {
            200 if !writes => CallEffect::Read {
                keys: std::mem::take(&mut answer.rows).into(),
                more: answer.has_more,
            },
            200 => CallEffect::Did(Effect::Done),
            _ => CallEffect::Did(refusal_of(answer)),
        };
        let cause = record.call_applied(state, &call, did);
        for change in std::mem::take(&mut answer.changes) {
            record.note(state, cause, LiveEvent::TableChanged(change));
        }
        if is_outside {
            let status = StatusCode::from_u16(answer.status).unwrap_or_default();
            let told = answer_of(status, None, answer.body.as_bytes());
            record.call_answered(state, &call, told);
        }
    }
}

/// What DynamoDB did with a request.
#[derive(Debug)]
pub(crate) struct TableEffect<'a> {
    /// Whether the request writes, rather than reads.
    pub(crate) writes: bool,
    /// The keys of the rows that the request names.
    pub(crate) keys: Vec<String>,
    /// What expired before.
    pub(crate) expired: Vec<Change>,
    /// Its rows and changes are taken.
    pub(crate) answer: &'a mut dynamodb::Answer,
}

impl Record {
    /// The call with this number, or a new one from elsewhere if there is none.
    fn find(
        &self,
        state: &mut RecordState,
        number: Option<u64>,
        asked: impl FnOnce() -> (CallTarget, Bytes),
    ) -> (Arc<RecordedCall>, bool) {
        if let Some(call) = number.and_then(|number| state.in_flight.get(&number)) {
            return (Arc::clone(call), false);
        }
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let (asked, body) = asked();
        let call = Arc::new(RecordedCall::new(number, None, asked, body));
        self.call_sent(state, &call);
        (call, true)
    }

    fn call_sent(&self, state: &mut RecordState, call: &Arc<RecordedCall>) {
        let cause = call.invocation.as_ref().map_or(0, |subject| subject.learned());
        let number = self.note(state, cause, LiveEvent::CallSent(Arc::clone(call)));
        call.last.store(number, Ordering::Relaxed);
        if call.invocation.is_some() {
            state.in_flight.insert(call.number, Arc::clone(call));
            // Those that never got anywhere are given up in the end.
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

/// What the caller learns, as the SDK will read it.
fn answer_of(status: StatusCode, error: Option<&str>, body: &[u8]) -> Answer {
    let error = error.map(Into::into).or_else(|| error_in_body(status.as_u16(), body));
    Answer { status: Some(status.as_u16()), error }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
