//! Deliveries: each goes to one target, again and again, until it arrives or is given up
//! (FACTS 14.8).

use std::collections::BTreeMap;

use stormglass_spec::{Sketch, Time};

use super::retry::{Backoff, RetryPolicy};

/// The id of a delivery. It is made of the ids of its event and of its target.
pub type DeliveryId = String;

/// The outcome of an attempt, as the driver reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The target accepted the event. Of a function this says that it will be invoked, and nothing
    /// about its success (FACTS 14.7).
    Delivered,
    /// The target failed, and may accept the event later: `THROTTLING`, `INTERNAL_ERROR`,
    /// `TIMEOUT`.
    Failed {
        /// The code.
        code: String,
        /// The message for people.
        message: String,
    },
    /// The target cannot accept the event until its owner mends it: `NO_PERMISSIONS`,
    /// `NO_RESOURCE`.
    Refused {
        /// The code.
        code: String,
        /// The message for people.
        message: String,
    },
}

/// The end of a delivery without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
    /// The limit that ended the retries; `None` if there was no retry to be made.
    pub(crate) exhausted: Option<&'static str>,
}

/// A delivery that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Delivery<T> {
    /// The target, with everything that an attempt needs.
    pub(crate) target: T,
    policy: RetryPolicy,
    first_at: Time,
    /// The retries so far.
    pub(crate) retries: u32,
    /// The time of the next retry; `None` while the driver carries an attempt out.
    next_at: Option<Time>,
}

/// The deliveries of a service.
#[derive(Clone, Debug)]
pub(crate) struct Deliveries<T> {
    backoff: Backoff,
    running: BTreeMap<DeliveryId, Delivery<T>>,
}

impl<T> Delivery<T> {
    /// Returns the limits of the retries.
    pub(crate) fn policy(&self) -> RetryPolicy {
        self.policy
    }
}

impl<T: Clone> Deliveries<T> {
    pub(crate) fn new(backoff: Backoff) -> Deliveries<T> {
        Deliveries { backoff, running: BTreeMap::new() }
    }

    /// Starts a delivery, whose first attempt the driver carries out.
    ///
    /// # Panics
    ///
    /// If a delivery with this id is under way.
    pub(crate) fn start(&mut self, now: Time, id: DeliveryId, target: T, policy: RetryPolicy) {
        let delivery = Delivery { target, policy, first_at: now, retries: 0, next_at: None };
        let previous = self.running.insert(id, delivery);
        assert!(previous.is_none(), "the keys of two deliveries are equal");
    }

    /// Settles an attempt. Returns the delivery with its failure if it is over without success.
    ///
    /// # Panics
    ///
    /// If no attempt of the delivery is under way.
    pub(crate) fn settle(
        &mut self,
        now: Time,
        id: &str,
        outcome: DeliveryOutcome,
    ) -> Option<(Delivery<T>, Failure)> {
        let delivery = self.running.get_mut(id).filter(|delivery| delivery.next_at.is_none());
        let delivery = delivery.expect("an attempt of the delivery is under way");
        let (code, message, may_retry) = match outcome {
            DeliveryOutcome::Delivered => {
                self.running.remove(id);
                return None;
            }
            DeliveryOutcome::Failed { code, message } => (code, message, true),
            DeliveryOutcome::Refused { code, message } => (code, message, false),
        };
        let key = format!("{id}.{}", delivery.retries);
        let next_at = now + self.backoff.delay(delivery.retries, &key);
        let exhausted = delivery.policy.exhausted(delivery.retries, delivery.first_at, next_at);
        if may_retry && exhausted.is_none() {
            delivery.next_at = Some(next_at);
            return None;
        }
        let exhausted = exhausted.filter(|_| may_retry);
        let delivery = self.running.remove(id).expect("it was found above");
        Some((delivery, Failure { code, message, exhausted }))
    }

    /// Gives a delivery up that waits for a retry. Returns `None` if none waits.
    pub(crate) fn give_up(&mut self, id: &str) -> Option<Delivery<T>> {
        self.running.get(id).filter(|delivery| delivery.next_at.is_some())?;
        self.running.remove(id)
    }

    /// Starts the retries that are due, and returns them.
    pub(crate) fn take_due(&mut self, now: Time) -> Vec<(DeliveryId, Delivery<T>)> {
        let mut due = Vec::new();
        for (id, delivery) in &mut self.running {
            if delivery.next_at.is_some_and(|next_at| next_at <= now) {
                delivery.next_at = None;
                delivery.retries += 1;
                due.push((id.clone(), delivery.clone()));
            }
        }
        due
    }

    /// Returns the time of the first retry.
    pub(crate) fn next_due(&self) -> Option<Time> {
        self.running.values().filter_map(|delivery| delivery.next_at).min()
    }

    /// Returns the targets of the deliveries under way.
    pub(crate) fn running(&self) -> impl Iterator<Item = &T> {
        self.running.values().map(|delivery| &delivery.target)
    }

    /// Returns a delivery under way.
    pub(crate) fn find(&self, id: &str) -> Option<&Delivery<T>> {
        self.running.get(id)
    }

    /// Adds the state of all deliveries.
    pub(crate) fn sketch(&self, sketch: &mut Sketch, add_target: impl Fn(&mut Sketch, &T)) {
        // The time between retries is the same in all states of a run.
        let Deliveries { backoff: _, running } = self;
        sketch.list(running, |sketch, (id, delivery)| {
            let Delivery { target, policy, first_at, retries, next_at } = delivery;
            sketch.text(id);
            add_target(sketch, target);
            sketch.debug(policy);
            sketch.time(*first_at);
            sketch.number((*retries).into());
            sketch.option(*next_at, Sketch::time);
        });
    }
}
