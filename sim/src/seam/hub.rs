//! The hub of one run: requests on their way out, answers on their way back, and timers.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use stormglass_aws::http::{HttpAnswer, HttpRequest};
use stormglass_spec::{Sketch, Time};

/// Work that a handler leaves to its sandbox.
pub type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The id of a request on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(u64);

/// The id of a sleep that was polled at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TimerId(u64);

/// A request that a handler's client has just sent.
#[derive(Debug)]
pub(crate) struct OutgoingRequest {
    pub(crate) id: CallId,
    pub(crate) request: HttpRequest,
}

/// The outcome of a request, as it comes back to the client that sent it.
#[derive(Clone, Debug)]
pub(crate) enum Delivery {
    /// A response.
    Response(HttpAnswer),
    /// The transport failed.
    Broken,
}

impl Delivery {
    /// True if the service carried the request out, and its answer came.
    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Delivery::Response(answer) if answer.is_success())
    }

    /// Adds the outcome.
    pub(crate) fn sketch(&self, sketch: &mut Sketch) {
        let Delivery::Response(HttpAnswer { status, headers, body }) = self else {
            return sketch.number(0);
        };
        sketch.number(u64::from(*status));
        sketch.hashed(headers);
        sketch.hashed(body);
    }
}

#[derive(Default)]
struct State {
    now: Time,
    last_id: u64,
    outgoing: VecDeque<OutgoingRequest>,
    /// The seeds of the thread's random generator for the time after each call.
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

thread_local! {
    /// The address of the hub whose run this thread steps.
    static ENTERED: Cell<usize> = const { Cell::new(0) };
    /// True if a client of another hub has sent a request since the last look.
    static HAS_STRANGER: Cell<bool> = const { Cell::new(false) };
}

/// The hub of one run, at which handlers and the simulation meet. Clones share it.
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
    /// Locks the state.
    ///
    /// One thread steps a run, so the lock is always free. A poisoned lock means that a handler
    /// panicked; the simulation goes on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the run of this hub the one that this thread steps.
    pub(crate) fn enter(&self) {
        ENTERED.set(self.address());
        HAS_STRANGER.set(false);
    }

    /// Reports whether a client of another run has sent a request since the last call.
    pub(crate) fn take_stranger(&self) -> bool {
        HAS_STRANGER.take()
    }

    fn address(&self) -> usize {
        Arc::as_ptr(&self.state).addr()
    }

    pub(crate) fn now(&self) -> Time {
        self.lock().now
    }

    pub(crate) fn set_now(&self, now: Time) {
        self.lock().now = now;
    }

    /// Keeps work that a handler leaves to its sandbox.
    pub(super) fn spawn(&self, work: Background) {
        self.lock().background.push(work);
    }

    /// Takes the work that handlers left since the last call.
    pub(crate) fn take_background(&self) -> Vec<Background> {
        std::mem::take(&mut self.lock().background)
    }

    /// Queues a request that a client sends, and returns its id.
    pub(super) fn send(&self, request: HttpRequest) -> CallId {
        HAS_STRANGER.set(HAS_STRANGER.get() || ENTERED.get() != self.address());
        let mut state = self.lock();
        state.last_id += 1;
        let id = CallId(state.last_id);
        state.outgoing.push_back(OutgoingRequest { id, request });
        id
    }

    /// Takes the requests that clients sent since the last call.
    pub(crate) fn take_outgoing(&self) -> VecDeque<OutgoingRequest> {
        std::mem::take(&mut self.lock().outgoing)
    }

    /// Gives a request the seed for the random numbers that its client draws after it.
    pub(crate) fn set_seed(&self, id: CallId, seed: u64) {
        self.lock().seeds.insert(id, seed);
    }

    /// Returns true if the sender of a request still waits for the answer.
    pub(crate) fn is_awaited(&self, id: CallId) -> bool {
        self.lock().waiting.contains_key(&id)
    }

    /// Hands an answer to the sender of a request, if the sender still waits for it.
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

    /// Forgets the sender of a request, which has its answer or no longer waits for it.
    ///
    /// The request itself goes on. Returns the seed for the random numbers that the sender draws
    /// next.
    pub(super) fn leave(&self, id: CallId) -> Option<u64> {
        let mut state = self.lock();
        state.waiting.remove(&id);
        state.delivered.remove(&id);
        state.seeds.remove(&id)
    }

    /// Starts the timer of a sleep that was polled for the first time, and returns its id.
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

    /// Takes the timers that started since the last call.
    pub(crate) fn take_new_timers(&self) -> VecDeque<(TimerId, Time)> {
        std::mem::take(&mut self.lock().new_timers)
    }

    /// Returns true if a handler still waits for this timer.
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
