//! The JSON of a schedule, as requests and answers have it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The members of a schedule that a client sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action_after_completion: Option<String>,
    #[serde(skip_serializing)]
    pub(super) client_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// The end in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_date: Option<f64>,
    pub(super) flexible_time_window: Option<WindowBody>,
    pub(super) group_name: Option<String>,
    #[serde(skip_serializing)]
    pub(super) kms_key_arn: Option<String>,
    pub(super) schedule_expression: Option<String>,
    pub(super) schedule_expression_timezone: Option<String>,
    /// The start in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_date: Option<f64>,
    pub(super) state: Option<String>,
    pub(super) target: Option<TargetBody>,
}

/// The flexible time window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WindowBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum_window_in_minutes: Option<u32>,
    pub(super) mode: Option<String>,
}

/// The target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TargetBody {
    pub(super) arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dead_letter_config: Option<DeadLetterBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_bridge_parameters: Option<EventBridgeBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    pub(super) retry_policy: Option<RetryBody>,
    pub(super) role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sqs_parameters: Option<SqsBody>,
    /// The members that the model lacks.
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, Value>,
}

/// The dead-letter queue of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeadLetterBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
}

/// The names of the event for a target that is a bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventBridgeBody {
    pub(super) detail_type: String,
    pub(super) source: String,
}

/// The retries of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RetryBody {
    pub(super) maximum_event_age_in_seconds: Option<u32>,
    pub(super) maximum_retry_attempts: Option<u32>,
}

/// The message group for a target that is a FIFO queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SqsBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_group_id: Option<String>,
}

/// The answer to `GetSchedule`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleDescription<'a> {
    pub(super) arn: &'a str,
    pub(super) name: &'a str,
    pub(super) creation_date: f64,
    pub(super) last_modification_date: f64,
    #[serde(flatten)]
    pub(super) body: &'a ScheduleBody,
}
