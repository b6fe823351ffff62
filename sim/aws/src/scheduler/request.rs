//! Requests to Scheduler (FACTS 14.13).

use percent_encoding::percent_decode_str;
use stormglass_spec::REGION;

use super::answer::{error, invalid, unsupported};
use super::body::ScheduleBody;
use super::definition::Definition;
use crate::ACCOUNT;
use crate::eventbridge::EventBridgeRefusal;
use crate::http::HttpRequest;

/// The group of a schedule that names none.
pub const DEFAULT_GROUP: &str = "default";
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A sound request.
#[derive(Clone, Debug, PartialEq)]
pub struct SchedulerRequest {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) operation: Operation,
}

/// The operation of a request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operation {
    Create(Box<Definition>),
    Update(Box<Definition>),
    Get,
    Delete,
}

impl SchedulerRequest {
    /// Parses a request.
    ///
    /// # Errors
    ///
    /// If AWS refuses the request before it looks at a schedule: its answer. If the model lacks the
    /// operation or a member: a refusal with [`EventBridgeRefusal::is_unsupported`].
    pub fn parse(request: &HttpRequest) -> Result<SchedulerRequest, EventBridgeRefusal> {
        let steps: Vec<&str> = request.path().split('/').skip(1).collect();
        let name = match steps[..] {
            ["schedules", name] if !name.is_empty() => decoded(name)?,
            ["schedules"] | ["schedules", ""] => return Err(unsupported("ListSchedules")),
            ["schedule-groups", ..] => return Err(unsupported("The API of schedule groups")),
            ["tags", ..] => return Err(unsupported("The API of tags")),
            _ => return Err(unknown_operation()),
        };
        check_name("name", &name)?;
        let (group, operation) = match request.method.as_str() {
            "POST" => parts(request, Operation::Create)?,
            "PUT" => parts(request, Operation::Update)?,
            "GET" => (queried_group(request)?, Operation::Get),
            "DELETE" => (queried_group(request)?, Operation::Delete),
            _ => return Err(unknown_operation()),
        };
        check_name("groupName", &group)?;
        Ok(SchedulerRequest { name, group, operation })
    }

    /// Returns the IAM action that the caller needs on [`resource`](Self::resource) (FACTS 17.2).
    pub fn action(&self) -> &'static str {
        match self.operation {
            Operation::Create(_) => "scheduler:CreateSchedule",
            Operation::Update(_) => "scheduler:UpdateSchedule",
            Operation::Get => "scheduler:GetSchedule",
            Operation::Delete => "scheduler:DeleteSchedule",
        }
    }

    /// Returns the ARN of the schedule.
    pub fn resource(&self) -> String {
        schedule_arn(&self.group, &self.name)
    }

    /// Returns the ARN of the role that the caller must be allowed to pass, by `iam:PassRole`.
    pub fn passed_role(&self) -> Option<&str> {
        match &self.operation {
            Operation::Create(definition) | Operation::Update(definition) => {
                Some(&definition.target.role_arn)
            }
            Operation::Get | Operation::Delete => None,
        }
    }
}

/// Returns the ARN of a schedule.
pub fn schedule_arn(group: &str, name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}")
}

/// Parses the body of a request that defines a schedule, and returns its group.
fn parts(
    request: &HttpRequest,
    operation: fn(Box<Definition>) -> Operation,
) -> Result<(String, Operation), EventBridgeRefusal> {
    let mut body: ScheduleBody = serde_json::from_slice(&request.body).map_err(|problem| {
        let answer = error(400, "SerializationException", &problem.to_string());
        EventBridgeRefusal { answer, is_unsupported: false }
    })?;
    let group = body.group_name.get_or_insert_with(|| DEFAULT_GROUP.to_owned()).clone();
    Ok((group, operation(Box::new(Definition::check(body)?))))
}

fn queried_group(request: &HttpRequest) -> Result<String, EventBridgeRefusal> {
    let mut parameters = request.query().split('&').filter_map(|pair| pair.split_once('='));
    let group = parameters.find(|(name, _)| *name == "groupName");
    group.map_or(Ok(DEFAULT_GROUP.to_owned()), |(_, group)| decoded(group))
}

fn decoded(text: &str) -> Result<String, EventBridgeRefusal> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| invalid("The path is no UTF-8."))
}

fn check_name(member: &str, name: &str) -> Result<(), EventBridgeRefusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !name.is_empty() && name.len() <= NAME_CHARS_MAX && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(invalid(&format!(
        "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: \
         Member must have 1 to 64 characters of 0-9, a-z, A-Z, -, _ and ."
    )))
}

fn unknown_operation() -> EventBridgeRefusal {
    let answer = error(404, "UnknownOperationException", "");
    EventBridgeRefusal { answer, is_unsupported: false }
}
