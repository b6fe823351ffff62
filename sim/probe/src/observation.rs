//! What the clients of a probe see, in one order and by one clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use stormglass_spec::Time;
use stormglass_spec::history::Content;
use stormglass_spec::name::{ConnectionName, MessageName};
use tokio::sync::Notify;

/// Something that a client did or saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// When, since the run began.
    pub at: Time,
    /// On which connection.
    pub connection: ConnectionName,
    /// What.
    pub kind: ObservationKind,
}

/// What a client can do or see. What it does is noted before it is done, what it sees afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObservationKind {
    /// It asks for a WebSocket.
    Requested,
    /// It got the 101.
    Opened,
    /// It got another status.
    Refused(u16),
    /// It got no answer.
    Failed,
    /// It sends a message.
    Sent {
        /// The name of the message.
        message: MessageName,
        /// The broadcast's number in the run, if it is one.
        number: Option<u32>,
        /// What it holds.
        content: Content,
    },
    /// It got a message.
    Received(Arc<str>),
    /// It sends a close frame with this code and reads no more.
    CloseSent(u16),
    /// It hangs up without a word.
    Vanished,
    /// The endpoint closes the connection; 1006 stands for a connection that broke.
    ClosedByEndpoint(u16),
}

/// Keeps what clients see.
#[derive(Debug)]
pub(super) struct ObservationLog {
    started: Instant,
    seen: Mutex<LogState>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct LogState {
    observations: Vec<Observation>,
    open: BTreeSet<Name>,
    /// How many clients have got each broadcast.
    arrivals: BTreeMap<u32, usize>,
}

impl ObservationLog {
    pub(super) fn start() -> ObservationLog {
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        let started = Instant::now();
        ObservationLog { started, seen: Mutex::default(), moved: Notify::new() }
    }

    /// Takes note of something; of a connection that is over, nothing more is seen.
    pub(super) fn record(&self, connection: &Name, kind: ObservationKind) {
        self.with(|seen| match &kind {
            ObservationKind::Requested | ObservationKind::Refused(_) | ObservationKind::Failed => {
                seen.push(self.started, connection, kind);
            }
            ObservationKind::Opened => {
                seen.open.insert(connection.clone());
                seen.push(self.started, connection, kind);
            }
            ObservationKind::CloseSent(_)
            | ObservationKind::Vanished
            | ObservationKind::ClosedByEndpoint(_) => {
                if seen.open.remove(connection) {
                    seen.push(self.started, connection, kind);
                }
            }
            ObservationKind::Sent { .. } | ObservationKind::Received(_) => {
                if seen.open.contains(connection) {
                    seen.push(self.started, connection, kind);
                }
            }
        });
        self.moved.notify_waiters();
    }

    /// Takes note of a message, which is the broadcast with this number if it is one.
    pub(super) fn receive(&self, connection: &ConnectionName, text: &str, number: Option<u32>) {
        if let Some(number) = number {
            self.with(|seen| *seen.arrivals.entry(number).or_default() += 1);
        }
        self.record(connection, ObservationKind::Received(text.into()));
    }

    /// Waits until so many clients have got a broadcast.
    pub(super) async fn arrived(&self, number: u32, clients: usize) {
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            // From here on, no change goes unnoticed.
            moved.as_mut().enable();
            if self.with(|seen| seen.arrivals.get(&number).copied().unwrap_or(0)) >= clients {
                return;
            }
            moved.await;
        }
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> usize {
        self.with(|seen| seen.open.len())
    }

    pub(super) fn is_open(&self, connection: &ConnectionName) -> bool {
        self.with(|seen| seen.open.contains(connection))
    }

    /// How much was seen so far.
    pub(super) fn count(&self) -> usize {
        self.with(|seen| seen.observations.len())
    }

    /// Everything so far.
    pub(super) fn observations(&self) -> Vec<Observation> {
        self.with(|seen| seen.observations.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut LogState) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl LogState {
    /// The clock is read here, under the lock, so that the order is that of the times.
    fn push(&mut self, started: Instant, connection: &Name, kind: ObservationKind) {
        let at = Time::ZERO + started.elapsed();
        self.observations.push(Observation { at, connection: connection.clone(), kind });
    }
}
