//! The event of a scheduled rule (FACTS 14.11).

use serde::Serialize;
use stormglass_spec::{REGION, Time};

use super::calendar::Calendar;
use crate::ACCOUNT;

/// The members of the event, in their order.
#[derive(Serialize)]
struct ScheduledEvent<'a> {
    version: &'a str,
    id: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: String,
    region: &'a str,
    resources: [&'a str; 1],
    detail: Detail,
}

/// The detail of the event, an empty object.
#[derive(Serialize)]
struct Detail {}

/// Writes the event of a scheduled rule as JSON. `time` is the planned time.
pub fn scheduled_event(calendar: Calendar, rule_arn: &str, id: &str, time: Time) -> String {
    let event = ScheduledEvent {
        version: "0",
        id,
        detail_type: "Scheduled Event",
        source: "aws.events",
        account: ACCOUNT,
        time: calendar.iso_8601(time),
        region: REGION,
        resources: [rule_arn],
        detail: Detail {},
    };
    serde_json::to_string(&event).expect("an event is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_that_of_aws() {
        let arn = "arn:aws:events:eu-central-1:123456789012:rule/my-rule";
        let time = Time::from_millis(1_444_323_186_000);
        assert_eq!(
            scheduled_event(Calendar { epoch_ms: 0 }, arn, "cdc73f9d", time),
            concat!(
                r#"{"version":"0","id":"cdc73f9d","detail-type":"Scheduled Event","#,
                r#""source":"aws.events","account":"123456789012","#,
                r#""time":"2015-10-08T16:53:06Z","region":"eu-central-1","#,
                r#""resources":["arn:aws:events:eu-central-1:123456789012:rule/my-rule"],"#,
                r#""detail":{}}"#,
            )
        );
    }
}
