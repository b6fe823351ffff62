//! The payload of an invocation (FACTS 14.14).

use serde::Serialize;
use stormglass_spec::hash::keyed_for;
use stormglass_spec::{CONSTANT, REGION, Time};

use super::definition::SchedulerTarget;
use crate::ACCOUNT;
use crate::schedule::{Calendar, ContextAttributes};
use crate::uuid::uuid;

/// One execution of a schedule: the invocation for one planned time, with all its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Execution {
    pub(super) id: String,
    pub(super) schedule_arn: String,
    pub(super) target: SchedulerTarget,
    pub(super) planned: Time,
}

/// The payload of a target without an input, as it was captured on AWS. Its detail is a text.
#[derive(Serialize)]
struct Notification<'a> {
    version: &'a str,
    id: String,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: &'a str,
    region: &'a str,
    resources: [&'a str; 1],
    detail: &'a str,
}

impl Execution {
    /// Returns the payload of an attempt, which counts from 1.
    pub(super) fn payload(&self, calendar: Calendar, attempt_number: u32) -> String {
        let Execution { id, schedule_arn, target, planned } = self;
        let scheduled_time = &calendar.iso_8601(*planned);
        if let Some(input) = &target.input {
            let execution_id = id.as_str();
            let attributes =
                ContextAttributes { schedule_arn, scheduled_time, execution_id, attempt_number };
            return attributes.replaced_in(input);
        }
        let notification = Notification {
            version: "0",
            id: uuid(id, "event"),
            detail_type: "Scheduled Event",
            source: "aws.scheduler",
            account: ACCOUNT,
            time: scheduled_time,
            region: REGION,
            resources: [schedule_arn],
            detail: "{}",
        };
        serde_json::to_string(&notification).expect("an event is JSON")
    }
}

/// Makes the id of an execution: 16 digits of hexadecimal. `key` tells it apart from all others.
pub(super) fn execution_id(key: &str) -> String {
    format!("{:016x}", keyed_for(CONSTANT, key, "scheduler.execution"))
}
