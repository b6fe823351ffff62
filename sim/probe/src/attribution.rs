//! The cause of each message that a client got, as far as its text tells.
//!
//! A text with a mark of the run has one cause. A text without one may have been sent by other
//! people, if there are any: it then proves nothing, and excuses whatever it may excuse.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use stormglass_spec::history::{Acknowledgement, Content};
use stormglass_spec::name::{ConnectionName, MessageName};

use super::format::{AcknowledgementRule, MessageFormat, MessageShape};
use super::frame::ReceivedFrame;
use super::message::{Arrival, Place, SentMessage};
use super::observation::{Observation, ObservationKind};
use super::payload::RunId;
use super::unanswered::UnansweredMessages;

/// The cause of a message that a client got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MessageCause {
    /// It is the broadcast at this place of the list of messages, and its `nth` arrival from 0.
    Broadcast { message: usize, nth: usize, data: Arc<str> },
    /// It has the mark of this run, but no message with that mark had been sent by then.
    Nothing,
    /// It answers this message, and is the `nth` answer to it from 0.
    Answer { message: usize, nth: usize },
    /// It may answer this message, which is otherwise not answered.
    PossibleAnswer { message: usize },
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
    /// The messages without a mark, in order.
    unmarked: Vec<UnmarkedFrame>,
}

/// A message without a mark that a client got.
#[derive(Debug)]
struct UnmarkedFrame {
    at: Place,
    connection: ConnectionName,
    /// The acknowledgement or the error that it is, if it looks like one.
    answer: Option<UnmarkedAnswer>,
}

/// An answer that names no message of the run.
#[derive(Clone, Debug)]
struct UnmarkedAnswer {
    acknowledgement: Option<Acknowledgement>,
    /// True if it names another message.
    has_id: bool,
}

impl<'a> Attribution<'a> {
    /// Finds the causes. With `has_strangers`, no text without a mark has a certain cause.
    pub(super) fn new(
        observations: &[Observation],
        run: RunId,
        format: &'a MessageFormat,
        has_strangers: bool,
    ) -> Attribution<'a> {
        let mut attribution = Attribution {
            format,
            run,
            messages: Vec::new(),
            causes: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_connection: BTreeMap::new(),
            unmarked: Vec::new(),
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
        // The marks have told which messages are answered. The others may be answered without one.
        let unmarked = std::mem::take(&mut attribution.unmarked);
        if has_strangers {
            attribution.excuse(&unmarked);
        } else {
            attribution.adopt(&unmarked);
        }
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
            possible_answer: None,
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

    fn receive(&mut self, at: Place, connection: &ConnectionName, text: &str) {
        let cause = match ReceivedFrame::of(text, self.run, self.format) {
            ReceivedFrame::Broadcast { number, data } => {
                self.arrive(at, connection, number, data.into())
            }
            ReceivedFrame::Answer { number, acknowledgement } => match self.numbered(number) {
                None => MessageCause::Nothing,
                Some(message) => self.answer(at, message, acknowledgement),
            },
            ReceivedFrame::ApparentAnswer { acknowledgement, has_id } => {
                let answer = Some(UnmarkedAnswer { acknowledgement, has_id });
                self.unmarked.push(UnmarkedFrame { at, connection: connection.clone(), answer });
                MessageCause::Unknown
            }
            ReceivedFrame::Unmarked => {
                let connection = connection.clone();
                self.unmarked.push(UnmarkedFrame { at, connection, answer: None });
                MessageCause::Unknown
            }
        };
        self.causes.insert(at, cause);
    }

    /// Returns the message with a number, if it has been sent.
    fn numbered(&self, number: Option<u32>) -> Option<usize> {
        self.by_number.get(&number?).copied()
    }

    fn arrive(
        &mut self,
        at: Place,
        connection: &ConnectionName,
        number: Option<u32>,
        data: Arc<str>,
    ) -> MessageCause {
        let Some(message) = self.numbered(number) else { return MessageCause::Nothing };
        let arrivals = &mut self.messages[message].arrivals;
        let nth = arrivals.len();
        arrivals.push(Arrival { at, connection: connection.clone(), data: data.clone() });
        MessageCause::Broadcast { message, nth, data }
    }

    fn answer(
        &mut self,
        at: Place,
        message: usize,
        acknowledgement: Option<Acknowledgement>,
    ) -> MessageCause {
        let sent = &mut self.messages[message];
        let nth = sent.answers.len();
        sent.answers.push(at);
        // A message that is no broadcast reaches no client, whatever the answer to it says.
        if let Some(acknowledgement) = acknowledgement.filter(|_| sent.number.is_some()) {
            sent.acknowledged.get_or_insert((at, acknowledgement));
        }
        MessageCause::Answer { message, nth }
    }

    /// Finds causes for texts without a mark, none of which other people sent. One that looks like
    /// an answer is an answer. Any other may be one, in unknown words, to a message that got none.
    fn adopt(&mut self, unmarked: &[UnmarkedFrame]) {
        let has_ids = self.format.has_ids();
        let mut waiting: BTreeMap<ConnectionName, UnansweredMessages> = BTreeMap::new();
        for (connection, places) in &self.by_connection {
            let waiting = waiting.entry(connection.clone()).or_default();
            places.iter().for_each(|place| waiting.push(*place, &self.messages[*place]));
        }
        let apparent_answers =
            unmarked.iter().filter_map(|frame| Some((frame, frame.answer.as_ref()?)));
        for (frame, UnmarkedAnswer { acknowledgement, has_id }) in apparent_answers {
            // With the id of another message, it is for none of these.
            let Some(waiting) = waiting.get_mut(&frame.connection).filter(|_| !has_id) else {
                continue;
            };
            let is_acknowledgement = acknowledgement.is_some();
            let found = waiting.find(frame.at, is_acknowledgement, has_ids, &self.messages);
            let Some(message) = found else { continue };
            // If other answers have an id, this one acknowledges no broadcast.
            let acknowledgement = acknowledgement.clone().filter(|_| !has_ids);
            let cause = self.answer(frame.at, message, acknowledgement);
            self.causes.insert(frame.at, cause);
        }
        for frame in unmarked.iter().filter(|frame| frame.answer.is_none()) {
            let Some(waiting) = waiting.get_mut(&frame.connection) else { continue };
            let found = waiting.find_asking(frame.at, has_ids, &self.messages);
            let Some(message) = found else { continue };
            let cause = self.answer(frame.at, message, None);
            self.causes.insert(frame.at, cause);
        }
    }

    /// Lets texts without a mark, any of which other people may have sent, excuse as many messages
    /// as they can: each may be the answer to one earlier message that got none.
    fn excuse(&mut self, unmarked: &[UnmarkedFrame]) {
        let mut waiting: BTreeMap<&ConnectionName, VecDeque<usize>> = BTreeMap::new();
        let mut unfailed: BTreeMap<&ConnectionName, VecDeque<usize>> = BTreeMap::new();
        for (connection, places) in &self.by_connection {
            let is_unanswered = |place: &&usize| self.messages[**place].answers.is_empty();
            let unanswered = || places.iter().filter(is_unanswered).copied();
            let asking = unanswered().filter(|place| self.messages[*place].is_asking);
            waiting.insert(connection, asking.collect());
            unfailed.insert(connection, unanswered().collect());
        }
        for frame in unmarked {
            let messages = &mut self.messages;
            let is_before = |place: &mut usize| messages[*place].at < frame.at;
            let first = waiting.get_mut(&frame.connection);
            if let Some(message) = first.and_then(|queue| queue.pop_front_if(is_before)) {
                self.causes.insert(frame.at, MessageCause::PossibleAnswer { message });
            }
            if frame.answer.is_none() {
                continue;
            }
            let Some(queue) = unfailed.get_mut(&frame.connection) else { continue };
            while let Some(message) = queue.pop_front_if(|place| messages[*place].at < frame.at) {
                messages[message].possible_answer = Some(frame.at);
            }
        }
    }
}
