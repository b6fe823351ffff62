//! The situations that an exploration must have met for its silence to mean anything.

use std::time::Duration;

use crate::history::{Content, Effect, Event, EventKind, Origin, Request, Side};
use crate::ledger::{Ledger, Mark};
use crate::need::Need;
use crate::quotas::{CONNECTION_DURATION_MAX, IDLE_TIMEOUT};

/// A situation that occurs at least once in a search that is not asleep.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    /// The name of the witness. It never changes.
    pub id: &'static str,
    /// The situation in one sentence.
    pub sentence: &'static str,
    /// True if the situation needs a service that fails or is far too late. A search that excludes
    /// some families of deviations cannot expect it.
    pub takes_a_fault: bool,
    /// The things that a history must hold for the situation to be possible.
    pub needs: &'static [Need],
    /// Returns true if the event shows the situation. The ledger already contains the event.
    pub shows: fn(&Event, &Ledger) -> bool,
}

/// Every witness.
pub const ALL: [Witness; 17] = [
    Witness {
        id: "gone",
        sentence: "some post met a connection that was closed",
        takes_a_fault: false,
        needs: &[],
        shows: gone,
    },
    Witness {
        id: "pending",
        sentence: "some post met a handshake that was still running",
        takes_a_fault: false,
        needs: &[],
        shows: pending,
    },
    Witness {
        id: "stale-read",
        sentence: "some read was stale",
        takes_a_fault: true,
        needs: &[Need::Reads],
        shows: stale_read,
    },
    Witness {
        id: "overlap",
        sentence: "some broadcast was accepted while a handshake was running",
        takes_a_fault: false,
        needs: &[Need::Broadcasts],
        shows: overlap,
    },
    Witness {
        id: "crossed",
        sentence: "two broadcasts, neither acknowledged before the other was sent, arrived in \
                   different orders at two clients",
        takes_a_fault: false,
        needs: &[Need::Broadcasts],
        shows: crossed,
    },
    Witness {
        id: "reapplied",
        sentence: "a row was stored again because the answer of an applied store was lost",
        takes_a_fault: true,
        needs: &[Need::Writes],
        shows: reapplied,
    },
    Witness {
        id: "half-open",
        sentence: "the gateway accepted a post for a client that had vanished",
        takes_a_fault: false,
        needs: &[],
        shows: half_open,
    },
    Witness {
        id: "next-page",
        sentence: "some scan went on to a further page",
        takes_a_fault: false,
        needs: &[Need::Reads],
        shows: next_page,
    },
    Witness {
        id: "herd",
        sentence: "ten handshakes were running at once",
        takes_a_fault: false,
        needs: &[],
        shows: herd,
    },
    Witness {
        id: "aborted",
        sentence: "a client left before its handshake had come to an end",
        takes_a_fault: false,
        needs: &[],
        shows: aborted,
    },
    Witness {
        id: "gave-up",
        sentence: "the gateway gave a function up that was still running, or whose answer was late",
        takes_a_fault: true,
        needs: &[],
        shows: gave_up,
    },
    Witness {
        id: "buffer-full",
        sentence: "some post met a client that did not read, and found its buffer full",
        takes_a_fault: false,
        needs: &[],
        shows: buffer_full,
    },
    Witness {
        id: "over-rate",
        sentence: "some message or post was one too many for the account",
        takes_a_fault: false,
        needs: &[],
        shows: over_rate,
    },
    Witness {
        id: "caught-up",
        sentence: "a client that had stopped reading read on",
        takes_a_fault: false,
        needs: &[],
        shows: caught_up,
    },
    Witness {
        id: "idle-close",
        sentence: "a connection was closed for ten minutes of silence",
        takes_a_fault: false,
        needs: &[],
        shows: idle_close,
    },
    Witness {
        id: "end-of-life",
        sentence: "a connection was closed because it was two hours old",
        takes_a_fault: false,
        needs: &[],
        shows: end_of_life,
    },
    Witness {
        id: "twice",
        sentence: "two functions ran for one message",
        takes_a_fault: true,
        needs: &[],
        shows: twice,
    },
];

fn gone(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::CallApplied { effect: Effect::Gone { pending: false }, .. })
}

fn pending(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::CallApplied { effect: Effect::Gone { pending: true }, .. })
}

fn stale_read(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::CallApplied { effect: Effect::Read { stale: true, .. }, .. })
}

fn overlap(event: &Event, ledger: &Ledger) -> bool {
    let EventKind::InvocationStarted { invocation, .. } = &event.kind else { return false };
    ledger.broadcast_data(invocation).is_some() && ledger.pending() > 0
}

/// Looks at the orders alone: an acknowledgement between the two would make this a broken promise,
/// not a witness.
fn crossed(event: &Event, ledger: &Ledger) -> bool {
    let EventKind::FrameReceived { connection, origin: origin @ Origin::Post { .. }, .. } =
        &event.kind
    else {
        return false;
    };
    let Some(second) = ledger.broadcast_behind(origin) else { return false };
    let Some(here) = ledger.find_connection(connection) else { return false };
    let is_first_arrival =
        here.arrivals.last().is_some_and(|(name, at)| *name == second && *at == event.number);
    let earlier = here.arrivals.iter().map(|(name, _)| name).filter(|name| **name != second);
    is_first_arrival && earlier.into_iter().any(|first| ledger.came_before(&second, first))
}

fn reapplied(event: &Event, ledger: &Ledger) -> bool {
    let EventKind::CallApplied { call: name, effect: Effect::Done } = &event.kind else {
        return false;
    };
    let Some(call) = ledger.call(name) else { return false };
    let Request::Put { row } = &call.request else { return false };
    ledger.stores(&call.invocation, row).any(|earlier| {
        earlier.is_ambiguous()
            && matches!(earlier.applied, Some((at, Effect::Done)) if at < event.number)
    })
}

fn half_open(event: &Event, ledger: &Ledger) -> bool {
    let EventKind::CallApplied { call, effect: Effect::Accepted } = &event.kind else {
        return false;
    };
    let Some(Request::Post { connection, .. }) = ledger.call(call).map(|call| &call.request) else {
        return false;
    };
    ledger.find_connection(connection).is_some_and(|state| state.left.is_some())
}

fn next_page(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::CallSent { request: Request::Scan { continued: true, .. }, .. })
}

fn herd(event: &Event, ledger: &Ledger) -> bool {
    matches!(event.kind, EventKind::HandshakeAsked { .. }) && ledger.pending() >= 10
}

fn aborted(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::HandshakeAborted { .. })
}

fn gave_up(event: &Event, _: &Ledger) -> bool {
    match &event.kind {
        EventKind::HandshakeRefused { status, .. } => *status == 504,
        EventKind::FrameReceived { body, origin: Origin::GatewayError { .. }, .. } => {
            body.contains("Endpoint request timed out")
        }
        _ => false,
    }
}

fn buffer_full(event: &Event, _: &Ledger) -> bool {
    matches!(&event.kind, EventKind::CallApplied { effect: Effect::Refused { error, .. }, .. }
        if **error == *"buffer full")
}

/// Includes the refusals that a fault caused: the history does not tell the difference.
fn over_rate(event: &Event, ledger: &Ledger) -> bool {
    match &event.kind {
        EventKind::CallApplied { effect: Effect::Refused { error, .. }, .. } => {
            **error == *"LimitExceededException"
        }
        EventKind::FrameReceived { body, origin: Origin::GatewayError { frame }, .. } => {
            body.contains("Too Many Requests")
                && !matches!(ledger.frame(frame).map(|it| &it.content), Some(Content::Ping) | None)
        }
        _ => false,
    }
}

fn caught_up(event: &Event, _: &Ledger) -> bool {
    matches!(event.kind, EventKind::ReadingResumed { .. })
}

fn idle_close(event: &Event, ledger: &Ledger) -> bool {
    closed_by_gateway_after(event, ledger, IDLE_TIMEOUT)
        && !closed_by_gateway_after(event, ledger, CONNECTION_DURATION_MAX)
}

fn end_of_life(event: &Event, ledger: &Ledger) -> bool {
    closed_by_gateway_after(event, ledger, CONNECTION_DURATION_MAX)
}

fn closed_by_gateway_after(event: &Event, ledger: &Ledger, life: Duration) -> bool {
    let EventKind::Closed { connection, by: Side::Gateway, code: 1001 } = &event.kind else {
        return false;
    };
    let asked = ledger.find_connection(connection).and_then(|state| state.asked);
    asked.is_some_and(|Mark { at, .. }| event.at.since(at) >= life)
}

fn twice(event: &Event, ledger: &Ledger) -> bool {
    let EventKind::InvocationStarted { invocation, .. } = &event.kind else { return false };
    let first = invocation.message_text();
    *first != **invocation && ledger.invocation(first).is_some()
}
