//! The promise of the chat: a text that is said in a room reaches all clients in it, and no others.

use std::collections::BTreeMap;

use serde_json::Value;
use stormglass_spec::history::{Content, Effect, Event, EventKind, Outcome, Request};
use stormglass_spec::name::{ConnectionName, InvocationName, Name};
use stormglass_spec::{Ledger, Monitor, MonitorMaker, Property, PropertyKind, Violation};

/// The promise that a text that is said in a room reaches all clients in it, and no others.
pub(crate) const HEARD: Property = Property {
    id: "heard",
    kind: PropertyKind::Always,
    promise: "What is said in a room reaches everybody who was in it from before it was said until \
              it was answered with a 200, and nobody who was elsewhere since before it was said. A \
              client is where its last move took it, if that began when all others had been \
              answered, and all were answered with a 200; if not, nothing is promised for it.",
    reason: "Whoever is in a room wants to hear what is said there, and whoever says something \
             wants to know who hears it.",
    sources: &["FACTS 6.4: a read of who is in a room may be stale (DynamoDB guide, \
         HowItWorks.ReadConsistency)"],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(Heard::default())),
};

type Room = Option<String>;

#[derive(Debug, Default)]
struct Heard {
    times: u64,
    /// The moves of each connection, in the order in which they began.
    moves: BTreeMap<ConnectionName, Vec<Move>>,
    /// The texts that are on their way, by the invocation that posts them.
    said: BTreeMap<InvocationName, Said>,
}

#[derive(Debug)]
struct Move {
    invocation: InvocationName,
    to: Room,
    began: u32,
    /// The event that answered the move with a 200.
    done: Option<u32>,
}

#[derive(Debug)]
struct Said {
    room: String,
    began: u32,
}

/// The place of a connection at an event.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    In(&'a Room),
    Unknown,
}

impl Monitor for Heard {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::InvocationStarted {
                invocation,
                route,
                connection: Some(connection),
                ..
            } => {
                self.begin(event.number, invocation, route, connection, ledger);
                Ok(())
            }
            EventKind::InvocationEnded { invocation, outcome } => {
                let is_done = matches!(outcome, Outcome::Returned { status: 200, .. });
                self.end(event.number, invocation, is_done, ledger)
            }
            EventKind::CallSent {
                invocation, request: Request::Post { connection, .. }, ..
            } => self.nobody_else_hears(event.number, invocation, connection),
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }
}

impl Heard {
    fn begin(
        &mut self,
        began: u32,
        invocation: &InvocationName,
        route: &str,
        who: &ConnectionName,
        ledger: &Ledger,
    ) {
        let room = room_in(invocation, ledger);
        if route == "say" {
            let Some(room) = room else { return };
            self.said.insert(invocation.clone(), Said { room, began });
            return;
        }
        let to = if route == "join" { room } else { None };
        let invocation = invocation.clone();
        let moves = self.moves.entry(who.clone()).or_default();
        moves.push(Move { invocation, to, began, done: None });
    }

    fn end(
        &mut self,
        event: u32,
        invocation: &InvocationName,
        is_done: bool,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        if let Some(said) = self.said.remove(invocation) {
            return if is_done { self.everybody_heard(invocation, &said, ledger) } else { Ok(()) };
        }
        let mut moves = self.moves.values_mut().flatten();
        if let Some(moved) = moves.find(|moved| moved.invocation == *invocation) {
            moved.done = is_done.then_some(event);
        }
        Ok(())
    }

    /// Checks that a text, whose sender got a 200, reached all clients that stayed in the room.
    fn everybody_heard(
        &mut self,
        invocation: &InvocationName,
        said: &Said,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        let Said { room, began } = said;
        for (connection, state) in ledger.connections().filter(|(_, state)| state.is_attached()) {
            let moves = self.moves.get(connection).map_or(&[][..], Vec::as_slice);
            let stayed = moves.iter().all(|moved| moved.began < *began);
            if !stayed || place_at(*began, moves) != Place::In(&Some(room.clone())) {
                continue;
            }
            self.times += 1;
            let is_accepted =
                |effect: &Option<(u32, Effect)>| matches!(effect, Some((_, Effect::Accepted)));
            if !ledger.posts(invocation, connection).any(|post| is_accepted(&post.applied)) {
                let opened = state.opened.map_or(0, |opened| opened.event);
                let because = format!(
                    "{connection}, open since step {opened}, was in {room} when {invocation} was \
                     said there in step {began}, and never got it, but {invocation} was answered \
                     with a 200."
                );
                return Err(Violation::new(because, [Name::from(connection), invocation.into()]));
            }
        }
        Ok(())
    }

    /// Checks that a post of a text does not go to a client that was in another room.
    fn nobody_else_hears(
        &mut self,
        event: u32,
        invocation: &InvocationName,
        connection: &ConnectionName,
    ) -> Result<(), Violation> {
        let Some(Said { room, began }) = self.said.get(invocation) else { return Ok(()) };
        self.times += 1;
        let moves = self.moves.get(connection).map_or(&[][..], Vec::as_slice);
        let came = moves.iter().any(|it| it.began > *began && it.to.as_ref() == Some(room));
        let elsewhere = match place_at(*began, moves) {
            Place::In(place) if place.as_ref() != Some(room) && !came => place,
            _ => return Ok(()),
        };
        let elsewhere = elsewhere.as_deref().unwrap_or("no room");
        let because = format!(
            "{invocation} was said in {room} in step {began}, but step {event} sends it to \
             {connection}, which was in {elsewhere} by then."
        );
        let last = moves.iter().rfind(|moved| moved.began < *began);
        let last = last.map(|it| Name::from(&it.invocation));
        let involved = [connection.into(), invocation.into()].into_iter().chain(last);
        Err(Violation::new(because, involved))
    }
}

/// Returns the place of a connection with these moves at an event.
fn place_at(event: u32, moves: &[Move]) -> Place<'_> {
    let begun = moves.partition_point(|moved| moved.began < event);
    let Some((last, others)) = moves[..begun].split_last() else { return Place::In(&None) };
    let is_over = |moved: &Move, event| moved.done.is_some_and(|done| done < event);
    let was_alone = others.iter().all(|other| is_over(other, last.began));
    if was_alone && is_over(last, event) { Place::In(&last.to) } else { Place::Unknown }
}

/// Returns the room that a message names.
fn room_in(invocation: &InvocationName, ledger: &Ledger) -> Option<String> {
    let text = match &ledger.frame(invocation)?.content {
        Content::Text(text) | Content::Broadcast { text, .. } => text,
        Content::Binary(_) | Content::Ping => return None,
    };
    let message: Value = serde_json::from_str(text).ok()?;
    Some(message["room"].as_str()?.to_owned())
}
