//! What an exploration must have met at least once for its silence to mean anything.

use crate::history::{Effect, Event, Name, Origin, Request, What};
use crate::ledger::{Connection, Ledger};

/// Something that happens sometimes in a search that is not asleep.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    /// Its name, stable for ever.
    pub id: &'static str,
    /// What is seen, in one sentence.
    pub sentence: &'static str,
    /// Whether it takes a service that misbehaves, and so cannot be expected where none may.
    pub takes_a_fault: bool,
    /// Whether the event shows it. The ledger has taken note of the event already.
    pub shows: fn(&Event, &Ledger) -> bool,
}

/// Every witness.
pub const ALL: [Witness; 8] = [
    Witness {
        id: "gone",
        sentence: "some post met a connection that was closed",
        takes_a_fault: false,
        shows: gone,
    },
    Witness {
        id: "pending",
        sentence: "some post met a handshake that was still running",
        takes_a_fault: false,
        shows: pending,
    },
    Witness {
        id: "stale-read",
        sentence: "some read was stale",
        takes_a_fault: true,
        shows: stale_read,
    },
    Witness {
        id: "overlap",
        sentence: "some broadcast was accepted while a handshake was running",
        takes_a_fault: false,
        shows: overlap,
    },
    Witness {
        id: "crossed",
        sentence: "two broadcasts, neither acknowledged before the other was sent, arrived in \
                   different orders at two clients",
        takes_a_fault: false,
        shows: crossed,
    },
    Witness {
        id: "reapplied",
        sentence: "a row was stored again because the answer of an applied store was lost",
        takes_a_fault: true,
        shows: reapplied,
    },
    Witness {
        id: "half-open",
        sentence: "the gateway accepted a post for a client that had vanished",
        takes_a_fault: false,
        shows: half_open,
    },
    Witness {
        id: "next-page",
        sentence: "some scan went on to a further page",
        takes_a_fault: false,
        shows: next_page,
    },
];

fn gone(event: &Event, _: &Ledger) -> bool {
    matches!(event.what, What::CallApplied { effect: Effect::Gone { pending: false }, .. })
}

fn pending(event: &Event, _: &Ledger) -> bool {
    matches!(event.what, What::CallApplied { effect: Effect::Gone { pending: true }, .. })
}

fn stale_read(event: &Event, _: &Ledger) -> bool {
    matches!(event.what, What::CallApplied { effect: Effect::Read { stale: true, .. }, .. })
}

fn overlap(event: &Event, ledger: &Ledger) -> bool {
    let What::InvocationStarted { invocation, .. } = &event.what else { return false };
    ledger.broadcast_data(invocation).is_some()
        && ledger.connections().any(|(_, connection)| connection.is_pending())
}

fn crossed(event: &Event, ledger: &Ledger) -> bool {
    let What::FrameReceived { connection, origin: origin @ Origin::Post { .. }, .. } = &event.what
    else {
        return false;
    };
    let Some(second) = ledger.broadcast_behind(origin) else { return false };
    let Some(here) = ledger.find_connection(connection) else { return false };
    here.arrivals.iter().filter(|(name, _)| *name != second).any(|(first, _)| {
        arrived_before(here, first, &second)
            && ledger.connections().any(|(_, there)| arrived_before(there, &second, first))
    })
}

fn arrived_before(connection: &Connection, first: &Name, second: &Name) -> bool {
    let place = |name| connection.arrivals.iter().position(|(arrived, _)| arrived == name);
    place(first).zip(place(second)).is_some_and(|(first, second)| first < second)
}

fn reapplied(event: &Event, ledger: &Ledger) -> bool {
    let What::CallApplied { call: name, effect: Effect::Done } = &event.what else { return false };
    let Some(call) = ledger.call(name) else { return false };
    let Request::Put { row } = &call.request else { return false };
    ledger.stores(&call.invocation, row).any(|earlier| {
        earlier.is_ambiguous()
            && matches!(earlier.applied, Some((at, Effect::Done)) if at < event.number)
    })
}

fn half_open(event: &Event, ledger: &Ledger) -> bool {
    let What::CallApplied { call, effect: Effect::Accepted } = &event.what else { return false };
    let Some(Request::Post { connection, .. }) = ledger.call(call).map(|call| &call.request) else {
        return false;
    };
    ledger.find_connection(connection).is_some_and(|state| state.left.is_some())
}

fn next_page(event: &Event, _: &Ledger) -> bool {
    matches!(event.what, What::CallSent { request: Request::Scan { continued: true, .. }, .. })
}
