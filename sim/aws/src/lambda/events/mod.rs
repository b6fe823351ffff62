//! The queue behind asynchronous invocations (FACTS 11.11 to 11.18).
//!
//! - `event`, `settings`: an event in the queue, and the settings of its function.
//! - `outcome`, `effect`, `record`: the outcomes of runs, and the effects of the last one.
//! - `sketch`: the hash of the state.

mod effect;
mod event;
mod outcome;
mod record;
mod settings;
mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use stormglass_spec::Time;

pub use effect::{AsyncEffect, DeadLetterAttribute};
pub use event::{AsyncInvocation, DueEvent, EventId};
pub use outcome::EventOutcome;
pub use settings::{AsyncSettings, AsyncSettingsError};

use super::request_id;
use effect::attributes;
use event::QueuedEvent;
use record::{Condition, record};

/// The delay of the first retry after a run that failed. That of the second is twice as long
/// (FACTS 11.12).
const RETRY_DELAY: Duration = Duration::from_secs(60);
/// The shortest delay after an attempt that did not get as far as a run (FACTS 11.13).
const BACKOFF_MIN: Duration = Duration::from_secs(1);
/// The longest one.
const BACKOFF_MAX: Duration = Duration::from_secs(5 * 60);

/// The queue behind the asynchronous invocations of all functions.
///
/// The cause of an event is done with it once it is accepted: a caller of Invoke, a schedule, a
/// rule, a topic (FACTS 14.7, 15.5). The driver takes the events that are due, extends the lineage
/// of each by its function, runs the functions, and settles the events with their outcomes. It may
/// let an event that it took wait before it runs: neither order nor jitter is documented
/// (FACTS 11.12, 11.16).
///
/// ```
/// use stormglass_aws::lambda::{
///     AsyncEvents, AsyncInvocation, EventOutcome, FunctionFailure, FunctionReference, Lineage,
/// };
/// use stormglass_spec::Time;
///
/// let mut events = AsyncEvents::default();
/// let function = FunctionReference::new("notify");
/// let (payload, lineage) = (r#"{"room":"lobby"}"#.to_owned(), Lineage::default());
/// let invocation = AsyncInvocation { function, payload, lineage };
/// let request = events.accept(Time::ZERO, "ana.m1.notify-1", invocation);
///
/// // It fails, and runs again one minute later, with the same request id.
/// let now = Time::from_millis(20);
/// let due = events.take_due(now).remove(0);
/// let payload = FunctionFailure::boxed("no such room").payload(&request);
/// assert_eq!(events.settle(now, &due.id, &EventOutcome::FunctionError { payload }), []);
/// assert_eq!(events.next_due(), Some(Time::from_millis(60_020)));
/// ```
#[derive(Debug, Default)]
pub struct AsyncEvents {
    /// The functions with settings of their own.
    settings: BTreeMap<String, AsyncSettings>,
    events: BTreeMap<EventId, QueuedEvent>,
    /// The events that wait, by the times at which they are due.
    waiting: BTreeSet<(Time, EventId)>,
}

impl AsyncEvents {
    /// Gives the events of a function settings of their own.
    ///
    /// # Errors
    ///
    /// If a number is out of its range (FACTS 11.12).
    pub fn configure(
        &mut self,
        function: &str,
        settings: AsyncSettings,
    ) -> Result<(), AsyncSettingsError> {
        settings.check()?;
        self.settings.insert(function.to_owned(), settings);
        Ok(())
    }

    /// An event arrives. Returns the request id, which all runs with the event have. `key` tells
    /// the event apart from all others.
    ///
    /// # Panics
    ///
    /// If an event with the same key is still in the queue.
    pub fn accept(&mut self, now: Time, key: &str, invocation: AsyncInvocation) -> String {
        let request_id = request_id(key);
        let id = EventId { request_id: request_id.clone(), copy: 0 };
        assert!(!self.events.contains_key(&id), "two events have the same key");
        self.enqueue(now, id, QueuedEvent::new(now, invocation));
        request_id
    }

    /// Takes the events that are due, in the order of their times. Each is settled later.
    pub fn take_due(&mut self, now: Time) -> Vec<DueEvent> {
        let mut taken = Vec::new();
        while self.next_due().is_some_and(|due| due <= now) {
            let (_, id) = self.waiting.pop_first().expect("an event is due");
            let event = self.events.get_mut(&id).expect("an event that waits is in the queue");
            event.due = None;
            let (invocation, runs) = (event.invocation.clone(), event.runs);
            taken.push(DueEvent { id, invocation, runs });
        }
        taken
    }

    /// The outcome of an event that was taken arrives. The event ends, or waits to be taken again.
    ///
    /// The outcome of an event that was dropped, or that was not taken, changes nothing.
    pub fn settle(&mut self, now: Time, id: &EventId, outcome: &EventOutcome) -> Vec<AsyncEffect> {
        let is_taken = self.events.get(id).is_some_and(|event| event.due.is_none());
        let event = if is_taken { self.events.remove(id) } else { None };
        let Some(mut event) = event else { return Vec::new() };
        let condition = match outcome {
            EventOutcome::Succeeded { .. } => {
                event.runs += 1;
                Condition::Success
            }
            EventOutcome::FunctionError { .. } => {
                event.runs += 1;
                event.attempts = 0;
                if event.runs <= self.settings_of(&event).retries_max {
                    let delay = RETRY_DELAY * event.runs;
                    return self.try_again(now, id, event, delay, outcome);
                }
                Condition::RetriesExhausted
            }
            EventOutcome::Throttled | EventOutcome::PlatformError => {
                event.attempts += 1;
                let delay = backoff(event.attempts);
                return self.try_again(now, id, event, delay, outcome);
            }
            EventOutcome::Disabled => Condition::ZeroReservedConcurrency,
            EventOutcome::RecursionStopped => Condition::RecursiveInvocation,
        };
        self.end(now, id, &event, condition, outcome)
    }

    /// Makes a copy of an event, which is due at once and runs on its own (FACTS 11.14). Returns
    /// its id, or `None` if the event is not in the queue.
    pub fn deliver_twice(&mut self, now: Time, id: &EventId) -> Option<EventId> {
        let event = self.events.get(id)?.clone();
        let request_id = id.request_id.clone();
        let last = EventId { request_id: request_id.clone(), copy: u32::MAX };
        let mut copies = self.events.range(id..=&last);
        let copy = copies.next_back().map_or(0, |(last, _)| last.copy) + 1;
        let copy_id = EventId { request_id, copy };
        self.enqueue(now, copy_id.clone(), event);
        Some(copy_id)
    }

    /// Drops an event without a trace (FACTS 11.14). Returns false if it is not in the queue.
    pub fn drop_event(&mut self, id: &EventId) -> bool {
        let Some(event) = self.events.remove(id) else { return false };
        if let Some(due) = event.due {
            self.waiting.remove(&(due, id.clone()));
        }
        true
    }

    /// Returns the time at which the next event is due, which may have passed.
    pub fn next_due(&self) -> Option<Time> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// Lets an event wait for another attempt, or ends it if it is too old by then.
    fn try_again(
        &mut self,
        now: Time,
        id: &EventId,
        event: QueuedEvent,
        delay: Duration,
        outcome: &EventOutcome,
    ) -> Vec<AsyncEffect> {
        let due = now + delay;
        // AWS was seen to give an event up as soon as its next attempt would be too late.
        if due > event.accepted_at + self.settings_of(&event).age_max {
            return self.end(now, id, &event, Condition::EventAgeExceeded, outcome);
        }
        self.enqueue(due, id.clone(), event);
        Vec::new()
    }

    /// Returns the effects of an event that is over.
    fn end(
        &self,
        now: Time,
        id: &EventId,
        event: &QueuedEvent,
        condition: Condition,
        outcome: &EventOutcome,
    ) -> Vec<AsyncEffect> {
        let AsyncSettings { dead_letter, on_failure, on_success, .. } = self.settings_of(event);
        let destination = |to: String| {
            let body = record(now, id, event, condition, outcome);
            AsyncEffect::Destination { to, body }
        };
        if condition == Condition::Success {
            return on_success.into_iter().map(destination).collect();
        }
        let dead_letter = dead_letter.map(|to| {
            let body = event.invocation.payload.clone();
            AsyncEffect::DeadLetter { to, body, attributes: attributes(id, outcome) }
        });
        let on_failure = on_failure.map(destination);
        let mut effects: Vec<_> = on_failure.into_iter().chain(dead_letter).collect();
        if effects.is_empty() {
            effects.push(AsyncEffect::Discarded { id: id.clone() });
        }
        effects
    }

    fn enqueue(&mut self, due: Time, id: EventId, event: QueuedEvent) {
        self.waiting.insert((due, id.clone()));
        self.events.insert(id, QueuedEvent { due: Some(due), ..event });
    }

    fn settings_of(&self, event: &QueuedEvent) -> AsyncSettings {
        self.settings.get(&event.invocation.function.name).cloned().unwrap_or_default()
    }
}

/// Returns the delay after a number of attempts in a row that did not get as far as a run
/// (FACTS 11.13).
fn backoff(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1);
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    BACKOFF_MIN.saturating_mul(factor).min(BACKOFF_MAX)
}
