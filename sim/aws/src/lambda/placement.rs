//! The placement of invocations: sandboxes start, are used again, and are taken down.
//!
//! Plain data: the driver starts the handlers and polls them.

use std::collections::BTreeMap;

use stormglass_spec::Sketch;
use thiserror::Error;

use super::throttle::ThrottleReason;

/// The number of a sandbox: one process of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SandboxId(pub(crate) u32);

/// The place of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A sandbox that was idle.
    Warm(SandboxId),
    /// A new sandbox, which the driver must start first.
    Cold(SandboxId),
    /// No place (FACTS 4.9). [`Lambda::throttle`] returns the reason.
    Throttled,
}

/// An account lacks the concurrency that its functions are to reserve.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the function {function} cannot reserve a concurrency of {wanted}: the account has \
     {available} that no other function reserves"
)]
pub struct ReservationError {
    /// The function.
    pub function: String,
    /// The concurrency that it was to reserve.
    pub wanted: usize,
    /// The concurrency of the account that no other function reserves.
    pub available: usize,
}

/// The Lambda platform of one account and region.
#[derive(Debug)]
pub struct Lambda {
    concurrency_max: usize,
    /// The functions that reserve a part of the account's concurrency.
    reservations: BTreeMap<String, Reservation>,
    /// The idle sandboxes of each function, the one used last at the end.
    idle: BTreeMap<String, Vec<SandboxId>>,
    /// The function that each busy sandbox runs.
    busy: BTreeMap<SandboxId, String>,
    started: u32,
}

/// The part of the account's concurrency that belongs to one function (FACTS 11.18).
#[derive(Clone, Copy, Debug)]
struct Reservation {
    concurrency: usize,
    /// The number of busy sandboxes of the function.
    busy: usize,
}

impl Lambda {
    /// Creates a platform without sandboxes, which runs at most `concurrency_max` invocations at
    /// one time.
    pub fn new(concurrency_max: u32) -> Lambda {
        Lambda {
            concurrency_max: size(concurrency_max),
            reservations: BTreeMap::new(),
            idle: BTreeMap::new(),
            busy: BTreeMap::new(),
            started: 0,
        }
    }

    /// Reserves a part of the account's concurrency for a function, which always has it and never
    /// has more (FACTS 11.18). A function that reserves 0 does not run.
    ///
    /// # Errors
    ///
    /// If the functions together would reserve more than the account has.
    pub fn with_reserved(
        mut self,
        function: &str,
        concurrency: u32,
    ) -> Result<Lambda, ReservationError> {
        let wanted = size(concurrency);
        self.reservations.remove(function);
        let available = self.concurrency_max - self.reserved();
        if wanted > available {
            return Err(ReservationError { function: function.to_owned(), wanted, available });
        }
        let busy = self.busy.values().filter(|other| *other == function).count();
        let reservation = Reservation { concurrency: wanted, busy };
        self.reservations.insert(function.to_owned(), reservation);
        Ok(self)
    }

    /// Finds a place for an invocation, in a new sandbox if it `must_be_new`. A sandbox runs one
    /// invocation at a time.
    pub fn place(&mut self, function: &str, must_be_new: bool) -> Placement {
        if self.throttle(function).is_some() {
            return Placement::Throttled;
        }
        let idle = self.idle.get_mut(function).filter(|_| !must_be_new).and_then(Vec::pop);
        if let Some(sandbox) = idle {
            self.occupy(sandbox, function);
            return Placement::Warm(sandbox);
        }
        self.started += 1;
        let sandbox = SandboxId(self.started);
        self.occupy(sandbox, function);
        Placement::Cold(sandbox)
    }

    /// Makes a sandbox idle, after its invocation has ended by itself.
    ///
    /// # Panics
    ///
    /// If nothing runs in the sandbox.
    pub fn release(&mut self, sandbox: SandboxId) {
        let function = self.vacate(sandbox);
        let function = function.expect("a sandbox is released only while it runs something");
        self.idle.entry(function).or_default().push(sandbox);
    }

    /// Takes a sandbox down, busy or idle.
    ///
    /// # Panics
    ///
    /// If the sandbox does not exist, or was taken down before.
    pub fn take_down(&mut self, sandbox: SandboxId) {
        if self.vacate(sandbox).is_some() {
            return;
        }
        let mut idle = self.idle.values_mut();
        let was_idle = idle.any(|idle| {
            let place = idle.iter().position(|other| *other == sandbox);
            place.map(|place| idle.remove(place)).is_some()
        });
        assert!(was_idle, "a sandbox is taken down only once");
    }

    /// Returns the reason for which an invocation of the function would find no place now.
    pub fn throttle(&self, function: &str) -> Option<ThrottleReason> {
        if let Some(Reservation { concurrency, busy }) = self.reservations.get(function) {
            return (busy >= concurrency).then_some(ThrottleReason::Reserved);
        }
        let busy_reserved: usize = self.reservations.values().map(|it| it.busy).sum();
        let is_full = self.busy.len() - busy_reserved >= self.concurrency_max - self.reserved();
        is_full.then_some(ThrottleReason::Account)
    }

    /// Reports whether a function reserves a concurrency of 0: its queued events are not retried
    /// (FACTS 11.18).
    pub fn is_disabled(&self, function: &str) -> bool {
        self.reservations.get(function).is_some_and(|reservation| reservation.concurrency == 0)
    }

    /// Returns the idle sandboxes of each function. The last one of a list is used first.
    pub fn idle(&self) -> impl Iterator<Item = (&str, &[SandboxId])> {
        self.idle.iter().map(|(function, idle)| (function.as_str(), idle.as_slice()))
    }

    /// Adds the sandboxes with their numbers.
    pub fn sketch(&self, sketch: &mut Sketch) {
        // The limits are set once, and the busy sandboxes tell how full a reservation is.
        let Lambda { concurrency_max: _, reservations: _, idle, busy, started } = self;
        sketch.list(idle, |sketch, (function, idle)| {
            sketch.text(function);
            sketch.list(idle, |sketch, sandbox| sketch.number(sandbox.0.into()));
        });
        sketch.list(busy, |sketch, (sandbox, function)| {
            sketch.number(sandbox.0.into());
            sketch.text(function);
        });
        sketch.number((*started).into());
    }

    /// The sum of all reservations, which is at most the concurrency of the account.
    fn reserved(&self) -> usize {
        self.reservations.values().map(|reservation| reservation.concurrency).sum()
    }

    fn occupy(&mut self, sandbox: SandboxId, function: &str) {
        self.busy.insert(sandbox, function.to_owned());
        if let Some(reservation) = self.reservations.get_mut(function) {
            reservation.busy += 1;
        }
    }

    /// Returns the function that ran in the sandbox, if the sandbox was busy.
    fn vacate(&mut self, sandbox: SandboxId) -> Option<String> {
        let function = self.busy.remove(&sandbox)?;
        if let Some(reservation) = self.reservations.get_mut(&function) {
            reservation.busy -= 1;
        }
        Some(function)
    }
}

/// Returns a limit as a size. One that does not fit is more than a machine can run.
fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
