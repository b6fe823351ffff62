//! From events and planned times to deliveries, and from outcomes to retries and dead letters.

use serde_json::Value;
use stormglass_spec::Time;

use super::rule::{DEFAULT_BUS, Rule, Trigger};
use super::{
    DeadLetter, Delivery, DeliveryId, DeliveryOutcome, EventBridge, EventBridgeEffect, Failure,
};
use crate::schedule::{PRECISION, scheduled_event};
use crate::uuid::uuid;

/// The contents of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parcel {
    pub(super) rule_arn: String,
    pub(super) target_arn: String,
    pub(super) dead_letter: Option<String>,
    /// The input of the target.
    pub(super) input: String,
    /// The whole event.
    pub(super) event: String,
}

/// A planned time of a scheduled rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedRule<'a> {
    /// The name of the rule, which is on the default bus.
    pub rule: &'a str,
    /// The planned time, before which the rule does not fire.
    pub at: Time,
    /// The time until which it fires at the latest (FACTS 14.10).
    pub latest: Time,
}

impl EventBridge {
    /// An attempt to deliver has ended. A failure is tried again later, or it ends the delivery.
    ///
    /// # Panics
    ///
    /// If no attempt of the delivery is under way.
    pub fn settle(
        &mut self,
        now: Time,
        delivery: &str,
        outcome: DeliveryOutcome,
    ) -> Vec<EventBridgeEffect> {
        let ended = self.deliveries.settle(now, delivery, outcome);
        ended.map(|(delivery, failure)| undelivered(delivery, failure)).into_iter().collect()
    }

    /// Starts the retries that are due at `now`.
    pub fn take_due(&mut self, now: Time) -> Vec<EventBridgeEffect> {
        let due = self.deliveries.take_due(now).into_iter();
        due.map(|(id, delivery)| attempt(id, &delivery)).collect()
    }

    /// Ends a delivery that waits for a retry, as AWS may under lasting throttling of the target
    /// (FACTS 14.8). Nothing happens if it does not wait.
    pub fn give_up(&mut self, delivery: &str) -> Vec<EventBridgeEffect> {
        let given_up = self.deliveries.give_up(delivery);
        let code = "THROTTLING".to_owned();
        let message = "The target is throttled.".to_owned();
        let failure = Failure { code, message, exhausted: None };
        given_up.map(|delivery| undelivered(delivery, failure)).into_iter().collect()
    }

    /// Delivers an event once more to a target, to which a delivery is under way (FACTS 14.9).
    /// Nothing happens if none is. `key` tells the second delivery apart from all others.
    pub fn duplicate(&mut self, now: Time, delivery: &str, key: &str) -> Vec<EventBridgeEffect> {
        let Some(first) = self.deliveries.find(delivery) else { return Vec::new() };
        let (parcel, policy) = (first.target.clone(), first.policy());
        let id = format!("{delivery}/{key}");
        self.deliveries.start(now, id.clone(), parcel, policy);
        self.attempt_of(&id).into_iter().collect()
    }

    /// Fires a scheduled rule for its planned time, and plans its next one (FACTS 14.10, 14.11).
    ///
    /// Nothing happens if the rule is not planned until `now`. `key` tells the firing apart from
    /// all others.
    pub fn fire(&mut self, now: Time, rule: &str, key: &str) -> Vec<EventBridgeEffect> {
        let calendar = self.settings.calendar;
        let deployed = self.rules.get_mut(&(DEFAULT_BUS.to_owned(), rule.to_owned()));
        let Some(deployed) = deployed else { return Vec::new() };
        let Some(planned) = deployed.planned.filter(|planned| *planned <= now) else {
            return Vec::new();
        };
        deployed.plan_after(calendar, planned);
        let rule = deployed.rule.clone();
        let event_id = uuid(key, "event");
        let event = scheduled_event(calendar, &rule.arn(), &event_id, planned);
        self.deliver(now, &rule, &event_id, &event)
    }

    /// Returns the time of the first retry.
    pub fn next_due(&self) -> Option<Time> {
        self.deliveries.next_due()
    }

    /// Returns the planned times of the scheduled rules. The driver decides on the second between
    /// both ends, and then calls [`fire`](Self::fire).
    pub fn planned(&self) -> impl Iterator<Item = PlannedRule<'_>> {
        self.rules.values().filter_map(|deployed| {
            let at = deployed.planned?;
            Some(PlannedRule { rule: &deployed.rule.name, at, latest: at + PRECISION })
        })
    }

    /// Sends an event to the targets of all rules that it matches.
    pub(super) fn dispatch(
        &mut self,
        now: Time,
        bus: &str,
        event_id: &str,
        event: &str,
    ) -> Vec<EventBridgeEffect> {
        let value: Value = serde_json::from_str(event).expect("an event is JSON");
        let rules = self.rules.values().map(|deployed| &deployed.rule);
        let matching = rules.filter(|rule| match &rule.trigger {
            Trigger::Pattern(pattern) => rule.bus == bus && pattern.matches(&value),
            Trigger::Schedule(_) => false,
        });
        let matching: Vec<Rule> = matching.cloned().collect();
        let effects = matching.iter().map(|rule| self.deliver(now, rule, event_id, event));
        effects.collect::<Vec<_>>().concat()
    }

    /// Starts a delivery to each target of a rule.
    fn deliver(
        &mut self,
        now: Time,
        rule: &Rule,
        event_id: &str,
        event: &str,
    ) -> Vec<EventBridgeEffect> {
        let mut effects = Vec::new();
        for target in &rule.targets {
            let id = format!("{event_id}/{}/{}", rule.name, target.id);
            let parcel = Parcel {
                rule_arn: rule.arn(),
                target_arn: target.arn.clone(),
                dead_letter: target.dead_letter.clone(),
                input: target.input.of(event),
                event: event.to_owned(),
            };
            self.deliveries.start(now, id.clone(), parcel, target.retry);
            effects.extend(self.attempt_of(&id));
        }
        effects
    }

    fn attempt_of(&self, id: &str) -> Option<EventBridgeEffect> {
        self.deliveries.find(id).map(|delivery| attempt(id.to_owned(), delivery))
    }
}

fn attempt(id: DeliveryId, delivery: &Delivery<Parcel>) -> EventBridgeEffect {
    let Parcel { rule_arn, target_arn, input, .. } = delivery.target.clone();
    let retries = delivery.retries;
    EventBridgeEffect::Deliver { delivery: id, rule_arn, target_arn, input, retries }
}

/// Sends what was not delivered to the dead-letter queue, or notes its loss.
fn undelivered(delivery: Delivery<Parcel>, failure: Failure) -> EventBridgeEffect {
    let retries = delivery.retries;
    let Parcel { rule_arn, target_arn, dead_letter, event, input: _ } = delivery.target;
    let Some(queue_arn) = dead_letter else {
        return EventBridgeEffect::Lost { rule_arn, target_arn, event, code: failure.code };
    };
    let letter = DeadLetter::new(queue_arn, event, retries, failure);
    let letter = letter.attribute("RULE_ARN", rule_arn).attribute("TARGET_ARN", target_arn);
    EventBridgeEffect::DeadLetter(letter)
}
