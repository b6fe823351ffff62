//! Shapes of events: arrows with their ends, and points.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::history::{Event, EventKind, Origin, Request, Side};
use stormglass_spec::name::CallName;

use super::lanes::Lanes;

/// The shape of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An arrow from one lane to another, and from one step to another: a request arrives when it
    /// is applied, which may be much later.
    Arrow { from: End, to: End, is_answer: bool },
    /// An arrow that leaves for another lane in this step, and never gets there.
    Lost { from: usize, to: usize },
    /// A point on one lane.
    Point { lane: usize, sign: Sign },
    /// A line across all lanes.
    Everywhere,
}

/// One end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) lane: usize,
    /// The number of its step.
    pub(super) step: u32,
}

/// The sign of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A service acted.
    Dot,
    /// A row is there from here on.
    Stored,
    /// A row is gone from here on.
    Removed,
    /// An end by failure.
    Cross,
}

/// Finds the shapes of one event after the other.
#[derive(Debug)]
pub(super) struct Shapes<'a, 'b> {
    lanes: &'b Lanes<'a>,
    calls: BTreeMap<&'a str, Call>,
    ended: BTreeMap<&'a str, u32>,
    /// The invocations that another service than the gateway started.
    served: BTreeSet<&'a str>,
}

/// The lane that a call goes to, and the step in which it was applied.
#[derive(Clone, Debug)]
struct Call {
    service: usize,
    applied: Option<u32>,
    clients: BTreeSet<usize>,
}

impl<'a, 'b> Shapes<'a, 'b> {
    /// Looks through all events for the fate of every call.
    pub(super) fn new(lanes: &'b Lanes<'a>, events: &[&'a Event]) -> Shapes<'a, 'b> {
        let (calls, ended, served) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut shapes = Shapes { lanes, calls, ended, served };
        for event in events {
            match &event.kind {
                EventKind::CallSent { call, request, .. } => {
                    let service = shapes.service(request);
                    let names = event.names();
                    let clients = names.iter().filter_map(|name| lanes.client(name)).collect();
                    shapes.calls.insert(call, Call { service, applied: None, clients });
                }
                EventKind::CallApplied { call, .. } => {
                    if let Some(call) = shapes.calls.get_mut(call.as_ref()) {
                        call.applied = Some(event.number);
                    }
                }
                EventKind::InvocationEnded { invocation, .. } => {
                    shapes.ended.insert(invocation, event.number);
                }
                EventKind::InvocationStarted { invocation, connection: None, .. } => {
                    shapes.served.insert(invocation);
                }
                _ => {}
            }
        }
        shapes
    }

    fn service(&self, request: &Request) -> usize {
        match request {
            Request::Post { .. } | Request::Describe { .. } | Request::Close { .. } => {
                self.lanes.gateway()
            }
            Request::Service { .. } => self.lanes.services(),
            _ => self.lanes.table(),
        }
    }

    /// Returns the lanes of the clients that an event is about.
    pub(super) fn clients_of(&self, event: &Event) -> BTreeSet<usize> {
        let names = event.names();
        let mut clients: BTreeSet<usize> =
            names.iter().filter_map(|name| self.lanes.client(name)).collect();
        for name in names {
            if let Some(call) = self.calls.get(name) {
                clients.extend(&call.clients);
            }
        }
        clients
    }

    /// Returns the shape of an event.
    pub(super) fn observe(&mut self, event: &Event) -> Shape {
        let gateway = self.lanes.gateway();
        let at = |lane| End { lane, step: event.number };
        let arrow = |from, to| Shape::Arrow { from: at(from), to: at(to), is_answer: false };
        let answer = |from, to| Shape::Arrow { from: at(from), to: at(to), is_answer: true };
        let client = |name: &str| self.lanes.client(name).unwrap_or(gateway);
        match &event.kind {
            EventKind::HandshakeAsked { connection }
            | EventKind::FrameSent { connection, .. }
            | EventKind::CloseSent { connection, .. } => arrow(client(connection), gateway),
            EventKind::HandshakeOpened { connection }
            | EventKind::HandshakeRefused { connection, .. } => answer(gateway, client(connection)),
            EventKind::FrameReceived { connection, origin, .. } => {
                let from = End { lane: gateway, step: self.origin(origin, event.number) };
                Shape::Arrow { from, to: at(client(connection)), is_answer: false }
            }
            EventKind::Closed { connection, by: Side::Gateway, .. } => {
                arrow(gateway, client(connection))
            }
            EventKind::Closed { by: Side::Client, .. } => {
                Shape::Point { lane: gateway, sign: Sign::Dot }
            }
            EventKind::HandshakeAborted { connection }
            | EventKind::AnswerDropped { connection, .. } => {
                Shape::Lost { from: gateway, to: client(connection) }
            }
            EventKind::Vanished { connection } => {
                Shape::Point { lane: client(connection), sign: Sign::Cross }
            }
            EventKind::ReadingPaused { connection }
            | EventKind::ReadingResumed { connection }
            | EventKind::Presented { connection, .. } => {
                Shape::Point { lane: client(connection), sign: Sign::Dot }
            }
            EventKind::InvocationStarted { invocation, .. } => {
                arrow(self.invoker(invocation), self.lanes.function(invocation))
            }
            EventKind::InvocationEnded { invocation, .. } => {
                answer(self.lanes.function(invocation), self.invoker(invocation))
            }
            EventKind::InvocationKilled { invocation, .. } => {
                Shape::Point { lane: self.lanes.function(invocation), sign: Sign::Cross }
            }
            EventKind::CallSent { call, invocation, .. } => {
                self.sent(call, self.lanes.function(invocation), event.number)
            }
            EventKind::CallApplied { call, .. } => {
                let service = self.calls.get(call.as_ref()).map_or(gateway, |call| call.service);
                Shape::Point { lane: service, sign: Sign::Dot }
            }
            EventKind::CallAnswered { call, .. } => self.answered(call, event.number),
            EventKind::RowWritten { .. } => {
                Shape::Point { lane: self.lanes.table(), sign: Sign::Stored }
            }
            EventKind::RowRemoved { .. } => {
                Shape::Point { lane: self.lanes.table(), sign: Sign::Removed }
            }
            EventKind::MessageStored { .. } => {
                Shape::Point { lane: self.lanes.services(), sign: Sign::Stored }
            }
            EventKind::MessageRemoved { .. } => {
                Shape::Point { lane: self.lanes.services(), sign: Sign::Removed }
            }
            EventKind::MessageDropped { .. } => {
                Shape::Point { lane: self.lanes.services(), sign: Sign::Cross }
            }
            EventKind::FaultsStopped => Shape::Everywhere,
        }
    }

    /// Returns the lane that an invocation comes from.
    fn invoker(&self, invocation: &str) -> usize {
        if self.served.contains(invocation) { self.lanes.services() } else { self.lanes.gateway() }
    }

    /// Returns the step in which the gateway got the frame that a client receives, if that step is
    /// shown.
    fn origin(&self, origin: &Origin, step: u32) -> u32 {
        let earlier = match origin {
            Origin::Post { call } => self.calls.get(call.as_ref()).and_then(|call| call.applied),
            Origin::Reply { invocation } => self.ended.get(invocation.as_ref()).copied(),
            Origin::GatewayError { .. } => None,
        };
        earlier.filter(|earlier| *earlier < step).unwrap_or(step)
    }

    fn sent(&self, call: &str, function: usize, step: u32) -> Shape {
        let Some(call) = self.calls.get(call) else {
            return Shape::Point { lane: function, sign: Sign::Dot };
        };
        match call.applied {
            None => Shape::Lost { from: function, to: call.service },
            Some(applied) => Shape::Arrow {
                from: End { lane: function, step },
                to: End { lane: call.service, step: applied },
                is_answer: false,
            },
        }
    }

    fn answered(&self, name: &CallName, step: u32) -> Shape {
        let function = self.lanes.function(name.invocation());
        let applied =
            self.calls.get(name.as_str()).and_then(|call| Some((call.service, call.applied?)));
        match applied {
            None => Shape::Point { lane: function, sign: Sign::Dot },
            Some((service, applied)) => Shape::Arrow {
                from: End { lane: service, step: applied },
                to: End { lane: function, step },
                is_answer: true,
            },
        }
    }
}
