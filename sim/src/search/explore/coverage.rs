//! Coverage of an exploration: the pairs of events that followed each other.
//!
//! The unit is an ordered pair of events in the life of one connection: two events about the
//! connection, one right after the other, as in "row removed, then handshake opened". A race is a
//! pair that seldom comes up. A pair holds the labels of its events, and a flag that is set if both
//! events are the work of one invocation. A label has the kind, the route or operation and the
//! result, but no name and no number. So the pairs of an application are limited in number, and a
//! long exploration meets no new ones in the end.
//!
//! An event is about the connection that it names. A call is about the connections or rows of its
//! request, or else about the connection of its invocation. A read adds one event to the life of
//! the connection of each row.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::{IndexMap, IndexSet};
use stormglass_spec::History;
use stormglass_spec::history::{Effect, EventKind, Origin, Request};

use super::label::Label;

/// The least number of seeds without a new pair after which a search counts as quiet.
const QUIET_MIN: u64 = 1_000;

/// The least part of its seeds that a quiet search has run without a new pair: one in 20.
const QUIET_PART: u64 = 20;

/// The pairs of events that an exploration has met.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pairs: BTreeSet<u64>,
    seeds: u64,
    last_new_seed: Option<u64>,
    /// One entry for each seed that met a new pair, so at most one for each pair.
    steps: Vec<CoverageStep>,
}

/// The number of pairs that a number of seeds has met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverageStep {
    /// The number of seeds that were run.
    pub seeds: u64,
    /// The number of pairs that these seeds met.
    pub pairs: usize,
}

impl Coverage {
    /// Returns the number of pairs that were met.
    pub fn pairs(&self) -> usize {
        self.pairs.len()
    }

    /// Returns the last seed that met a new pair.
    pub fn last_new_seed(&self) -> Option<u64> {
        self.last_new_seed
    }

    /// Returns the number of pairs after each seed that met a new one.
    pub fn steps(&self) -> &[CoverageStep] {
        &self.steps
    }

    /// Returns true if the search has grown quiet: no new pair has come up in the last twentieth of
    /// its seeds, and in the last 1,000 at least.
    pub fn is_quiet(&self) -> bool {
        let taken = self.steps.last().map_or(0, |met| met.seeds);
        let quiet_for = self.seeds - taken;
        quiet_for >= QUIET_MIN && quiet_for * QUIET_PART >= self.seeds
    }

    /// Adds the pairs that the next seed met.
    pub(super) fn add(&mut self, seed: u64, pairs: &[u64]) {
        let known = self.pairs.len();
        self.seeds += 1;
        self.pairs.extend(pairs);
        if self.pairs.len() > known {
            self.last_new_seed = Some(seed);
            self.steps.push(CoverageStep { seeds: self.seeds, pairs: self.pairs.len() });
        }
    }
}

/// The pairs that one thread has met.
///
/// A thread takes its seeds in ascending order. So the first seed of all that meets a pair is the
/// first one of its thread as well, and each thread reports only the pairs that are new to it.
#[derive(Debug, Default)]
pub(super) struct Sightings(IndexSet<u64>);

impl Sightings {
    /// Returns the pairs of a history that are new to this thread.
    pub(super) fn new_in(&mut self, history: &History) -> Vec<u64> {
        let mut new = Vec::new();
        each_pair(history, |pair| {
            if self.0.insert(pair.id()) {
                new.push(pair.id());
            }
        });
        new
    }
}

/// Returns the pairs of events in a history, in words.
pub fn pairs(history: &History) -> BTreeSet<String> {
    let mut pairs = BTreeSet::new();
    each_pair(history, |pair| {
        pairs.insert(pair.to_string());
    });
    pairs
}

/// An event in the life of a connection.
#[derive(Clone, Copy, Debug)]
struct Moment<'a> {
    label: Label<'a>,
    hash: u64,
    /// The invocation that the event is the work of.
    invocation: Option<&'a str>,
}

/// Two events, one right after the other in the life of a connection.
#[derive(Clone, Copy, Debug)]
struct Pair<'a> {
    before: Moment<'a>,
    after: Moment<'a>,
}

impl Pair<'_> {
    fn is_of_one_invocation(&self) -> bool {
        self.before.invocation.is_some() && self.before.invocation == self.after.invocation
    }

    fn id(&self) -> u64 {
        // The two parts are hashes already, so mixing them only has to keep their order apart.
        let ordered = self.before.hash.rotate_left(1) ^ self.after.hash;
        if self.is_of_one_invocation() { !ordered } else { ordered }
    }
}

impl fmt::Display for Pair<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same = if self.is_of_one_invocation() { ", of one invocation" } else { "" };
        write!(f, "{} -> {}{same}", self.before.label, self.after.label)
    }
}

/// Calls `tell` with every pair of a history, as often as the pair comes up.
fn each_pair<'a>(history: &'a History, tell: impl FnMut(Pair<'a>)) {
    let (last, calls, invocations) = (IndexMap::new(), IndexMap::new(), IndexMap::new());
    let mut lives = Lives { last, calls, invocations, tell };
    for event in &history.events {
        lives.observe(&event.kind);
    }
}

struct Lives<'a, Tell> {
    /// The last event in the life of each connection.
    last: IndexMap<&'a str, Moment<'a>>,
    /// The invocation and the request of each call.
    calls: IndexMap<&'a str, (&'a str, &'a Request)>,
    /// The route of each invocation, and its connection or its message.
    invocations: IndexMap<&'a str, (&'a str, &'a str)>,
    tell: Tell,
}

impl<'a, Tell: FnMut(Pair<'a>)> Lives<'a, Tell> {
    fn observe(&mut self, what: &'a EventKind) {
        match what {
            EventKind::HandshakeAsked { connection }
            | EventKind::HandshakeOpened { connection }
            | EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::FrameSent { connection, .. }
            | EventKind::CloseSent { connection, .. }
            | EventKind::Closed { connection, .. }
            | EventKind::Vanished { connection }
            | EventKind::AnswerDropped { connection, .. }
            | EventKind::ReadingPaused { connection }
            | EventKind::ReadingResumed { connection }
            | EventKind::Presented { connection, .. } => {
                self.add(connection, Label::of(what, "", None), None);
            }
            EventKind::RowWritten { connections, .. }
            | EventKind::RowRemoved { connections, .. } => {
                for connection in connections {
                    self.add(connection, Label::of(what, "", None), None);
                }
            }
            EventKind::FrameReceived { connection, origin, .. } => {
                let invocation = match origin {
                    Origin::Post { call } => Some(call.invocation()),
                    Origin::Reply { invocation } => Some(invocation.as_ref()),
                    Origin::GatewayError { .. } => None,
                };
                self.add(connection, Label::of(what, "", None), invocation);
            }
            EventKind::InvocationStarted { invocation, route, connection, .. } => {
                // An event that is about no connection is about its message.
                let subject = connection.as_deref().unwrap_or(invocation.message_text());
                self.invocations.insert(invocation, (route, subject));
                self.add(subject, Label::of(what, route, None), Some(invocation));
            }
            EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => {
                let known = self.invocations.get(invocation.as_ref()).copied();
                let Some((route, connection)) = known else { return };
                self.add(connection, Label::of(what, route, None), Some(invocation));
            }
            EventKind::CallSent { call, invocation, request, .. } => {
                self.calls.insert(call, (invocation, request));
                self.add_call(what, call);
            }
            EventKind::CallAnswered { call, .. } => self.add_call(what, call),
            EventKind::CallApplied { call, effect } => {
                self.add_call(what, call);
                let Effect::Read { rows, .. } = effect else { return };
                let invocation = Some(call.invocation());
                for row in rows {
                    self.add(row, Label::kind("row read"), invocation);
                }
            }
            EventKind::MessageStored { message, .. }
            | EventKind::MessageRemoved { message, .. }
            | EventKind::MessageDropped { message, .. } => {
                self.add(message, Label::of(what, "", None), None);
            }
            EventKind::FaultsStopped => {}
        }
    }

    fn add_call(&mut self, what: &'a EventKind, call: &'a str) {
        let Some((invocation, request)) = self.calls.get(call).copied() else { return };
        let label = Label::of(what, "", Some(request));
        // Scans and queries among them, whose rows are not known yet.
        let names_no_row = request.targets().next().is_none();
        if names_no_row && let Some((_, connection)) = self.invocations.get(invocation).copied() {
            self.add(connection, label, Some(invocation));
        }
        for target in request.targets() {
            self.add(target, label, Some(invocation));
        }
    }

    fn add(&mut self, connection: &'a str, label: Label<'a>, invocation: Option<&'a str>) {
        let after = Moment { label, hash: label.hash(), invocation };
        if let Some(before) = self.last.insert(connection, after) {
            (self.tell)(Pair { before, after });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet_after(last_new: u64, seeds: u64) -> bool {
        let mut coverage = Coverage::default();
        for seed in 1..=seeds {
            let new = if seed <= last_new { vec![seed] } else { vec![1] };
            coverage.add(seed, &new);
        }
        assert_eq!(coverage.last_new_seed(), Some(last_new));
        assert_eq!(u64::try_from(coverage.pairs()), Ok(last_new));
        coverage.is_quiet()
    }

    #[test]
    fn every_seed_that_meets_a_new_pair_is_a_step() {
        let mut coverage = Coverage::default();
        for (seed, pairs) in [(70, &[1, 2][..]), (71, &[2]), (72, &[]), (73, &[1, 3, 4])] {
            coverage.add(seed, pairs);
        }
        assert_eq!(
            coverage.steps(),
            [CoverageStep { seeds: 1, pairs: 2 }, CoverageStep { seeds: 4, pairs: 4 }]
        );
        assert_eq!(coverage.last_new_seed(), Some(73));
    }

    #[test]
    fn a_search_is_quiet_when_a_twentieth_of_its_seeds_brought_nothing_new() {
        assert!(!quiet_after(38_000, 39_999));
        assert!(quiet_after(38_000, 40_000));
    }

    #[test]
    fn a_search_is_not_quiet_before_a_thousand_seeds_brought_nothing_new() {
        assert!(!quiet_after(1, 1_000));
        assert!(quiet_after(1, 1_001));
        assert!(!Coverage::default().is_quiet());
    }
}
