//! The meeting point of one run: calls on their way out, answers on their way back, timers.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use stormglass_spec::Time;

/// Work that a handler leaves to its sandbox.
pub type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A request on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(u64);

/// A sleep that was polled at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TimerId(u64);

/// A request that a handler's client has just sent.
#[derive(Debug)]
pub(crate) struct OutgoingRequest {
    pub(crate) id: CallId,
    pub(crate) method: String,
    /// Scheme, authority, path and query.
    pub(crate) uri: String,
    /// The `x-amz-target` header, which names a DynamoDB operation.
    pub(crate) target: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What comes back to the client that sent a request.
#[derive(Clone, Debug)]
pub(crate) enum Delivery {
    /// A response.
    Response { status: u16, headers: Vec<(&'static str, Cow<'static, str>)>, body: String },
    /// The transport failed.
    Broken,
}

#[derive(Default)]
struct State {
    now: Time,
    last_id: u64,
    outgoing: VecDeque<OutgoingRequest>,
    /// What the thread's random generator starts from when the SDK goes on after a call.
    seeds: BTreeMap<CallId, u64>,
    waiting: BTreeMap<CallId, Waker>,
    delivered: BTreeMap<CallId, Delivery>,
    new_timers: VecDeque<(TimerId, Time)>,
    timers: BTreeMap<TimerId, Timer>,
    background: Vec<Background>,
}

#[derive(Debug)]
struct Timer {
    due: Time,
    waker: Waker,
}

/// The meeting point of one run. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Hub {
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Hub {
    /// One thread steps a run, so nobody ever waits here, and a poisoned lock means that a handler
    /// panicked while the simulation goes on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Time {
        self.lock().now
    }

    pub(crate) fn set_now(&self, now: Time) {
        self.lock().now = now;
    }

    /// A handler leaves work to its sandbox.
    pub(super) fn spawn(&self, work: Background) {
        self.lock().background.push(work);
    }

    /// The work that was left since the last time.
    pub(crate) fn take_background(&self) -> Vec<Background> {
        std::mem::take(&mut self.lock().background)
    }

    /// A client sends a request.
    pub(super) fn send(&self, make: impl FnOnce(CallId) -> OutgoingRequest) -> CallId {
        let mut state = self.lock();
        state.last_id += 1;
        let id = CallId(state.last_id);
        state.outgoing.push_back(make(id));
        id
    }

    /// The requests sent since the last time.
    pub(crate) fn take_outgoing(&self) -> VecDeque<OutgoingRequest> {
        std::mem::take(&mut self.lock().outgoing)
    }

    /// Gives a request the seed of whatever its client draws once the request is over.
    pub(crate) fn set_seed(&self, id: CallId, seed: u64) {
        self.lock().seeds.insert(id, seed);
    }

    /// Whether the sender of a request still waits for the answer.
    pub(crate) fn is_awaited(&self, id: CallId) -> bool {
        self.lock().waiting.contains_key(&id)
    }

    /// Hands an answer to whoever sent the request.
    pub(crate) fn deliver(&self, id: CallId, delivery: Delivery) {
        let mut state = self.lock();
        if let Some(waker) = state.waiting.remove(&id) {
            state.delivered.insert(id, delivery);
            waker.wake();
        }
    }

    pub(super) fn poll_delivery(&self, id: CallId, waker: &Waker) -> Poll<Delivery> {
        let mut state = self.lock();
        match state.delivered.remove(&id) {
            Some(delivery) => Poll::Ready(delivery),
            None => {
                state.waiting.insert(id, waker.clone());
                Poll::Pending
            }
        }
    }

    /// The sender of a request has its answer, or no longer waits for it; the request goes its
    /// way. Gives the seed of what the sender draws next.
    pub(super) fn leave(&self, id: CallId) -> Option<u64> {
        let mut state = self.lock();
        state.waiting.remove(&id);
        state.delivered.remove(&id);
        state.seeds.remove(&id)
    }

    /// A sleep was polled for the first time.
    pub(super) fn start_timer(&self, due: Time, waker: &Waker) -> TimerId {
        let mut state = self.lock();
        state.last_id += 1;
        let id = TimerId(state.last_id);
        state.timers.insert(id, Timer { due, waker: waker.clone() });
        state.new_timers.push_back((id, due));
        id
    }

    pub(super) fn poll_timer(&self, id: TimerId, waker: &Waker) -> Poll<()> {
        let mut state = self.lock();
        match state.timers.get_mut(&id) {
            Some(timer) => {
                timer.waker.clone_from(waker);
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }

    pub(super) fn cancel_timer(&self, id: TimerId) {
        self.lock().timers.remove(&id);
    }

    /// The sleeps that began since the last time.
    pub(crate) fn take_new_timers(&self) -> VecDeque<(TimerId, Time)> {
        std::mem::take(&mut self.lock().new_timers)
    }

    /// Whether anybody still waits for this timer.
    pub(crate) fn is_timer_alive(&self, id: TimerId) -> bool {
        self.lock().timers.contains_key(&id)
    }

    /// Ends a sleep whose time has come.
    pub(crate) fn fire_timer(&self, id: TimerId) {
        let mut state = self.lock();
        if let Some(timer) = state.timers.remove(&id) {
            assert!(timer.due <= state.now, "a timer fired before it was due");
            timer.waker.wake();
        }
    }
}
