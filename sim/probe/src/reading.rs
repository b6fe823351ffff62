//! What may have happened inside, given what clients saw.
//!
//! The promises speak of invocations and posts, which nobody outside can see. So a history is
//! written that has them, and that no client could tell from the real one: an invocation starts
//! when its message is sent and ends just before the answer, and every broadcast that arrives was
//! posted. Where several such histories fit, a promise is held to two of them: one in which
//! everything happened that could excuse the endpoint, and one in which nothing did. What is broken
//! in both is broken; what is broken in the second only is suspect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::history::{
    Acknowledgement, Answer, Content, Effect, Event, EventKind, Origin, Outcome, Request, Side,
};
use stormglass_spec::name::{CallName, ConnectionName, InvocationName, MessageName};
use stormglass_spec::{History, Time};

use super::attribution::{Attribution, MessageCause, Place, SentMessage};
use super::format::AcknowledgementRule;
use super::observation::{Observation, ObservationKind};

/// How what cannot be seen is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Attempts inside failed wherever that explains something.
    pub(super) has_faults: bool,
    /// Other people's clients broadcast whatever nobody here sent.
    pub(super) has_strangers: bool,
    /// A broadcast was accepted as early, and a connection closed as early, as can be.
    pub(super) is_lenient_in_time: bool,
}

/// Where something stands in a history: beside which observation, and in which order.
type Rank = (Place, u8);

/// Before a observation: what must have happened by then.
const CALLS: u8 = 0;
const ENDS: u8 = 1;
/// The observation itself.
const SIGHT: u8 = 2;
/// Just after it.
const STARTS: u8 = 3;
const CLOSES: u8 = 4;

/// A history that fits what clients saw.
pub(super) fn history(
    observations: &[Observation],
    attribution: &Attribution<'_>,
    acknowledged: AcknowledgementRule,
    silence: Duration,
    reading: Reading,
) -> History {
    let connections = Lifespan::of(observations);
    let mut script = HistoryBuilder {
        observations,
        attribution,
        acknowledged,
        silence,
        reading,
        connections,
        events: Vec::new(),
    };
    for (at, observation) in observations.iter().enumerate() {
        script.see(at, observation);
    }
    for message in &attribution.messages {
        script.work(message);
    }
    script.finish()
}

/// What is known of when a connection was there.
#[derive(Clone, Copy, Debug, Default)]
struct Lifespan {
    opened: Option<Place>,
    over: Option<Place>,
    /// When something last came through it.
    alive: Place,
}

impl Lifespan {
    fn of(observations: &[Observation]) -> BTreeMap<Name, Lifespan> {
        let mut spans: BTreeMap<Name, Lifespan> = BTreeMap::new();
        for (at, observation) in observations.iter().enumerate() {
            let span = spans.entry(observation.connection.clone()).or_default();
            match &observation.kind {
                ObservationKind::Opened => (span.opened, span.alive) = (Some(at), at),
                ObservationKind::Received(_) => span.alive = at,
                ObservationKind::CloseSent(_)
                | ObservationKind::Vanished
                | ObservationKind::ClosedByEndpoint(_) => span.over = Some(at),
                ObservationKind::Requested
                | ObservationKind::Refused(_)
                | ObservationKind::Failed
                | ObservationKind::Sent { .. } => {}
            }
        }
        spans
    }
}

#[derive(Debug)]
struct HistoryBuilder<'a> {
    observations: &'a [Observation],
    attribution: &'a Attribution<'a>,
    acknowledged: AcknowledgementRule,
    silence: Duration,
    reading: Reading,
    connections: BTreeMap<Name, Lifespan>,
    events: Vec<(Rank, EventKind)>,
}

impl HistoryBuilder<'_> {
    fn add(&mut self, at: Place, phase: u8, what: EventKind) {
        self.events.push(((at, phase), what));
    }

    /// Adds what a client did or saw.
    fn see(&mut self, at: Place, observation: &Observation) {
        let connection = observation.connection.clone();
        let span = self.connections.get(&connection).copied().unwrap_or_default();
        match &observation.kind {
            ObservationKind::Requested => {
                self.add(at, SIGHT, EventKind::HandshakeAsked { connection })
            }
            ObservationKind::Opened => {
                self.add(at, SIGHT, EventKind::HandshakeOpened { connection })
            }
            ObservationKind::Refused(status) => {
                self.add(at, SIGHT, EventKind::HandshakeRefused { connection, status: *status });
            }
            ObservationKind::Failed => {
                self.add(at, SIGHT, EventKind::HandshakeAborted { connection })
            }
            ObservationKind::Sent { message, content, .. } => {
                let (frame, content) = (message.clone(), content.clone());
                self.add(at, SIGHT, EventKind::FrameSent { connection, frame, content });
            }
            ObservationKind::Received(text) => self.receive(at, connection, text),
            ObservationKind::CloseSent(code) => {
                let code = *code;
                let left = EventKind::CloseSent { connection: connection.clone(), code };
                self.add(at, SIGHT, left);
                self.add(at, CLOSES, EventKind::Closed { connection, by: Side::Client, code });
            }
            ObservationKind::Vanished => {
                self.add(at, SIGHT, EventKind::Vanished { connection: connection.clone() });
                let by = Side::Client;
                self.add(at, CLOSES, EventKind::Closed { connection, by, code: 1006 });
            }
            ObservationKind::ClosedByEndpoint(code) => {
                let at = if self.reading.is_lenient_in_time { span.alive } else { at };
                let (by, code) = (Side::Gateway, *code);
                self.add(at, CLOSES, EventKind::Closed { connection, by, code });
            }
        }
    }

    /// Adds a message that a client got.
    fn receive(&mut self, at: Place, connection: ConnectionName, text: &Arc<str>) {
        let attribution = self.attribution;
        let (body, origin) = match attribution.causes.get(&at) {
            Some(MessageCause::Broadcast { message, data }) => {
                let message = &attribution.messages[*message];
                let nth = message.arrivals.iter().position(|arrival| arrival.at == at);
                let call = post(&message.name, &connection, nth.unwrap_or(0));
                (data.clone(), Origin::Post { call })
            }
            Some(MessageCause::Answer { message }) if attribution.is_of_gateway(text) => {
                let frame = attribution.messages[*message].name.clone();
                (text.clone(), Origin::GatewayError { frame })
            }
            Some(MessageCause::Answer { message }) => {
                let message = &attribution.messages[*message];
                let nth = message.answers.iter().position(|answer| *answer == at).unwrap_or(0);
                let invocation = nth_invocation(&message.name, nth);
                (text.clone(), Origin::Reply { invocation })
            }
            Some(MessageCause::Nothing) => (text.clone(), nobodys(at)),
            Some(MessageCause::Unknown) | None => (text.clone(), self.strangers(at, text)),
        };
        self.add(at, SIGHT, EventKind::FrameReceived { connection, body, origin });
    }

    /// What nobody here sent was sent by a stranger, if there may be one.
    fn strangers(&mut self, at: Place, text: &Arc<str>) -> Origin {
        if !self.reading.has_strangers {
            return nobodys(at);
        }
        let (connection, frame): (ConnectionName, MessageName) =
            ("stranger1".into(), format!("stranger.b{at}").into());
        let content = Content::Broadcast { data: text.clone(), text: text.clone() };
        let sent =
            EventKind::FrameSent { connection: connection.clone(), frame: frame.clone(), content };
        self.add(at, CALLS, sent);
        self.start(at, CALLS, &frame, &connection, false);
        let recipient = self.observations[at].connection.clone();
        let call = post(&frame, &recipient, 0);
        self.call(at, &invocation, &call, &recipient, text, false);
        Origin::Post { call }
    }

    /// Adds what an endpoint did with a message.
    fn work(&mut self, message: &SentMessage) {
        let is_two_way = message.is_asking || !message.answers.is_empty();
        let invocation = message.name.invocation();
        if message.number.is_some() || is_two_way {
            let (at, phase) = self.started(message);
            self.start(at, phase, &invocation, &message.connection, is_two_way);
        }
        let ended = self.ended(message);
        for (nth, arrival) in message.arrivals.iter().enumerate() {
            // The gateway had accepted it by then, and by the time of the acknowledgement.
            let at = ended.as_ref().map_or(arrival.at, |(ended, _, _)| arrival.at.min(*ended));
            let call = post(&message.name, &arrival.connection, nth);
            let is_ambiguous =
                self.reading.has_faults && self.may_be_ambiguous(message, arrival.at);
            let recipient = &arrival.connection;
            self.call(at, &invocation, &call, recipient, &arrival.data, is_ambiguous);
        }
        if let Some((at, phase, said)) = ended {
            for connection in self.missed(message, at) {
                let call = post(&message.name, &connection, 0);
                self.call(at, &invocation, &call, &connection, &"".into(), false);
            }
            self.end(at, phase, message, 0, Some(said));
        }
        for nth in 0..message.answers.len() {
            let at = message.answers[nth];
            let ObservationKind::Received(text) = &self.observations[at].kind else { continue };
            if self.attribution.is_of_gateway(text) {
                continue;
            }
            let is_acknowledgement = message.acknowledged.as_ref().is_some_and(|(it, _)| *it == at);
            if nth > 0 {
                let connection = &message.connection;
                let again = nth_invocation(&message.name, nth);
                self.start(at, CALLS, &again, connection, true);
            }
            if nth > 0 || !is_acknowledgement {
                self.end(at, ENDS, message, nth, None);
            }
        }
    }

    /// When an invocation started: the earlier, the fewer connections were there before it.
    fn started(&self, message: &SentMessage) -> Rank {
        let arrived = message.arrivals.iter().map(|arrival| arrival.at);
        let first = arrived.chain(message.answers.iter().copied()).min();
        match first.filter(|first| *first > message.at) {
            Some(first) if !self.reading.is_lenient_in_time => (first, CALLS),
            _ => (message.at, STARTS),
        }
    }

    /// The connections that were over so soon after an acknowledgement that the broadcast may still
    /// have been on its way to them.
    fn missed(&self, message: &SentMessage, acknowledged: Place) -> Vec<Name> {
        let Some(said) = self.observations.get(acknowledged) else { return Vec::new() };
        let was_over_soon = |span: &Lifespan| {
            let is_over = span.over.filter(|over| *over > acknowledged);
            is_over.is_some_and(|over| self.observations[over].at.since(said.at) < self.silence)
        };
        let missed = self.connections.iter().filter(|(connection, span)| {
            span.opened.is_some_and(|opened| opened < message.at)
                && was_over_soon(span)
                && message.arrivals.iter().all(|arrival| arrival.connection != **connection)
        });
        missed.map(|(connection, _)| connection.clone()).collect()
    }

    /// When a broadcast was acknowledged, and how.
    fn ended(&self, message: &SentMessage) -> Option<(Place, u8, Acknowledgement)> {
        message.number?;
        match self.acknowledged {
            AcknowledgementRule::Reply => {
                let (at, said) = message.acknowledged.clone()?;
                Some((at, ENDS, said))
            }
            AcknowledgementRule::Silence if message.answers.is_empty() => {
                let due = self.observations[message.at].at + self.silence;
                let at = self.observations.partition_point(|observation| observation.at < due);
                Some((at, ENDS, Acknowledgement { counts: None }))
            }
            // Who got its own message may think that others have it as well, no more than that.
            AcknowledgementRule::Never if !self.reading.is_lenient_in_time => {
                let mut arrivals = message.arrivals.iter();
                let echo = arrivals.find(|arrival| arrival.connection == message.connection)?;
                Some((echo.at, CLOSES, Acknowledgement { counts: None }))
            }
            AcknowledgementRule::Silence | AcknowledgementRule::Never => None,
        }
    }

    /// Whether an attempt inside may have failed so that nobody could know whether it had arrived.
    ///
    /// If one message arrived, and the sender was told that everybody has it, the attempt that made
    /// it arrive is known to have gone well: no other one did anything that matters.
    fn may_be_ambiguous(&self, message: &SentMessage, arrived: Place) -> bool {
        let connection = &self.observations[arrived].connection;
        let copies = message.arrivals.iter().filter(|it| it.connection == *connection).count();
        let Some((acknowledged, said)) = &message.acknowledged else { return true };
        let span = self.connections.get(connection).copied().unwrap_or_default();
        let was_there = span.opened.is_some_and(|opened| opened < message.at)
            && span.over.is_none_or(|over| over > *acknowledged);
        copies > 1 || !said.is_complete() || said.failed() > 0 || !was_there
    }

    fn start(
        &mut self,
        at: Place,
        phase: u8,
        name: &InvocationName,
        connection: &ConnectionName,
        two_way: bool,
    ) {
        let (invocation, connection) = (name.clone(), connection.clone());
        let route = match name.contains(".b") {
            true => "broadcast".into(),
            false => "$default".into(),
        };
        let due = Time::from_micros(u64::MAX);
        let what = EventKind::InvocationStarted { invocation, route, connection, due, two_way };
        self.add(at, phase, what);
    }

    fn end(
        &mut self,
        at: Place,
        phase: u8,
        message: &SentMessage,
        nth: usize,
        said: Option<Acknowledgement>,
    ) {
        let text = self.observations.get(at).and_then(|observation| match &observation.kind {
            ObservationKind::Received(text) if phase == ENDS && message.answers.contains(&at) => {
                Some(text)
            }
            _ => None,
        });
        let outcome = Outcome::Returned { status: 200, body: text.cloned(), acknowledgement: said };
        let invocation = nth_invocation(&message.name, nth);
        self.add(at, phase, EventKind::InvocationEnded { invocation, outcome });
    }

    fn call(
        &mut self,
        at: Place,
        invocation: &InvocationName,
        call: &CallName,
        recipient: &ConnectionName,
        body: &Arc<str>,
        is_ambiguous: bool,
    ) {
        let request = Request::Post { connection: recipient.clone(), body: body.clone() };
        let (invocation, wire) = (invocation.clone(), "".into());
        self.add(at, CALLS, EventKind::CallSent { call: call.clone(), invocation, request, wire });
        let effect = Effect::Accepted;
        self.add(at, CALLS, EventKind::CallApplied { call: call.clone(), effect });
        if !is_ambiguous {
            let answer = Answer { status: Some(200), error: None };
            self.add(at, CALLS, EventKind::CallAnswered { call: call.clone(), answer });
        }
    }

    fn finish(mut self) -> History {
        self.events.sort_by_key(|(rank, _)| *rank);
        let last = self.observations.last().map_or(Time::ZERO, |last| last.at);
        let events = self.events.into_iter().zip(1..).map(|(((at, _), what), number)| {
            let at = self.observations.get(at).map_or(last, |observation| observation.at);
            Event { number, at, cause: None, kind: what }
        });
        History { events: events.collect() }
    }
}

/// The post of a broadcast that reached a client.
fn post(broadcast: &MessageName, recipient: &ConnectionName, nth: usize) -> CallName {
    format!("{broadcast}.post-{recipient}-{}", nth + 1).into()
}

/// Where a message was answered more than once, there was more than one invocation for it.
fn nth_invocation(message: &MessageName, nth: usize) -> InvocationName {
    match nth {
        0 => message.invocation(),
        _ => format!("{message}+{}", nth + 1).into(),
    }
}

/// A post that no function sent.
fn nobodys(at: Place) -> Origin {
    Origin::Post { call: format!("nobody.b{at}.post-nobody-1").into() }
}
