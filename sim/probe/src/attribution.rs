//! The cause of each message that a client got, as far as its text tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::history::{Acknowledgement, Content};
use stormglass_spec::name::{ConnectionName, MessageName};

use super::format::{AcknowledgementRule, MessageFormat, MessageShape};
use super::observation::{Observation, ObservationKind};
use super::payload::{MarkMatch, RunId};

/// A place in the list of observations.
pub(super) type Place = usize;

/// A message that a client sent, and its effects.
#[derive(Clone, Debug)]
pub(super) struct SentMessage {
    pub(super) name: MessageName,
    pub(super) connection: ConnectionName,
    pub(super) at: Place,
    /// The number of the broadcast, if it is one.
    pub(super) number: Option<u32>,
    /// True if it must be answered.
    pub(super) is_asking: bool,
    /// The answers to it, those in the gateway's own words included.
    pub(super) answers: Vec<Place>,
    /// The first answer which says that it was carried out.
    pub(super) acknowledged: Option<(Place, Acknowledgement)>,
    /// The clients that got it, and the text that they got.
    pub(super) arrivals: Vec<Arrival>,
}

/// The arrival of a broadcast at a client.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) at: Place,
    pub(super) connection: ConnectionName,
    pub(super) data: Arc<str>,
}

/// The cause of a message that a client got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MessageCause {
    /// It is the broadcast at this place of the list of messages.
    Broadcast { message: usize, data: Arc<str> },
    /// It has the mark of this run, but no message with that mark had been sent by then.
    Nothing,
    /// It answers this message.
    Answer { message: usize },
    /// Its cause is unknown.
    Unknown,
}

/// All messages that clients sent, and the cause of each message that they got.
#[derive(Debug)]
pub(super) struct Attribution<'a> {
    format: &'a MessageFormat,
    run: RunId,
    pub(super) messages: Vec<SentMessage>,
    pub(super) causes: BTreeMap<Place, MessageCause>,
    by_number: BTreeMap<u32, usize>,
    by_connection: BTreeMap<ConnectionName, Vec<usize>>,
}

impl<'a> Attribution<'a> {
    pub(super) fn new(
        observations: &[Observation],
        run: RunId,
        format: &'a MessageFormat,
    ) -> Attribution<'a> {
        let mut attribution = Attribution {
            format,
            run,
            messages: Vec::new(),
            causes: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_connection: BTreeMap::new(),
        };
        for (at, observation) in observations.iter().enumerate() {
            match &observation.kind {
                ObservationKind::Sent { message, number, content } => {
                    attribution.send(at, &observation.connection, message, *number, content);
                }
                ObservationKind::Received(text) => {
                    attribution.receive(at, &observation.connection, text)
                }
                _ => {}
            }
        }
        attribution.adopt(observations);
        attribution
    }

    /// Returns true if an answer is in the gateway's own words.
    pub(super) fn is_of_gateway(&self, text: &str) -> bool {
        self.format.shape(text) == MessageShape::GatewayError
    }

    fn send(
        &mut self,
        at: Place,
        connection: &ConnectionName,
        name: &MessageName,
        number: Option<u32>,
        content: &Content,
    ) {
        let place = self.messages.len();
        self.messages.push(SentMessage {
            name: name.clone(),
            connection: connection.clone(),
            at,
            number,
            is_asking: self.is_asking(content),
            answers: Vec::new(),
            acknowledged: None,
            arrivals: Vec::new(),
        });
        self.by_connection.entry(connection.clone()).or_default().push(place);
        if let Some(number) = number {
            self.by_number.insert(number, place);
        }
    }

    fn is_asking(&self, content: &Content) -> bool {
        match content {
            Content::Broadcast { .. } => self.format.acknowledged() == AcknowledgementRule::Reply,
            Content::Text(text) => {
                let inputs = self.format.bad_input().iter();
                inputs.clone().any(|input| input.answered && *input.text == **text)
            }
            Content::Binary(_) | Content::Ping => false,
        }
    }

    fn receive(&mut self, at: Place, connection: &ConnectionName, text: &Arc<str>) {
        let cause = match self.format.shape(text) {
            MessageShape::Other => self.arrive(at, connection, text),
            shape => self.match_answer(at, connection, shape),
        };
        self.causes.insert(at, cause);
    }

    fn match_answer(
        &mut self,
        at: Place,
        connection: &ConnectionName,
        shape: MessageShape,
    ) -> MessageCause {
        let (id, acknowledgement) = match shape {
            MessageShape::Acknowledgement { id, acknowledgement } => (id, Some(acknowledgement)),
            MessageShape::Error { id } => (id, None),
            MessageShape::GatewayError | MessageShape::Other => (None, None),
        };
        let message = match &id {
            Some(id) => match self.run.find(id) {
                Some(MarkMatch::Broadcast(number)) => self.by_number.get(&number).copied(),
                _ => None,
            },
            // If other answers have an id, this one is for a message that gets none.
            None if self.format.has_ids() => None,
            None => self.waiting(at, connection, acknowledgement.is_some()),
        };
        // A message that is no broadcast reaches no client, whatever the answer to it says.
        let sent = message.map(|message| &mut self.messages[message]);
        if let Some((sent, acknowledgement)) =
            sent.filter(|sent| sent.number.is_some()).zip(acknowledgement)
        {
            sent.acknowledged.get_or_insert((at, acknowledgement));
        }
        self.answer(at, message)
    }

    fn answer(&mut self, at: Place, message: Option<usize>) -> MessageCause {
        let Some(message) = message else { return MessageCause::Unknown };
        self.messages[message].answers.push(at);
        MessageCause::Answer { message }
    }

    fn arrive(&mut self, at: Place, connection: &ConnectionName, text: &Arc<str>) -> MessageCause {
        let Some(data) = self.format.received(text) else { return MessageCause::Unknown };
        match self.run.find(&data) {
            None => MessageCause::Unknown,
            Some(MarkMatch::Unreadable) => MessageCause::Nothing,
            Some(MarkMatch::Broadcast(number)) => match self.by_number.get(&number).copied() {
                None => MessageCause::Nothing,
                Some(message) => {
                    let data: Arc<str> = data.into();
                    let arrival =
                        Arrival { at, connection: connection.clone(), data: data.clone() };
                    self.messages[message].arrivals.push(arrival);
                    MessageCause::Broadcast { message, data }
                }
            },
        }
    }

    /// Returns the message that an answer without an id is for: the first on its connection that
    /// waits for one, or else the first that got none, or else the last one. An acknowledgement is
    /// for a broadcast, unless broadcasts have ids.
    fn waiting(
        &self,
        at: Place,
        connection: &ConnectionName,
        is_acknowledgement: bool,
    ) -> Option<usize> {
        let sent = self.by_connection.get(connection)?.iter().copied();
        let has_ids = self.format.has_ids();
        let messages = sent.map(|place| (place, &self.messages[place]));
        let fits = |message: &SentMessage| match message.number {
            Some(_) => !(has_ids && is_acknowledgement),
            None => has_ids || !is_acknowledgement,
        };
        let candidates: Vec<(usize, &SentMessage)> =
            messages.filter(|(_, message)| message.at < at && fits(message)).collect();
        // A message with an id is less likely to be answered without one.
        let by_likelihood = |(_, message): &&(usize, &SentMessage)| {
            let has_id = has_ids && message.number.is_some();
            (!message.answers.is_empty(), !message.is_asking, has_id)
        };
        let first = candidates.iter().min_by_key(by_likelihood)?;
        let is_open = first.1.answers.is_empty();
        let found = if is_open { Some(first) } else { candidates.last() };
        found.map(|(place, _)| *place)
    }

    /// Finds causes for messages that have none yet: each may be the answer, in unknown words, to a
    /// message on the same connection that got none. Of two texts that look like answers, one is
    /// one too many.
    fn adopt(&mut self, observations: &[Observation]) {
        let unknown = self.causes.iter().filter(|(_, cause)| **cause == MessageCause::Unknown);
        let unknown: Vec<Place> = unknown.map(|(at, _)| *at).collect();
        for at in unknown {
            let Observation { connection, kind: ObservationKind::Received(text), .. } =
                &observations[at]
            else {
                continue;
            };
            let shape = self.format.shape(text);
            let (is_acknowledgement, id) = match &shape {
                MessageShape::Acknowledgement { id, .. } => (true, id.as_ref()),
                MessageShape::Error { id } => (false, id.as_ref()),
                MessageShape::GatewayError | MessageShape::Other => (false, None),
            };
            let message = match id {
                // It answers a message that was not sent here.
                Some(_) => None,
                None => self.waiting(at, connection, is_acknowledgement).filter(|message| {
                    let message = &self.messages[*message];
                    shape != MessageShape::Other || message.is_asking && message.answers.is_empty()
                }),
            };
            let cause = self.answer(at, message);
            self.causes.insert(at, cause);
        }
    }
}
