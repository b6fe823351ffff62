//! The record of the gateway. Each recorded event names the previous one as its cause, until a new
//! input arrives.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use stormglass_aws::gateway::Route;
use stormglass_aws::gateway::{
    ClientMessage, ConnectionId, Gateway, IntegrationOutcome, MessageOrigin, RequestId,
};
use stormglass_sim::App;
use stormglass_spec::history::Side;
use stormglass_spec::quotas::{INTEGRATION_TIMEOUT, MESSAGE_BYTES_MAX};

use super::connections::ConnectionState;
use super::note::{Delivery, FunctionResult, LiveEvent, MessageContent};
use super::subject::{Peer, Subject, SubjectKind};
use super::{Record, RecordState, Recorder};

/// The name of the route in the invocation of an authorizer.
const AUTHORIZER: &str = "authorizer";

impl Recorder {
    /// Begins a new input, which has no recorded cause.
    pub(crate) fn begin_input(&self) {
        if let Some(record) = &self.record {
            record.set_cause(0);
        }
    }

    /// Records that a client asks for a WebSocket.
    pub(crate) fn on_upgrade(&self, id: &ConnectionId, from: IpAddr) {
        self.with(|record, state| {
            let peer = state.connections.add(record.elapsed(), id, from);
            record.note_next(state, LiveEvent::HandshakeAsked(peer));
        });
    }

    /// Records that a connection is open.
    pub(crate) fn on_opened(&self, id: &ConnectionId) {
        self.with(|record, state| {
            let now = record.elapsed();
            let live = state.connections.live(id).expect("its handshake is recorded");
            (live.state, live.since, live.active) = (ConnectionState::Open, now, now);
            let peer = Arc::clone(&live.peer);
            record.note_next(state, LiveEvent::HandshakeOpened(peer));
        });
    }

    /// Records that a handshake is refused.
    pub(crate) fn on_refused(&self, id: &ConnectionId, status: u16) {
        self.with(|record, state| {
            let peer = state.peer(id).expect("its handshake is recorded");
            record.note_next(state, LiveEvent::HandshakeRefused(peer, status));
            state.connections.remove(id);
        });
    }

    /// Records that a handshake succeeded after its client had left.
    pub(crate) fn on_aborted(&self, id: &ConnectionId) {
        self.with(|record, state| {
            let peer = state.peer(id).expect("its handshake is recorded");
            record.note_next(state, LiveEvent::HandshakeAborted(peer));
            state.connections.remove(id);
        });
    }

    /// Records a message of a client.
    pub(crate) fn on_message(
        &self,
        id: &ConnectionId,
        request: &RequestId,
        message: &ClientMessage,
    ) {
        self.with(|record, state| {
            let now = record.elapsed();
            let Some(live) = state.connections.live(id) else { return };
            live.active = now;
            let (kind, content) = match message {
                ClientMessage::Text { text, .. } => match broadcast_of(record.app, text) {
                    Some(data) => {
                        let (data, text) = (data.into(), text.as_str().into());
                        (
                            live.count(SubjectKind::Broadcast),
                            MessageContent::Broadcast { data, text },
                        )
                    }
                    None => {
                        (live.count(SubjectKind::Text), MessageContent::Text(text.as_str().into()))
                    }
                },
                ClientMessage::Binary(bytes) => {
                    (live.count(SubjectKind::Binary), MessageContent::Binary(bytes.len()))
                }
                // The gateway has not read it to its end.
                ClientMessage::TooBig => {
                    (live.count(SubjectKind::Binary), MessageContent::Binary(MESSAGE_BYTES_MAX + 1))
                }
            };
            let peer = Arc::clone(&live.peer);
            let subject = Subject::new(peer, kind, request);
            state.at_hand = Some(Arc::clone(&subject));
            record.note_next(state, LiveEvent::FrameSent(subject, content));
        });
    }

    /// Notes that a client is active. A ping makes no event: a client that only pings would push
    /// all others out of the record.
    pub(crate) fn on_ping(&self, id: &ConnectionId) {
        self.with(|record, state| {
            let now = record.elapsed();
            if let Some(live) = state.connections.live(id) {
                live.active = now;
            }
        });
    }

    /// Records that the first message on its way to a client has gone out.
    pub(crate) fn on_frame_sent(&self, id: &ConnectionId) {
        self.with(|record, state| {
            let now = record.elapsed();
            let Some(live) = state.connections.live(id) else { return };
            let Some((cause, delivered)) = live.outbox.pop_front() else { return };
            live.active = now;
            live.messages_out += 1;
            let peer = Arc::clone(&live.peer);
            record.note(state, cause, LiveEvent::FrameReceived(peer, delivered));
        });
    }

    /// Records the close frame of a client.
    pub(crate) fn on_client_close(&self, id: &ConnectionId, code: u16) {
        self.with(|record, state| {
            let Some(peer) = state.peer(id) else { return };
            record.note_next(state, LiveEvent::CloseSent(peer, code));
        });
    }

    /// Records that the gateway regards a connection as closed.
    pub(crate) fn on_closed(&self, id: &ConnectionId, by_client: bool, code: u16) {
        self.with(|record, state| {
            let Some(live) = state.connections.live(id) else { return };
            live.state = ConnectionState::Closed;
            let (peer, has_left) = (Arc::clone(&live.peer), live.has_left);
            let by = if by_client { Side::Client } else { Side::Gateway };
            record.note_next(state, LiveEvent::Closed(peer, by, code));
            if has_left {
                state.connections.remove(id);
            }
        });
    }

    /// Notes that the socket of a client is gone, and that nothing more will go out to it.
    pub(crate) fn on_client_left(&self, id: &ConnectionId) {
        self.with(|_, state| {
            let Some(live) = state.connections.live(id) else { return };
            live.has_left = true;
            if live.state == ConnectionState::Closed {
                state.connections.remove(id);
            }
        });
    }

    /// Notes a reply or an error of the gateway that is on its way to a client.
    pub(crate) fn on_send(&self, id: &ConnectionId, text: &str, origin: &MessageOrigin) {
        self.with(|record, state| {
            let Some(delivered) = state.answers(text, origin) else { return };
            state.queue(id, record.cause(), delivered);
        });
    }

    /// Records that an answer is dropped because the buffer of its client is full.
    pub(crate) fn on_dropped_answer(&self, origin: &MessageOrigin) {
        self.with(|record, state| {
            let (MessageOrigin::Reply(request) | MessageOrigin::Error(request)) = origin;
            let Some(subject) = state.subject(request) else { return };
            record.note_next(state, LiveEvent::AnswerDropped(subject));
        });
    }

    /// Records the start of a function with this timeout, for an event of a route.
    pub(crate) fn on_start(
        &self,
        request: &RequestId,
        id: &ConnectionId,
        route: &Route,
        timeout: Duration,
    ) {
        self.starts(request, id, &route.key, &route.function, route.is_two_way, timeout);
    }

    /// Records the start of an authorizer with this timeout.
    pub(crate) fn on_authorizer_start(
        &self,
        request: &RequestId,
        id: &ConnectionId,
        function: &str,
        timeout: Duration,
    ) {
        self.starts(request, id, AUTHORIZER, function, false, timeout);
    }

    fn starts(
        &self,
        request: &RequestId,
        id: &ConnectionId,
        route: &str,
        function: &str,
        two_way: bool,
        timeout: Duration,
    ) {
        self.with(|record, state| {
            let subject = match state.subject(request) {
                Some(subject) => subject,
                None => {
                    let Some(peer) = state.peer(id) else { return };
                    let kind = match route {
                        AUTHORIZER => SubjectKind::Authorize,
                        "$connect" => SubjectKind::Connect,
                        _ => SubjectKind::Disconnect,
                    };
                    Subject::new(peer, kind, request)
                }
            };
            state.running.insert(request.clone(), Arc::clone(&subject));
            let route: Arc<str> = route.into();
            let now = record.elapsed();
            state.invocations.start(now, &subject, &route, function);
            let due = now + timeout.min(INTEGRATION_TIMEOUT);
            let cause = record.cause();
            let started =
                LiveEvent::InvocationStarted { subject: Arc::clone(&subject), route, due, two_way };
            subject.learn(record.note(state, cause, started));
        });
    }

    /// Records the response of a function.
    pub(crate) fn on_return(&self, gateway: &Gateway, request: &RequestId, json: &str) {
        self.ended(request, |subject| match subject.kind {
            SubjectKind::Authorize => FunctionResult::Verdict(gateway.allows(json)),
            _ => FunctionResult::Response(json.into()),
        });
    }

    /// Records that a function failed with this error.
    pub(crate) fn on_failure(&self, request: &RequestId, error: &str) {
        self.ended(request, |subject| match IntegrationOutcome::from_error(error) {
            IntegrationOutcome::Unauthorized if subject.kind == SubjectKind::Authorize => {
                FunctionResult::Denied
            }
            _ => FunctionResult::Failed(error.into()),
        });
    }

    fn ended(&self, request: &RequestId, result_of: impl FnOnce(&Subject) -> FunctionResult) {
        self.with(|record, state| {
            let Some(subject) = state.end(request) else { return };
            let result = result_of(&subject);
            state.invocations.end(record.elapsed(), request, &result);
            record.set_cause(subject.learned());
            record.note_next(state, LiveEvent::InvocationEnded(subject, result));
        });
    }

    /// Records that a function was stopped, or never ran.
    pub(crate) fn on_kill(&self, request: &RequestId, reason: &str) {
        self.with(|record, state| {
            let Some(subject) = state.end(request) else { return };
            state.invocations.kill(record.elapsed(), request, reason);
            record.set_cause(subject.learned());
            record.note_next(state, LiveEvent::InvocationKilled(subject, reason.into()));
        });
    }

    fn with(&self, act: impl FnOnce(&Record, &mut RecordState)) {
        if let Some(record) = &self.record {
            act(record, &mut record.state());
        }
    }
}

impl Record {
    /// Records an event that the last one led to.
    fn note_next(&self, state: &mut RecordState, event: LiveEvent) {
        let number = self.note(state, self.cause(), event);
        self.set_cause(number);
    }
}

impl RecordState {
    pub(super) fn peer(&self, id: &str) -> Option<Arc<Peer>> {
        self.connections.peer(id).cloned()
    }

    /// Notes a message that is on its way to a client.
    pub(super) fn queue(&mut self, id: &str, cause: u64, delivered: Delivery) {
        if let Some(live) = self.connections.live(id) {
            live.outbox.push_back((cause, delivered));
        }
    }

    /// Returns the subject of a request id.
    fn subject(&self, request: &RequestId) -> Option<Arc<Subject>> {
        let at_hand = self.at_hand.as_ref().filter(|subject| subject.request == *request);
        at_hand.or_else(|| self.running.get(request)).cloned()
    }

    /// Takes an invocation that is over. The gateway may still send its answer, so it stays at
    /// hand.
    fn end(&mut self, request: &RequestId) -> Option<Arc<Subject>> {
        let subject = self.running.remove(request)?;
        self.at_hand = Some(Arc::clone(&subject));
        Some(subject)
    }

    fn answers(&self, text: &str, origin: &MessageOrigin) -> Option<Delivery> {
        match origin {
            MessageOrigin::Reply(request) => {
                Some(Delivery::Reply(self.subject(request)?, text.into()))
            }
            MessageOrigin::Error(request) => {
                Some(Delivery::Error(self.subject(request)?, text.into()))
            }
        }
    }
}

/// Returns the data of a broadcast, a JSON value exactly as written; `None` if the message is no
/// broadcast.
///
/// The data is in one of the members of the message. The message is a broadcast if the application
/// would write so, whatever else the message has: an id, or the members in another order.
fn broadcast_of(app: &dyn App, text: &str) -> Option<String> {
    let broadcasts = app.broadcasts()?;
    let members: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    let message: Map<String, Value> = serde_json::from_str(text).ok()?;
    let data = members.values().map(|member| member.get());
    let is_data = |data: &&str| {
        let written: Result<Map<String, Value>, _> =
            serde_json::from_str(&broadcasts.message(data));
        written.is_ok_and(|written| {
            written.iter().all(|(name, value)| message.get(name) == Some(value))
        })
    };
    data.into_iter().find(is_data).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use stormglass_apps::STORMGLASS;

    use super::*;

    #[test]
    fn a_broadcast_is_known_by_its_data_whatever_else_is_said() {
        for (text, data) in [
            (r#"{"action":"broadcast","data":"hi"}"#, Some(r#""hi""#)),
            (
                r#"{ "id": 7, "data": {"b": 1, "a": 2}, "action":"broadcast" }"#,
                Some(r#"{"b": 1, "a": 2}"#),
            ),
            (r#"{"action":"broadcast","data":"broadcast"}"#, Some(r#""broadcast""#)),
            (r#"{"action":"broadcast"}"#, None),
            (r#"{"action":"other","data":"hi"}"#, None),
            ("hi", None),
            ("[]", None),
        ] {
            assert_eq!(broadcast_of(&STORMGLASS, text).as_deref(), data, "{text}");
        }
    }
}
