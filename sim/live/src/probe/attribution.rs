//! What made the endpoint send each message that a client got, as far as its text tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::Name;
use stormglass_spec::history::{Acknowledgement, Content};

use super::format::{Acknowledged, MessageFormat, Shape};
use super::payload::{Marked, RunId};
use super::recorder::{Sight, Sighting};

/// Places in the list of sightings.
pub(super) type Place = usize;

/// A message that a client sent, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) name: Name,
    pub(super) connection: Name,
    pub(super) at: Place,
    /// The broadcast's number, if it is one.
    pub(super) number: Option<u32>,
    /// Whether it must be answered.
    pub(super) is_asking: bool,
    /// Whatever answered it, the gateway's own words among it.
    pub(super) answers: Vec<Place>,
    /// The first answer that says that it was carried out.
    pub(super) acknowledged: Option<(Place, Acknowledgement)>,
    /// The clients that got it, and what they got.
    pub(super) arrivals: Vec<Arrival>,
}

/// A broadcast reached a client.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) at: Place,
    pub(super) connection: Name,
    pub(super) data: Arc<str>,
}

/// Why a client got a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is the broadcast at this place of the list of messages.
    Broadcast { message: usize, data: Arc<str> },
    /// It has the mark of this run, but nothing with that mark had been sent by then.
    Nothing,
    /// It answers this message; the gateway itself may have done so.
    Answer { message: usize, by_gateway: bool },
    /// Nothing about it is known.
    Unknown,
}

/// All messages, and why each client got what it got.
#[derive(Debug)]
pub(super) struct Attribution<'a> {
    format: &'a MessageFormat,
    run: RunId,
    pub(super) messages: Vec<Sent>,
    pub(super) causes: BTreeMap<Place, Cause>,
    by_number: BTreeMap<u32, usize>,
    by_connection: BTreeMap<Name, Vec<usize>>,
}

impl<'a> Attribution<'a> {
    pub(super) fn new(
        sightings: &[Sighting],
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
        for (at, sighting) in sightings.iter().enumerate() {
            match &sighting.sight {
                Sight::Sent { message, number, content } => {
                    attribution.send(at, &sighting.connection, message, *number, content);
                }
                Sight::Received(text) => attribution.receive(at, &sighting.connection, text),
                _ => {}
            }
        }
        attribution.adopt(sightings);
        attribution
    }

    fn send(
        &mut self,
        at: Place,
        connection: &Name,
        name: &Name,
        number: Option<u32>,
        content: &Content,
    ) {
        let place = self.messages.len();
        self.messages.push(Sent {
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
            Content::Broadcast { .. } => self.format.acknowledged() == Acknowledged::Reply,
            Content::Text(text) => {
                let inputs = self.format.bad_input().iter();
                inputs.clone().any(|input| input.answered && *input.text == **text)
            }
            Content::Binary(_) | Content::Ping => false,
        }
    }

    fn receive(&mut self, at: Place, connection: &Name, text: &Arc<str>) {
        let cause = match self.format.shape(text) {
            Shape::Acknowledgement { id, said } => {
                let message = self.answered(connection, id.as_deref(), true);
                if let Some(Sent { acknowledged, .. }) = message.map(|it| &mut self.messages[it]) {
                    acknowledged.get_or_insert((at, said));
                }
                self.answer(at, message, false)
            }
            Shape::Error { id } => {
                let message = self.answered(connection, id.as_deref(), false);
                self.answer(at, message, false)
            }
            Shape::GatewayError => {
                let message = self.answered(connection, None, false);
                self.answer(at, message, true)
            }
            Shape::Other => self.arrive(at, connection, text),
        };
        self.causes.insert(at, cause);
    }

    fn answer(&mut self, at: Place, message: Option<usize>, by_gateway: bool) -> Cause {
        let Some(message) = message else { return Cause::Unknown };
        self.messages[message].answers.push(at);
        Cause::Answer { message, by_gateway }
    }

    fn arrive(&mut self, at: Place, connection: &Name, text: &Arc<str>) -> Cause {
        let Some(data) = self.format.received(text) else { return Cause::Unknown };
        match self.run.find(&data) {
            None => Cause::Unknown,
            Some(Marked::Unreadably) => Cause::Nothing,
            Some(Marked::With(number)) => match self.by_number.get(&number).copied() {
                None => Cause::Nothing,
                Some(message) => {
                    let data: Arc<str> = data.into();
                    let arrival =
                        Arrival { at, connection: connection.clone(), data: data.clone() };
                    self.messages[message].arrivals.push(arrival);
                    Cause::Broadcast { message, data }
                }
            },
        }
    }

    /// The message that an answer is for: the one whose id it has; without an id, the first on its
    /// connection that waits for one; and where none waits, the last one that got one.
    fn answered(
        &self,
        connection: &Name,
        id: Option<&str>,
        is_for_broadcast: bool,
    ) -> Option<usize> {
        if let Some(id) = id {
            let Some(Marked::With(number)) = self.run.find(id) else { return None };
            return self.by_number.get(&number).copied();
        }
        let sent = self.by_connection.get(connection)?;
        let may_be = |place: &&usize| {
            let message = &self.messages[**place];
            let has_id = message.number.is_some() && self.format.has_ids();
            !has_id && (message.number.is_some() || !is_for_broadcast)
        };
        let is_open = |place: &&usize| self.messages[**place].answers.is_empty();
        let waits = |place: &&usize| is_open(place) && self.messages[**place].is_asking;
        let first = sent.iter().filter(may_be).find(waits);
        // The gateway's own words have no id, whatever they are about; and what need not be
        // answered may be.
        let first = first.or_else(|| sent.iter().find(waits));
        let first = first.or_else(|| sent.iter().filter(may_be).find(is_open));
        let last = || sent.iter().rev().find(may_be).or(sent.last());
        first.or_else(last).copied()
    }

    /// What nobody knows the cause of may be the answer, in whatever words, to a message on the
    /// same connection that got none.
    fn adopt(&mut self, sightings: &[Sighting]) {
        let unknown = self.causes.iter().filter(|(_, cause)| **cause == Cause::Unknown);
        let unknown: Vec<Place> = unknown.map(|(at, _)| *at).collect();
        for at in unknown {
            let Some(sent) = self.by_connection.get(&sightings[at].connection) else { continue };
            let asking = sent.iter().copied().find(|place| {
                let message = &self.messages[*place];
                message.is_asking && message.answers.is_empty() && message.at < at
            });
            let cause = self.answer(at, asking, false);
            self.causes.insert(at, cause);
        }
    }
}
