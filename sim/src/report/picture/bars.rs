//! Bars for the things that last: connections on the lanes of their clients, and invocations.

use std::collections::BTreeMap;

use stormglass_spec::Violation;
use stormglass_spec::history::{Event, EventKind};
use stormglass_spec::name::{CallName, InvocationName};

use super::lanes::Lanes;

/// A thing that lasts from one step to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) lane: usize,
    pub(super) name: String,
    pub(super) kind: BarKind,
    pub(super) from: u32,
    pub(super) to: u32,
    /// True if the thing is involved in the violation.
    pub(super) is_involved: bool,
    /// The number of bars on its lane that began before it and are still there. The bar is drawn
    /// that far aside.
    pub(super) depth: u32,
}

/// The kind of thing that a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BarKind {
    /// A handshake without an answer.
    Pending,
    /// A connection that the gateway has open.
    Open,
    /// A connection that the gateway has open although its client is gone (FACTS 1.15).
    HalfOpen,
    /// A function that runs.
    Invocation,
}

/// Collects the bars of a history, event by event.
#[derive(Debug)]
pub(super) struct Bars<'a, 'b> {
    lanes: &'b Lanes<'a>,
    violation: Option<&'a Violation>,
    underway: BTreeMap<String, Bar>,
    over: Vec<Bar>,
}

impl<'a, 'b> Bars<'a, 'b> {
    pub(super) fn new(lanes: &'b Lanes<'a>, violation: Option<&'a Violation>) -> Bars<'a, 'b> {
        Bars { lanes, violation, underway: BTreeMap::new(), over: Vec::new() }
    }

    /// Takes note of the next event.
    pub(super) fn observe(&mut self, event: &Event) {
        let step = event.number;
        match &event.kind {
            EventKind::HandshakeAsked { connection } => {
                self.begin(connection, BarKind::Pending, step);
            }
            EventKind::HandshakeOpened { connection } => self.turn(connection, BarKind::Open, step),
            EventKind::Vanished { connection } => self.turn(connection, BarKind::HalfOpen, step),
            EventKind::HandshakeRefused { connection, .. }
            | EventKind::HandshakeAborted { connection }
            | EventKind::Closed { connection, .. } => self.end(connection, step),
            EventKind::InvocationStarted { invocation, .. } => {
                self.begin(invocation, BarKind::Invocation, step);
            }
            EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => self.end(invocation, step),
            _ => {}
        }
    }

    /// Returns all bars. A bar without an end lasts to the last step.
    pub(super) fn finish(mut self, last: u32) -> Vec<Bar> {
        self.over.extend(self.underway.into_values().map(|bar| Bar { to: last, ..bar }));
        self.over.sort_by(|a, b| (a.from, a.lane, &a.name).cmp(&(b.from, b.lane, &b.name)));
        self.over
    }

    fn begin(&mut self, name: &str, kind: BarKind, step: u32) {
        let lane = match kind {
            BarKind::Invocation => Some(self.lanes.function(name)),
            _ => self.lanes.client(name),
        };
        let Some(lane) = lane else { return };
        let beside = self.underway.values().filter(|bar| bar.lane == lane).map(|bar| bar.depth);
        let depth = beside.max().map_or(0, |depth| depth + 1);
        let name = name.to_owned();
        let is_involved = self.is_involved(&name, kind);
        let bar = Bar { lane, name, kind, from: step, to: step, is_involved, depth };
        self.underway.insert(bar.name.clone(), bar);
    }

    /// Ends a bar, and begins one of another kind in its place.
    fn turn(&mut self, name: &str, kind: BarKind, step: u32) {
        match self.underway.get_mut(name) {
            None => self.begin(name, kind, step),
            Some(bar) => {
                self.over.push(Bar { to: step, ..bar.clone() });
                (bar.kind, bar.from) = (kind, step);
            }
        }
    }

    fn end(&mut self, name: &str, step: u32) {
        if let Some(bar) = self.underway.remove(name) {
            self.over.push(Bar { to: step, ..bar });
        }
    }

    fn is_involved(&self, name: &str, kind: BarKind) -> bool {
        let Some(violation) = self.violation else { return false };
        violation.involved.iter().any(|involved| match kind {
            BarKind::Invocation => {
                let (name, involved) =
                    (InvocationName::from(name), CallName::from(involved.as_ref()));
                name.message_text() == involved.as_str() || involved.invocation() == name.as_str()
            }
            _ => involved.as_ref() == name,
        })
    }
}
