//! The observations of the clients of a probe, in one order and by one clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use stormglass_spec::Time;
use stormglass_spec::history::Content;
use stormglass_spec::name::{ConnectionName, MessageName};
use tokio::sync::Notify;

use super::frame::ReceivedFrame;
use super::retention::{Retention, Surplus};

/// An act of a client, or something that it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The time since the run began.
    pub at: Time,
    /// The connection.
    pub connection: ConnectionName,
    /// The kind, with its details.
    pub kind: ObservationKind,
}

/// The kinds of observations. An act is recorded before it is done, everything else afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObservationKind {
    /// The client asks for a WebSocket.
    Requested,
    /// The client got the 101.
    Opened,
    /// The client got another status.
    Refused(u16),
    /// The client got no answer.
    Failed,
    /// The client sends a message.
    Sent {
        /// The name of the message.
        message: MessageName,
        /// The number of the broadcast in the run, if it is one.
        number: Option<u32>,
        /// The content of the message.
        content: Content,
    },
    /// The client got a message.
    Received(Arc<str>),
    /// The client sends a close frame with this code and reads no more.
    CloseSent(u16),
    /// The client hangs up without a word.
    Vanished,
    /// The endpoint closed the connection; 1006 stands for a connection that broke.
    ClosedByEndpoint(u16),
}

/// The observations of all clients.
#[derive(Debug)]
pub(super) struct ObservationLog {
    started: Instant,
    /// The number of the last broadcast of the run.
    number_max: u32,
    state: Mutex<LogState>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct LogState {
    observations: Vec<Observation>,
    surplus: Surplus,
    /// The number of observations that are messages without a mark.
    unmarked: usize,
    /// The open connections, each with the frames that are kept of it.
    open: BTreeMap<ConnectionName, Retention>,
    /// The number of clients that have got each broadcast.
    arrivals: BTreeMap<u32, usize>,
}

impl ObservationLog {
    /// Starts the log of a run whose last broadcast has the number `number_max`.
    pub(super) fn start(number_max: u32) -> ObservationLog {
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        let started = Instant::now();
        ObservationLog { started, number_max, state: Mutex::default(), changed: Notify::new() }
    }

    /// Records an observation, unless its connection is over.
    pub(super) fn record(&self, connection: &ConnectionName, kind: ObservationKind) {
        self.with(|state| {
            match &kind {
                ObservationKind::Requested
                | ObservationKind::Refused(_)
                | ObservationKind::Failed => {}
                ObservationKind::Opened => {
                    state.open.insert(connection.clone(), Retention::default());
                }
                ObservationKind::CloseSent(_)
                | ObservationKind::Vanished
                | ObservationKind::ClosedByEndpoint(_) => {
                    if state.open.remove(connection).is_none() {
                        return;
                    }
                }
                ObservationKind::Sent { .. } | ObservationKind::Received(_) => {
                    let Some(retention) = state.open.get_mut(connection) else { return };
                    if matches!(kind, ObservationKind::Sent { .. }) {
                        retention.send();
                    }
                }
            }
            state.push(self.started, connection, kind);
        });
        self.changed.notify_waiters();
    }

    /// Records a message that came, or counts it if it is one of too many, unless its connection
    /// is over.
    pub(super) fn receive(&self, connection: &ConnectionName, text: &str, frame: &ReceivedFrame) {
        self.with(|state| {
            let Some(retention) = state.open.get_mut(connection) else { return };
            let kept = retention.keep(text, frame, self.number_max, &mut state.surplus);
            let Some(text) = kept else { return };
            match frame {
                ReceivedFrame::Broadcast { number: Some(number), .. } => {
                    *state.arrivals.entry(*number).or_default() += 1;
                }
                ReceivedFrame::Unmarked => state.unmarked += 1,
                ReceivedFrame::Broadcast { number: None, .. }
                | ReceivedFrame::Answer { .. }
                | ReceivedFrame::ApparentAnswer { .. } => {}
            }
            state.push(self.started, connection, ObservationKind::Received(text));
        });
        self.changed.notify_waiters();
    }

    /// Waits until a number of clients have got a broadcast.
    pub(super) async fn arrived(&self, number: u32, clients: usize) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on, no change is missed.
            changed.as_mut().enable();
            if self.with(|state| state.arrivals.get(&number).copied().unwrap_or(0)) >= clients {
                return;
            }
            changed.await;
        }
    }

    /// Returns the number of open connections.
    pub(super) fn open(&self) -> usize {
        self.with(|state| state.open.len())
    }

    pub(super) fn is_open(&self, connection: &ConnectionName) -> bool {
        self.with(|state| state.open.contains_key(connection))
    }

    /// Returns the number of observations so far, without those that other people may cause.
    pub(super) fn count(&self) -> usize {
        self.with(|state| state.observations.len() - state.unmarked)
    }

    /// Ends the log: returns the observations so far, and the numbers of frames that are not among
    /// them.
    pub(super) fn take(&self) -> (Vec<Observation>, Surplus) {
        self.with(|state| (std::mem::take(&mut state.observations), state.surplus))
    }

    fn with<T>(&self, look: impl FnOnce(&mut LogState) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl LogState {
    /// Adds an observation. The clock is read under the lock, so that the order is that of the
    /// times.
    fn push(&mut self, started: Instant, connection: &ConnectionName, kind: ObservationKind) {
        let at = Time::ZERO + started.elapsed();
        self.observations.push(Observation { at, connection: connection.clone(), kind });
    }
}
