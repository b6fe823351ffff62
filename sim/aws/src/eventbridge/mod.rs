//! EventBridge, sans IO: buses, rules, and deliveries to targets (FACTS 14).
//!
//! A driver parses a request with [`PutEventsRequest::parse`], checks its permissions, and passes
//! it to [`EventBridge::apply`]. Effects come out, the outcomes of deliveries go in. The order and
//! the latency of deliveries are the driver's (FACTS 14.9), and so is the delay of those above the
//! quota of the account (FACTS 14.12).
//!
//! ```
//! use serde_json::json;
//! use stormglass_aws::eventbridge::{
//!     DEFAULT_BUS, DeliveryOutcome, EventBridge, EventBridgeEffect, EventBridgeSettings,
//!     PutEventsRequest, Rule, Target, Trigger,
//! };
//! use stormglass_aws::http::HttpRequest;
//! use stormglass_aws::pattern::Pattern;
//! use stormglass_spec::Time;
//!
//! let mut bridge = EventBridge::new(EventBridgeSettings::default());
//! let pattern = Pattern::parse(&json!({ "source": ["chat"] })).unwrap();
//! let rule = Rule {
//!     name: "to-archive".to_owned(),
//!     bus: DEFAULT_BUS.to_owned(),
//!     trigger: Trigger::Pattern(pattern),
//!     targets: vec![Target::new("archive", "arn:aws:sqs:eu-central-1:123456789012:archive")],
//! };
//! bridge.create_rule(Time::ZERO, rule).unwrap();
//!
//! let entry = json!({ "Source": "chat", "DetailType": "Said", "Detail": "{\"text\": \"hi\"}" });
//! let request = PutEventsRequest::parse(&HttpRequest {
//!     method: "POST".to_owned(),
//!     uri: "https://events.eu-central-1.amazonaws.com/".to_owned(),
//!     headers: vec![("x-amz-target".to_owned(), "AWSEvents.PutEvents".to_owned())],
//!     body: json!({ "Entries": [entry] }).to_string().into_bytes(),
//! });
//! let (answer, effects) = bridge.apply(Time::ZERO, &request.unwrap(), &[], "ana.put1");
//! assert_eq!(answer.status, 200);
//!
//! // The queue fails, so the event is delivered again later.
//! let [EventBridgeEffect::Deliver { delivery, .. }] = &effects[..] else { panic!() };
//! let (code, message) = ("TIMEOUT".to_owned(), "no answer".to_owned());
//! let failed = DeliveryOutcome::Failed { code, message };
//! assert_eq!(bridge.settle(Time::from_millis(50), delivery, failed), []);
//! let due = bridge.next_due().unwrap();
//! assert_eq!(bridge.take_due(due).len(), 1);
//! ```
//!
//! - `request`, `answer`: `PutEvents` on the wire; `event`: the event that an entry becomes.
//! - `rule`, `target`, `input_path`: what is deployed.
//! - `dispatch`: from an event or a planned time to deliveries, and back from their outcomes.
//! - `delivery`, `retry`: deliveries with their retries; `effect`: the effects for the driver.
//! - `sketch`: hashes of the state.

mod answer;
mod delivery;
mod dispatch;
mod effect;
mod event;
mod input_path;
mod request;
mod retry;
mod rule;
mod sketch;
mod target;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use stormglass_spec::Time;

use answer::EntryResult;
pub use answer::{CallFailure, EntryFailure, EventBridgeRefusal};
pub(crate) use delivery::{Deliveries, Delivery, Failure};
pub use delivery::{DeliveryId, DeliveryOutcome};
use dispatch::Parcel;
pub use dispatch::PlannedRule;
pub use effect::{DeadLetter, EventBridgeEffect};
pub use input_path::InputPath;
pub use request::PutEventsRequest;
pub use retry::{Backoff, RetryPolicy};
use rule::DeployedRule;
pub use rule::{Bus, DEFAULT_BUS, Rule, RuleError, Trigger};
pub use target::{Target, TargetError, TargetInput};

use crate::http::HttpAnswer;
use crate::schedule::Calendar;
use crate::uuid::uuid;

/// The choices of a driver that AWS does not document, and the limits that AWS has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventBridgeSettings {
    /// The wall clock behind virtual times.
    pub calendar: Calendar,
    /// The size that the entries of a call must stay under, in bytes: 1 MB, formerly 256 KB
    /// (FACTS 14.4).
    pub call_bytes_max: usize,
    /// The time between the retries of a delivery.
    pub backoff: Backoff,
}

impl Default for EventBridgeSettings {
    fn default() -> EventBridgeSettings {
        EventBridgeSettings {
            calendar: Calendar::default(),
            call_bytes_max: 1024 * 1024,
            backoff: Backoff::default(),
        }
    }
}

/// The buses and the rules of one account and region.
///
/// The driver passes keys that it has not used before; one that it used before panics.
#[derive(Debug)]
pub struct EventBridge {
    settings: EventBridgeSettings,
    buses: BTreeMap<String, Bus>,
    /// The rules by their bus and their name.
    rules: BTreeMap<(String, String), DeployedRule>,
    deliveries: Deliveries<Parcel>,
}

impl EventBridge {
    /// Creates an account with the default bus.
    pub fn new(settings: EventBridgeSettings) -> EventBridge {
        let default = Bus { name: DEFAULT_BUS.to_owned() };
        EventBridge {
            settings,
            buses: BTreeMap::from([(default.name.clone(), default)]),
            rules: BTreeMap::new(),
            deliveries: Deliveries::new(settings.backoff),
        }
    }

    /// Creates a bus.
    ///
    /// # Errors
    ///
    /// If a bus has this name.
    pub fn create_bus(&mut self, bus: Bus) -> Result<(), RuleError> {
        if self.buses.contains_key(&bus.name) {
            return Err(RuleError::Exists(bus.name));
        }
        self.buses.insert(bus.name.clone(), bus);
        Ok(())
    }

    /// Creates a rule. Its rate, if it has one, counts from `now`.
    ///
    /// # Errors
    ///
    /// If the bus does not exist, if it has a rule with this name, or if AWS refuses the rule.
    pub fn create_rule(&mut self, now: Time, rule: Rule) -> Result<(), RuleError> {
        rule.check()?;
        if !self.buses.contains_key(&rule.bus) {
            return Err(RuleError::NoBus { rule: rule.name, bus: rule.bus });
        }
        let key = (rule.bus.clone(), rule.name.clone());
        if self.rules.contains_key(&key) {
            return Err(RuleError::Exists(rule.name));
        }
        self.rules.insert(key, DeployedRule::new(self.settings.calendar, now, rule));
        Ok(())
    }

    /// Carries a request out: sound entries become events, which go to the targets of the rules
    /// that they match. An event for a bus that does not exist is accepted and reaches nobody.
    ///
    /// The driver makes an entry fail by naming it in `failures`. `key` tells the call apart from
    /// all others; the ids of the events are made from it.
    pub fn apply(
        &mut self,
        now: Time,
        request: &PutEventsRequest,
        failures: &[EntryFailure],
        key: &str,
    ) -> (HttpAnswer, Vec<EventBridgeEffect>) {
        if request.bytes() >= self.settings.call_bytes_max {
            let message = "Total size of the entries in the request is over the limit.";
            return (answer::error(400, "ValidationException", message), Vec::new());
        }
        let mut results = Vec::new();
        let mut effects = Vec::new();
        for (index, entry) in request.entries.iter().enumerate() {
            let injected = failures.iter().find(|failure| failure.entry == index).cloned();
            if let Some(failure) = injected.or_else(|| entry.failure(index)) {
                let EntryFailure { entry: _, code: error_code, message: error_message } = failure;
                results.push(EntryResult::Failed { error_code, error_message });
                continue;
            }
            let event_id = uuid(&format!("{key}.{index}"), "event");
            let event = event::event_json(self.settings.calendar, now, &event_id, entry);
            effects.extend(self.dispatch(now, entry.bus(), &event_id, &event));
            results.push(EntryResult::Accepted { event_id });
        }
        (answer::results(&results), effects)
    }
}
