//! EventBridge Scheduler, sans IO: schedules that clients create, and the invocations that follow
//! (FACTS 14.13 to 14.15).
//!
//! A driver parses a request with [`SchedulerRequest::parse`], checks its permissions, and passes
//! it to [`Scheduler::apply`]. When a planned time has come, it calls [`Scheduler::take_due`], or
//! [`Scheduler::fire`] at a second of its choice. The rate of calls (FACTS 14.15) is the driver's:
//! [`SchedulerFailure::Throttled`].
//!
//! ```
//! use serde_json::json;
//! use stormglass_aws::http::HttpRequest;
//! use stormglass_aws::scheduler::{Scheduler, SchedulerRequest, SchedulerSettings};
//! use stormglass_spec::Time;
//!
//! let schedule = json!({
//!     "ScheduleExpression": "at(2026-01-01T00:10:00)",
//!     "FlexibleTimeWindow": { "Mode": "OFF" },
//!     "ActionAfterCompletion": "DELETE",
//!     "Target": {
//!         "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:close",
//!         "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
//!         "Input": "{\"connectionId\": \"ana1\"}",
//!     },
//! });
//! let request = SchedulerRequest::parse(&HttpRequest {
//!     method: "POST".to_owned(),
//!     uri: "https://scheduler.eu-central-1.amazonaws.com/schedules/ana1".to_owned(),
//!     headers: Vec::new(),
//!     body: schedule.to_string().into_bytes(),
//! });
//! let mut scheduler = Scheduler::new(SchedulerSettings::default());
//! assert_eq!(scheduler.apply(Time::ZERO, &request.unwrap()).status, 200);
//!
//! // The run starts at midnight.
//! let due = scheduler.next_due().unwrap();
//! assert_eq!(due, Time::from_millis(600_000));
//! assert_eq!(scheduler.take_due(due).len(), 1);
//! ```
//!
//! - `request`, `answer`: the API on the wire; `body`: the JSON of a schedule.
//! - `definition`: that JSON, checked.
//! - `firing`: from planned times to invocations, and back from their outcomes.
//! - `payload`: the payload of an invocation; `effect`: the effects for the driver.
//! - `sketch`: hashes of the state.

mod answer;
mod body;
mod definition;
mod effect;
mod firing;
mod payload;
mod request;
mod sketch;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;
use stormglass_spec::Time;

pub use answer::SchedulerFailure;
use body::ScheduleDescription;
use definition::Definition;
pub use definition::SchedulerTarget;
pub use effect::SchedulerEffect;
pub use firing::PlannedSchedule;
use payload::Execution;
use request::Operation;
pub use request::{DEFAULT_GROUP, SchedulerRequest, schedule_arn};

use crate::eventbridge::{Backoff, Deliveries};
use crate::http::HttpAnswer;
use crate::schedule::Calendar;

/// The choices of a driver that AWS does not document, and the quotas of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchedulerSettings {
    /// The wall clock behind virtual times.
    pub calendar: Calendar,
    /// The time between the retries of an invocation.
    pub backoff: Backoff,
    /// The most schedules (FACTS 14.15).
    pub schedules_max: usize,
    /// True if `at` with a time in the past fires at once. It never fires otherwise.
    pub fires_past_times: bool,
}

impl Default for SchedulerSettings {
    fn default() -> SchedulerSettings {
        SchedulerSettings {
            calendar: Calendar::default(),
            backoff: Backoff::default(),
            schedules_max: 10_000_000,
            fires_past_times: false,
        }
    }
}

/// The schedules of one account and region.
#[derive(Debug)]
pub struct Scheduler {
    settings: SchedulerSettings,
    groups: BTreeSet<String>,
    /// The schedules by their ARN.
    schedules: BTreeMap<String, StoredSchedule>,
    invocations: Deliveries<Execution>,
}

/// A schedule with its state.
#[derive(Clone, Debug)]
struct StoredSchedule {
    name: String,
    definition: Definition,
    created_at: Time,
    modified_at: Time,
    /// The token of the call that created the schedule.
    token: Option<String>,
    /// The next planned time.
    planned: Option<Time>,
    /// True if the last planned time has fired.
    is_complete: bool,
}

impl Scheduler {
    /// Creates an account with the default group.
    pub fn new(settings: SchedulerSettings) -> Scheduler {
        Scheduler {
            settings,
            groups: BTreeSet::from([DEFAULT_GROUP.to_owned()]),
            schedules: BTreeMap::new(),
            invocations: Deliveries::new(settings.backoff),
        }
    }

    /// Creates a group, if it does not exist.
    pub fn create_group(&mut self, name: &str) {
        self.groups.insert(name.to_owned());
    }

    /// Carries a request out.
    pub fn apply(&mut self, now: Time, request: &SchedulerRequest) -> HttpAnswer {
        let SchedulerRequest { name, group, operation } = request;
        let arn = schedule_arn(group, name);
        if !self.groups.contains(group) {
            return not_found(&format!("Schedule group {group} does not exist."));
        }
        match operation {
            Operation::Create(definition) => self.create(now, arn, name, definition),
            Operation::Update(definition) => self.update(now, &arn, name, definition),
            Operation::Get => self.describe(&arn, name),
            Operation::Delete => match self.schedules.remove(&arn) {
                Some(_) => answer::success(&json!({})),
                None => no_schedule(name),
            },
        }
    }

    fn create(
        &mut self,
        now: Time,
        arn: String,
        name: &str,
        definition: &Definition,
    ) -> HttpAnswer {
        let token = definition.body.client_token.clone();
        if let Some(existing) = self.schedules.get(&arn) {
            // The SDK repeats a call with its token, which finds the work of the first one.
            if token.is_some() && existing.token == token {
                return answer::success(&json!({ "ScheduleArn": arn }));
            }
            let message = format!("Schedule {name} already exists.");
            return answer::error(409, "ConflictException", &message);
        }
        if self.schedules.len() >= self.settings.schedules_max {
            let message = "The account has reached its quota of schedules.";
            return answer::error(402, "ServiceQuotaExceededException", message);
        }
        let mut stored = StoredSchedule {
            name: name.to_owned(),
            definition: definition.clone(),
            created_at: now,
            modified_at: now,
            token,
            planned: None,
            is_complete: false,
        };
        stored.plan(self.settings, now);
        let answer = answer::success(&json!({ "ScheduleArn": arn }));
        self.schedules.insert(arn, stored);
        answer
    }

    /// Replaces a whole schedule: a member that the request leaves out gets its default.
    fn update(&mut self, now: Time, arn: &str, name: &str, definition: &Definition) -> HttpAnswer {
        let Some(stored) = self.schedules.get_mut(arn) else { return no_schedule(name) };
        stored.definition = definition.clone();
        stored.modified_at = now;
        stored.is_complete = false;
        stored.plan(self.settings, now);
        answer::success(&json!({ "ScheduleArn": arn }))
    }

    fn describe(&self, arn: &str, name: &str) -> HttpAnswer {
        let Some(stored) = self.schedules.get(arn) else { return no_schedule(name) };
        answer::success(&ScheduleDescription {
            arn,
            name: &stored.name,
            creation_date: self.epoch_seconds(stored.created_at),
            last_modification_date: self.epoch_seconds(stored.modified_at),
            body: &stored.definition.body,
        })
    }

    fn epoch_seconds(&self, time: Time) -> f64 {
        Duration::from_millis(self.settings.calendar.epoch_ms_at(time)).as_secs_f64()
    }
}

fn no_schedule(name: &str) -> HttpAnswer {
    not_found(&format!("Schedule {name} does not exist."))
}

fn not_found(message: &str) -> HttpAnswer {
    answer::error(404, "ResourceNotFoundException", message)
}
