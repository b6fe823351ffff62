//! The definition of a schedule: its JSON, checked.

use serde_json::Value;

use super::answer::{invalid, unsupported};
use super::body::{RetryBody, ScheduleBody, TargetBody, WindowBody};
use crate::eventbridge::{EventBridgeRefusal, RetryPolicy};
use crate::schedule::{FlexibleTimeWindow, Schedule};

/// The names of UTC among the time zones.
const UTC: [&str; 4] = ["UTC", "Etc/UTC", "GMT", "Etc/GMT"];

/// The definition of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    /// The members that a client set, with the defaults of the others.
    pub(super) body: ScheduleBody,
    pub(super) schedule: Schedule,
    pub(super) window: FlexibleTimeWindow,
    pub(super) target: SchedulerTarget,
    pub(super) policy: RetryPolicy,
    pub(super) is_enabled: bool,
    /// True if the schedule is deleted after its last invocation.
    pub(super) is_deleted_at_end: bool,
}

/// The target of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulerTarget {
    /// The ARN of the function, the queue, the topic or the bus.
    pub arn: String,
    /// The ARN of the role that the invocation uses.
    pub role_arn: String,
    /// The message group, if the target is a FIFO queue.
    pub message_group: Option<String>,
    /// The detail type and the source of the event, if the target is a bus.
    pub event_names: Option<(String, String)>,
    /// The ARN of the queue for invocations that failed, if there is one.
    pub dead_letter: Option<String>,
    /// The input, before the context attributes in it are replaced.
    pub input: Option<String>,
}

impl Definition {
    /// Checks the members of a schedule.
    ///
    /// # Errors
    ///
    /// If AWS refuses a member, or if the model lacks it.
    pub(super) fn check(mut body: ScheduleBody) -> Result<Definition, EventBridgeRefusal> {
        if body.kms_key_arn.is_some() {
            return Err(unsupported("KmsKeyArn"));
        }
        let zone = body.schedule_expression_timezone.get_or_insert_with(|| UTC[0].to_owned());
        if !UTC.contains(&zone.as_str()) {
            return Err(unsupported(&format!("ScheduleExpressionTimezone {zone}")));
        }
        let expression = required("scheduleExpression", body.schedule_expression.as_deref())?;
        let schedule = Schedule::parse(expression).map_err(|error| {
            invalid(&format!("Invalid Schedule Expression {expression}: {}", error.problem))
        })?;
        let window = window(required("flexibleTimeWindow", body.flexible_time_window.as_ref())?)?;
        let action = body.action_after_completion.get_or_insert_with(|| "NONE".to_owned());
        let is_deleted_at_end = one_of("actionAfterCompletion", action, ["NONE", "DELETE"])?;
        let state = body.state.get_or_insert_with(|| "ENABLED".to_owned());
        let is_enabled = one_of("state", state, ["DISABLED", "ENABLED"])?;
        if let (Some(start), Some(end)) = (body.start_date, body.end_date)
            && start >= end
        {
            return Err(invalid("The StartDate must come before the EndDate."));
        }
        let target = required("target", body.target.as_mut())?;
        let policy = policy(target.retry_policy.get_or_insert_default())?;
        let target = SchedulerTarget::check(target)?;
        Ok(Definition { body, schedule, window, target, policy, is_enabled, is_deleted_at_end })
    }
}

impl SchedulerTarget {
    fn check(body: &TargetBody) -> Result<SchedulerTarget, EventBridgeRefusal> {
        if let Some(name) = body.others.keys().next() {
            return Err(unsupported(&format!("Target.{name}")));
        }
        let arn = required("target.arn", body.arn.as_deref())?;
        let role_arn = required("target.roleArn", body.role_arn.as_deref())?;
        if arn.starts_with("arn:aws:scheduler:::") {
            return Err(unsupported(&format!("The universal target {arn}")));
        }
        if !arn.starts_with("arn:") {
            return Err(invalid("Provided Arn is not in correct format."));
        }
        if !role_arn.starts_with("arn:aws:iam::") {
            return Err(invalid(&constraint("target.roleArn", "be the ARN of a role")));
        }
        // A queue and a topic take any text.
        let needs_json = [":lambda:", ":events:"].iter().any(|service| arn.contains(service));
        let is_json = |input: &str| serde_json::from_str::<Value>(input).is_ok();
        if needs_json && body.input.as_deref().is_some_and(|input| !is_json(input)) {
            return Err(invalid(&constraint(
                "target.input",
                "be well-formed JSON for this target",
            )));
        }
        let group = body.sqs_parameters.as_ref();
        let names = body.event_bridge_parameters.as_ref();
        if arn.contains(":event-bus/") && names.is_none() {
            return Err(invalid("EventBridgeParameters is required for a target that is a bus."));
        }
        Ok(SchedulerTarget {
            arn: arn.to_owned(),
            role_arn: role_arn.to_owned(),
            message_group: group.and_then(|sqs| sqs.message_group_id.clone()),
            event_names: names.map(|names| (names.detail_type.clone(), names.source.clone())),
            dead_letter: body.dead_letter_config.as_ref().and_then(|config| config.arn.clone()),
            input: body.input.clone(),
        })
    }
}

fn window(body: &WindowBody) -> Result<FlexibleTimeWindow, EventBridgeRefusal> {
    let mode = required("flexibleTimeWindow.mode", body.mode.as_deref())?;
    if !one_of("flexibleTimeWindow.mode", mode, ["OFF", "FLEXIBLE"])? {
        return match body.maximum_window_in_minutes {
            None => Ok(FlexibleTimeWindow::Off),
            Some(_) => Err(invalid("MaximumWindowInMinutes needs the mode FLEXIBLE.")),
        };
    }
    let name = "flexibleTimeWindow.maximumWindowInMinutes";
    let minutes = required(name, body.maximum_window_in_minutes)?;
    let minutes = u16::try_from(minutes).ok();
    let minutes = minutes.filter(|it| (1..=FlexibleTimeWindow::MINUTES_MAX).contains(it));
    let minutes = minutes.ok_or_else(|| invalid(&constraint(name, "be 1 to 1440")))?;
    Ok(FlexibleTimeWindow::Flexible { minutes })
}

/// Checks the retries, and fills their defaults in, with which `GetSchedule` describes them.
fn policy(body: &mut RetryBody) -> Result<RetryPolicy, EventBridgeRefusal> {
    let default = RetryPolicy::default();
    let attempts_max = *body.maximum_retry_attempts.get_or_insert(default.attempts_max());
    let age_s_max = *body.maximum_event_age_in_seconds.get_or_insert(default.age_s_max());
    RetryPolicy::new(attempts_max, age_s_max).map_err(|problem| invalid(&problem))
}

/// Returns true for the second of two values of a member, and false for the first.
fn one_of(name: &str, value: &str, values: [&str; 2]) -> Result<bool, EventBridgeRefusal> {
    let position = values.iter().position(|other| *other == value);
    let [first, second] = values;
    let message = || invalid(&constraint(name, &format!("be {first} or {second}")));
    position.map(|position| position == 1).ok_or_else(message)
}

fn required<T>(name: &str, value: Option<T>) -> Result<T, EventBridgeRefusal> {
    value.ok_or_else(|| invalid(&constraint(name, "not be null")))
}

fn constraint(name: &str, rule: &str) -> String {
    format!(
        "1 validation error detected: Value at '{name}' failed to satisfy constraint: \
         Member must {rule}"
    )
}
