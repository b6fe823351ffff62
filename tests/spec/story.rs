//! Tells histories by hand, an event a millisecond.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::history::{
    Acknowledgement, Answer, Content, Counts, Effect, Event, EventKind, Explanation, Origin,
    Outcome, Request,
};
use stormglass_spec::name::{CallName, ConnectionName, RowName};
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;
use stormglass_spec::{Judge, Need, Property, Time, Violation};

/// The result of a judge: an error is a broken promise.
pub(crate) type Verdict = Result<(), Violation>;

/// Tells a story to a judge.
pub(crate) struct Story {
    pub(crate) judge: Judge,
    pub(crate) events: u32,
    pub(crate) at: Time,
    /// The number of calls of each kind, target and invocation.
    calls: BTreeMap<String, u32>,
}

impl Story {
    /// A story that is held to these promises.
    pub(crate) fn held_to(promises: &[Property]) -> Story {
        let judge = Judge::new(promises);
        Story { judge, events: 0, at: Time::ZERO, calls: BTreeMap::new() }
    }

    /// A story that is held to this promise alone.
    pub(crate) fn about(promise: Property) -> Story {
        Story::held_to(&[promise])
    }

    pub(crate) fn try_tell(&mut self, what: EventKind) -> Verdict {
        self.try_tell_with_cause(None, what)
    }

    pub(crate) fn try_tell_with_cause(&mut self, cause: Option<u32>, what: EventKind) -> Verdict {
        self.events += 1;
        self.at = self.at + Duration::from_millis(1);
        self.judge.observe(&Event { number: self.events, at: self.at, cause, kind: what })
    }

    pub(crate) fn tell(&mut self, what: EventKind) {
        self.try_tell(what).expect("no promise is broken yet");
    }

    pub(crate) fn wait(&mut self, duration: Duration) {
        self.at = self.at + duration;
    }

    pub(crate) fn finish(&mut self) -> Verdict {
        self.judge.finish()
    }

    /// Returns the number of times that the promises were put to the test.
    pub(crate) fn times(&self) -> u64 {
        self.judge.tested().map(|(_, times)| times).sum()
    }

    /// Returns the needs that the story has met.
    pub(crate) fn met(&self) -> Vec<Need> {
        self.judge.met().iter().copied().collect()
    }

    pub(crate) fn opened(&mut self, connection: &str) {
        let connection: ConnectionName = connection.into();
        self.tell(EventKind::HandshakeAsked { connection: connection.clone() });
        self.tell(written(&connection));
        self.tell(EventKind::HandshakeOpened { connection });
    }

    pub(crate) fn sent(&mut self, connection: &str, frame: &str, data: &str) {
        let content = Content::Broadcast { data: data.into(), text: data.into() };
        self.tell(EventKind::FrameSent {
            connection: connection.into(),
            frame: frame.into(),
            content,
        });
    }

    /// A message that is no broadcast.
    pub(crate) fn said(&mut self, connection: &str, frame: &str, text: &str) {
        let content = Content::Text(text.into());
        self.tell(EventKind::FrameSent {
            connection: connection.into(),
            frame: frame.into(),
            content,
        });
    }

    pub(crate) fn started(&mut self, connection: &str, invocation: &str) {
        self.started_on("broadcast", connection, invocation);
    }

    /// A two-way route has the whole time that the gateway waits.
    pub(crate) fn started_on(&mut self, route: &str, connection: &str, invocation: &str) {
        self.started_with(route, connection, invocation, INTEGRATION_TIMEOUT);
    }

    pub(crate) fn started_with(
        &mut self,
        route: &str,
        connection: &str,
        invocation: &str,
        time: Duration,
    ) {
        self.tell(EventKind::InvocationStarted {
            invocation: invocation.into(),
            route: route.into(),
            connection: Some(connection.into()),
            messages: Vec::new(),
            due: self.at + time,
            two_way: !route.starts_with('$') || route == "$default",
        });
    }

    /// A call of this name in the invocation, for this purpose: `post-ana1`.
    pub(crate) fn call(
        &mut self,
        invocation: &str,
        purpose: &str,
        request: Request,
        request_text: &str,
    ) -> CallName {
        let made = self.calls.entry(format!("{invocation}.{purpose}")).or_default();
        *made += 1;
        let call: CallName = format!("{invocation}.{purpose}-{made}").into();
        self.tell(EventKind::CallSent {
            call: call.clone(),
            invocation: invocation.into(),
            request,
            request_text: request_text.into(),
        });
        call
    }

    pub(crate) fn post(&mut self, invocation: &str, connection: &str) -> CallName {
        let request = Request::Post { connection: connection.into(), body: "".into() };
        self.call(invocation, &format!("post-{connection}"), request, "")
    }

    pub(crate) fn answered(&mut self, call: &str, status: Option<u16>) -> Verdict {
        let answer = Answer { status, error: None, explanation: Explanation::default() };
        self.try_tell(EventKind::CallAnswered { call: call.into(), answer })
    }

    pub(crate) fn posted(
        &mut self,
        invocation: &str,
        connection: &str,
        effect: Effect,
        status: Option<u16>,
    ) {
        let call = self.post(invocation, connection);
        self.tell(EventKind::CallApplied { call: call.clone(), effect });
        self.answered(&call, status).expect("no promise is broken yet");
    }

    /// A post that the gateway accepts, and says so.
    pub(crate) fn accepted(&mut self, invocation: &str, connection: &str) {
        self.posted(invocation, connection, Effect::Accepted, Some(200));
    }

    /// A post that the gateway refuses with this status.
    pub(crate) fn refused(&mut self, invocation: &str, connection: &str, status: u16) {
        let effect = match status {
            410 => Effect::Gone { pending: false },
            _ => Effect::refused(status.to_string()),
        };
        self.posted(invocation, connection, effect, Some(status));
    }

    /// A read of the table that finds these rows.
    pub(crate) fn read(&mut self, invocation: &str, rows: &[&str], more: bool) {
        self.read_from("stormglass-rows", invocation, rows, more);
    }

    pub(crate) fn read_from(&mut self, table: &str, invocation: &str, rows: &[&str], more: bool) {
        let request = Request::Scan { consistent: true, continued: false };
        let request_text = format!(r#"Scan {{"ConsistentRead":true,"TableName":"{table}"}}"#);
        let call = self.call(invocation, "scan", request, &request_text);
        let rows = rows.iter().map(|row| RowName::from(*row)).collect();
        let effect = Effect::Read { rows, stale: false, more };
        self.tell(EventKind::CallApplied { call: call.clone(), effect });
        self.answered(&call, Some(200)).expect("no promise is broken yet");
    }

    /// A store of a row that works; gives the event in which it was applied.
    pub(crate) fn stored(&mut self, invocation: &str, row: &str) -> Verdict {
        let call =
            self.call(invocation, &format!("put-{row}"), Request::Put { row: row.into() }, "");
        self.tell(EventKind::CallApplied { call: call.clone(), effect: Effect::Done });
        let cause = Some(self.events);
        self.try_tell_with_cause(cause, written(row))?;
        self.answered(&call, Some(200))
    }

    /// A delete of a row that the table refuses with this status.
    pub(crate) fn delete_refused(&mut self, invocation: &str, row: &str, status: u16) {
        let request = Request::Delete { row: row.into() };
        let call = self.call(invocation, &format!("delete-{row}"), request, "");
        let effect = Effect::refused(status.to_string());
        self.tell(EventKind::CallApplied { call: call.clone(), effect });
        self.answered(&call, Some(status)).expect("no promise is broken yet");
    }

    pub(crate) fn acknowledged(
        &mut self,
        invocation: &str,
        failed: u64,
        complete: bool,
    ) -> Verdict {
        self.counted(invocation, Counts { delivered: 0, gone: 0, pending: 0, failed, complete })
    }

    pub(crate) fn counted(&mut self, invocation: &str, counts: Counts) -> Verdict {
        self.ended(invocation, Some(Acknowledgement { counts: Some(counts) }))
    }

    pub(crate) fn ended(
        &mut self,
        invocation: &str,
        acknowledgement: Option<Acknowledgement>,
    ) -> Verdict {
        let outcome = Outcome::Returned { status: 200, body: None, acknowledgement };
        self.try_tell(EventKind::InvocationEnded { invocation: invocation.into(), outcome })
    }

    /// An invocation returns this, and acknowledges nothing.
    pub(crate) fn returned(&mut self, invocation: &str, status: u16, body: &str) -> Verdict {
        let outcome = Outcome::Returned { status, body: Some(body.into()), acknowledgement: None };
        self.try_tell(EventKind::InvocationEnded { invocation: invocation.into(), outcome })
    }

    /// Delivers the frame of the invocation's first post to the connection.
    pub(crate) fn received(&mut self, connection: &str, invocation: &str, body: &str) -> Verdict {
        self.received_from(connection, &format!("{invocation}.post-{connection}-1"), body)
    }

    pub(crate) fn received_from(&mut self, connection: &str, call: &str, body: &str) -> Verdict {
        self.got(connection, body, Origin::Post { call: call.into() })
    }

    pub(crate) fn replied(&mut self, connection: &str, invocation: &str, body: &str) -> Verdict {
        self.got(connection, body, Origin::Reply { invocation: invocation.into() })
    }

    pub(crate) fn got(&mut self, connection: &str, body: &str, origin: Origin) -> Verdict {
        let (connection, body) = (connection.into(), body.into());
        self.try_tell(EventKind::FrameReceived { connection, body, origin })
    }
}

/// Returns the promise that was broken.
pub(crate) fn property(verdict: Verdict) -> &'static str {
    verdict.expect_err("a broken promise").property
}

/// Returns the reason for the broken promise.
pub(crate) fn because(verdict: Verdict) -> String {
    verdict.expect_err("a broken promise").because
}

/// Returns the event in which the row that has the name of a connection was stored.
pub(crate) fn written(connection: &str) -> EventKind {
    EventKind::RowWritten { row: connection.into(), connections: vec![connection.into()] }
}

/// Returns the event in which the row that has the name of a connection was removed.
pub(crate) fn removed(connection: &str) -> EventKind {
    EventKind::RowRemoved { row: connection.into(), connections: vec![connection.into()] }
}
