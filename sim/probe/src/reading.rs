//! The events that may have happened inside an endpoint, given the observations of its clients.
//!
//! The promises speak of invocations and posts, which no client sees. So a history is written that
//! has them, and that no client could tell from the real one: an invocation starts when its message
//! is sent and ends just before the answer, and every broadcast that arrives was posted. More than
//! one such history fits, so a promise is held to two of them: one with everything that could
//! excuse the endpoint, and one with nothing of that. A promise that is broken in both is broken;
//! one that is broken in the second only is suspect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use stormglass_spec::history::{
    Acknowledgement, Answer, Effect, Event, EventKind, Explanation, Origin, Outcome, Request, Side,
};
use stormglass_spec::name::{CallName, ConnectionName, InvocationName, MessageName};
use stormglass_spec::{History, Time};

use super::attribution::{Attribution, MessageCause};
use super::format::AcknowledgementRule;
use super::message::{Arrival, Place, SentMessage};
use super::observation::{Observation, ObservationKind};

/// The assumptions about everything that a probe cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Attempts inside failed wherever that explains an observation.
    pub(super) has_faults: bool,
    /// Clients of other people may have sent every text without a mark of the run.
    pub(super) has_strangers: bool,
    /// Every connection that the endpoint closed was closed as early as possible, and no sender
    /// takes the arrival of its own message for an acknowledgement.
    pub(super) is_lenient_in_time: bool,
}

/// The place of an event in a history: that of an observation, and the phase beside it.
type Rank = (Place, u8);

/// The phases before an observation: events that must have happened by then.
const CALLS: u8 = 0;
const ENDS: u8 = 1;
/// The phase of the observation itself.
const OBSERVATION: u8 = 2;
/// The phases just after it.
const STARTS: u8 = 3;
const CLOSES: u8 = 4;

/// Returns a history that fits the observations. The attribution must be that of the reading, with
/// other people or without.
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

/// The time of a connection, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
struct Lifespan {
    opened: Option<Place>,
    over: Option<Place>,
    /// The last time that a message came through it.
    alive: Place,
}

impl Lifespan {
    fn of(observations: &[Observation]) -> BTreeMap<ConnectionName, Lifespan> {
        let mut spans: BTreeMap<ConnectionName, Lifespan> = BTreeMap::new();
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
    connections: BTreeMap<ConnectionName, Lifespan>,
    events: Vec<(Rank, EventKind)>,
}

impl HistoryBuilder<'_> {
    fn add(&mut self, at: Place, phase: u8, kind: EventKind) {
        self.events.push(((at, phase), kind));
    }

    /// Adds an observation.
    fn see(&mut self, at: Place, observation: &Observation) {
        let connection = observation.connection.clone();
        let span = self.connections.get(&connection).copied().unwrap_or_default();
        match &observation.kind {
            ObservationKind::Requested => {
                self.add(at, OBSERVATION, EventKind::HandshakeAsked { connection })
            }
            ObservationKind::Opened => {
                self.add(at, OBSERVATION, EventKind::HandshakeOpened { connection })
            }
            ObservationKind::Refused(status) => {
                self.add(
                    at,
                    OBSERVATION,
                    EventKind::HandshakeRefused { connection, status: *status },
                );
            }
            ObservationKind::Failed => {
                self.add(at, OBSERVATION, EventKind::HandshakeAborted { connection })
            }
            ObservationKind::Sent { message, content, .. } => {
                let (frame, content) = (message.clone(), content.clone());
                self.add(at, OBSERVATION, EventKind::FrameSent { connection, frame, content });
            }
            ObservationKind::Received(text) => self.receive(at, connection, text),
            ObservationKind::CloseSent(code) => {
                let code = *code;
                let left = EventKind::CloseSent { connection: connection.clone(), code };
                self.add(at, OBSERVATION, left);
                self.add(at, CLOSES, EventKind::Closed { connection, by: Side::Client, code });
            }
            ObservationKind::Vanished => {
                self.add(at, OBSERVATION, EventKind::Vanished { connection: connection.clone() });
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

    /// Adds a message that a client got, unless other people may have sent it.
    fn receive(&mut self, at: Place, connection: ConnectionName, text: &Arc<str>) {
        let attribution = self.attribution;
        let name = |message: &usize| &attribution.messages[*message].name;
        let (body, origin) = match attribution.causes.get(&at) {
            Some(MessageCause::Broadcast { message, nth, data }) => {
                let call = post_name(name(message), &connection, *nth);
                (data.clone(), Origin::Post { call })
            }
            Some(MessageCause::Answer { message, .. }) if attribution.is_of_gateway(text) => {
                (text.clone(), Origin::GatewayError { frame: name(message).clone() })
            }
            // Nothing is asked of the gateway's own words.
            Some(MessageCause::PossibleAnswer { message }) => {
                (text.clone(), Origin::GatewayError { frame: name(message).clone() })
            }
            Some(MessageCause::Answer { message, nth }) => {
                let invocation = nth_invocation(name(message), *nth);
                (text.clone(), Origin::Reply { invocation })
            }
            Some(MessageCause::Nothing) => (text.clone(), invented(at)),
            Some(MessageCause::Unknown) | None if self.reading.has_strangers => return,
            Some(MessageCause::Unknown) | None => (text.clone(), invented(at)),
        };
        self.add(at, OBSERVATION, EventKind::FrameReceived { connection, body, origin });
    }

    /// Adds the work of the endpoint on a message.
    fn work(&mut self, message: &SentMessage) {
        let two_way = message.is_asking || !message.answers.is_empty();
        if message.number.is_some() || two_way {
            let invocation = message.name.invocation();
            self.start(message.at, STARTS, &invocation, &message.connection, two_way);
        }
        let ended = self.ended(message);
        let copies = copies(message);
        for (nth, arrival) in message.arrivals.iter().enumerate() {
            // The gateway had accepted the post by then, and by the time of the acknowledgement.
            let at = ended.as_ref().map_or(arrival.at, |(ended, _, _)| arrival.at.min(*ended));
            let is_ambiguous =
                self.reading.has_faults && self.may_be_ambiguous(message, arrival, &copies);
            let (recipient, body) = (&arrival.connection, &arrival.data);
            self.post(at, &Post { broadcast: &message.name, nth, recipient, body }, is_ambiguous);
        }
        if let Some((at, phase, acknowledgement)) = ended {
            for connection in self.missed(message, at, &copies) {
                let (broadcast, body) = (&message.name, &"".into());
                self.post(at, &Post { broadcast, nth: 0, recipient: &connection, body }, false);
            }
            self.end(at, phase, message, 0, Some(acknowledgement));
        }
        for nth in 0..message.answers.len() {
            let at = message.answers[nth];
            let ObservationKind::Received(text) = &self.observations[at].kind else { continue };
            if self.attribution.is_of_gateway(text) {
                continue;
            }
            let is_acknowledgement =
                message.acknowledged.as_ref().is_some_and(|(place, _)| *place == at);
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

    /// Returns the connections that ended so soon after an acknowledgement that the broadcast may
    /// still have been on its way to them.
    fn missed(
        &self,
        message: &SentMessage,
        acknowledged: Place,
        copies: &Copies<'_>,
    ) -> Vec<ConnectionName> {
        let Some(answer) = self.observations.get(acknowledged) else { return Vec::new() };
        let was_over_soon = |span: &Lifespan| {
            let is_over = span.over.filter(|over| *over > acknowledged);
            is_over.is_some_and(|over| self.observations[over].at.since(answer.at) < self.silence)
        };
        let missed = self.connections.iter().filter(|(connection, span)| {
            span.opened.is_some_and(|opened| opened < message.at)
                && was_over_soon(span)
                && !copies.contains_key(connection)
        });
        missed.map(|(connection, _)| connection.clone()).collect()
    }

    /// Returns the place of the acknowledgement of a broadcast, and the acknowledgement.
    fn ended(&self, message: &SentMessage) -> Option<(Place, u8, Acknowledgement)> {
        message.number?;
        match self.acknowledged {
            AcknowledgementRule::Reply => {
                let (at, acknowledgement) = message.acknowledged.clone()?;
                Some((at, ENDS, acknowledgement))
            }
            AcknowledgementRule::Silence if message.answers.is_empty() => {
                let due = self.observations[message.at].at + self.silence;
                let at = self.observations.partition_point(|observation| observation.at < due);
                let may_have_failed = message.possible_answer.is_some_and(|answer| answer < at);
                let acknowledgement = Acknowledgement { counts: None };
                (!may_have_failed).then_some((at, ENDS, acknowledgement))
            }
            // A client that got its own message may assume that others have it as well, but no more
            // than that.
            AcknowledgementRule::Never if !self.reading.is_lenient_in_time => {
                let mut arrivals = message.arrivals.iter();
                let echo = arrivals.find(|arrival| arrival.connection == message.connection)?;
                Some((echo.at, CLOSES, Acknowledgement { counts: None }))
            }
            AcknowledgementRule::Silence | AcknowledgementRule::Never => None,
        }
    }

    /// Returns true if an attempt inside may have failed so that its caller could not tell if the
    /// message had arrived.
    ///
    /// If one copy arrived, and the sender was told that every client has it, the attempt that made
    /// it arrive is known to have gone well: no other attempt matters.
    fn may_be_ambiguous(
        &self,
        message: &SentMessage,
        arrival: &Arrival,
        copies: &Copies<'_>,
    ) -> bool {
        let connection = &arrival.connection;
        let Some((acknowledged, acknowledgement)) = &message.acknowledged else { return true };
        let span = self.connections.get(connection).copied().unwrap_or_default();
        let was_there = span.opened.is_some_and(|opened| opened < message.at)
            && span.over.is_none_or(|over| over > *acknowledged);
        let is_again = copies.get(connection).is_some_and(|copies| *copies > 1);
        is_again || !acknowledgement.is_complete() || acknowledgement.failed() > 0 || !was_there
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
        let route = if name.contains(".b") { "broadcast" } else { "$default" }.into();
        let due = Time::from_micros(u64::MAX);
        let kind = EventKind::InvocationStarted {
            invocation,
            route,
            connection: Some(connection),
            messages: Vec::new(),
            due,
            two_way,
        };
        self.add(at, phase, kind);
    }

    fn end(
        &mut self,
        at: Place,
        phase: u8,
        message: &SentMessage,
        nth: usize,
        acknowledgement: Option<Acknowledgement>,
    ) {
        let text = self.observations.get(at).and_then(|observation| match &observation.kind {
            ObservationKind::Received(text) if phase == ENDS && message.answers.contains(&at) => {
                Some(text)
            }
            _ => None,
        });
        let outcome = Outcome::Returned { status: 200, body: text.cloned(), acknowledgement };
        let invocation = nth_invocation(&message.name, nth);
        self.add(at, phase, EventKind::InvocationEnded { invocation, outcome });
    }

    /// Adds a post, whose caller learns nothing of it if it `is_ambiguous`.
    fn post(&mut self, at: Place, post: &Post<'_>, is_ambiguous: bool) {
        let Post { broadcast, nth, recipient, body } = *post;
        let call = post_name(broadcast, recipient, nth);
        let request = Request::Post { connection: recipient.clone(), body: body.clone() };
        let (invocation, request_text) = (broadcast.invocation(), "".into());
        self.add(
            at,
            CALLS,
            EventKind::CallSent { call: call.clone(), invocation, request, request_text },
        );
        let effect = Effect::Accepted;
        self.add(at, CALLS, EventKind::CallApplied { call: call.clone(), effect });
        if !is_ambiguous {
            let explanation = Explanation::default();
            let answer = Answer { status: Some(200), error: None, explanation };
            self.add(at, CALLS, EventKind::CallAnswered { call, answer });
        }
    }

    fn finish(mut self) -> History {
        self.events.sort_by_key(|(rank, _)| *rank);
        let last = self.observations.last().map_or(Time::ZERO, |last| last.at);
        let events = self.events.into_iter().zip(1..).map(|(((at, _), kind), number)| {
            let at = self.observations.get(at).map_or(last, |observation| observation.at);
            Event { number, at, cause: None, kind }
        });
        History { events: events.collect() }
    }
}

/// The number of copies of a message that each connection got.
type Copies<'a> = BTreeMap<&'a ConnectionName, usize>;

fn copies(message: &SentMessage) -> Copies<'_> {
    let mut copies = Copies::new();
    for arrival in &message.arrivals {
        *copies.entry(&arrival.connection).or_default() += 1;
    }
    copies
}

/// A post of a broadcast to a client, the `nth` one from 0.
#[derive(Clone, Copy, Debug)]
struct Post<'a> {
    broadcast: &'a MessageName,
    nth: usize,
    recipient: &'a ConnectionName,
    body: &'a Arc<str>,
}

/// Returns the name of the post of a broadcast to a client.
fn post_name(broadcast: &MessageName, recipient: &ConnectionName, nth: usize) -> CallName {
    format!("{broadcast}.post-{recipient}-{}", nth + 1).into()
}

/// Returns the name of an invocation. A message with more than one answer had more than one.
fn nth_invocation(message: &MessageName, nth: usize) -> InvocationName {
    match nth {
        0 => message.invocation(),
        _ => format!("{message}+{}", nth + 1).into(),
    }
}

/// Returns the origin of a message that no function posted.
fn invented(at: Place) -> Origin {
    Origin::Post { call: format!("nobody.b{at}.post-nobody-1").into() }
}
