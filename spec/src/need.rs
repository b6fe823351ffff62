//! The things that a history must hold for a promise or a witness to have a subject.

use std::collections::BTreeSet;
use std::fmt;

use crate::history::{Content, EventKind, Outcome, Request};

/// A thing that some histories hold and others lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A message that asks the service to send its data to all clients.
    Broadcasts,
    /// An acknowledgement of a broadcast.
    Acknowledgements,
    /// An acknowledgement that counts its recipients.
    Counts,
    /// An invocation whose response goes back to the client.
    TwoWayRoutes,
    /// A request that reads rows.
    Reads,
    /// A request that stores or changes a row.
    Writes,
}

impl Need {
    /// Every need.
    pub const ALL: [Need; 6] = [
        Need::Broadcasts,
        Need::Acknowledgements,
        Need::Counts,
        Need::TwoWayRoutes,
        Need::Reads,
        Need::Writes,
    ];

    /// Returns the needs that a history meets once it holds this event.
    pub fn met_by(event: &EventKind) -> &'static [Need] {
        match event {
            EventKind::FrameSent { content: Content::Broadcast { .. }, .. } => &[Need::Broadcasts],
            EventKind::InvocationStarted { two_way: true, .. } => &[Need::TwoWayRoutes],
            EventKind::InvocationEnded {
                outcome: Outcome::Returned { acknowledgement: Some(said), .. },
                ..
            } => {
                if said.counts.is_some() {
                    &[Need::Acknowledgements, Need::Counts]
                } else {
                    &[Need::Acknowledgements]
                }
            }
            EventKind::CallSent { request, .. } => met_by_request(request),
            _ => &[],
        }
    }
}

fn met_by_request(request: &Request) -> &'static [Need] {
    match request {
        Request::Put { .. } | Request::Update { .. } => &[Need::Writes],
        Request::Get { .. } | Request::Query { .. } | Request::Scan { .. } => &[Need::Reads],
        // Its name alone says which of the two it is.
        Request::Several { operation, .. } if operation.contains("Write") => &[Need::Writes],
        Request::Several { .. } => &[Need::Reads],
        Request::Delete { .. }
        | Request::Post { .. }
        | Request::Describe { .. }
        | Request::Close { .. }
        | Request::Oversized { .. }
        | Request::Service { .. }
        | Request::Other { .. } => &[],
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Need::Broadcasts => "broadcasts",
            Need::Acknowledgements => "acknowledgements",
            Need::Counts => "acknowledgements with counts",
            Need::TwoWayRoutes => "two-way routes",
            Need::Reads => "reads of rows",
            Need::Writes => "writes of rows",
        })
    }
}

/// Returns the first of these needs that is not met: without it, there is nothing to test.
pub fn missing(needs: &[Need], met: &BTreeSet<Need>) -> Option<Need> {
    needs.iter().copied().find(|need| !met.contains(need))
}
