//! Events as functions get them, and that of a scheduled rule (FACTS 14.5, 14.11).

use serde::Serialize;
use serde_json::value::RawValue;
use stormglass_spec::{REGION, Time};

use super::calendar::Calendar;
use crate::ACCOUNT;

/// The members of an event, in their order (FACTS 14.5). AWS writes the version, the account and
/// the region of every event alike.
#[derive(Serialize)]
struct EventJson<'a> {
    version: &'static str,
    id: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'static str,
    time: String,
    region: &'static str,
    resources: &'a [String],
    detail: &'a RawValue,
}

/// The parts that tell one event from another.
pub(crate) struct EventParts<'a> {
    pub(crate) id: &'a str,
    pub(crate) detail_type: &'a str,
    pub(crate) source: &'a str,
    pub(crate) time: Time,
    pub(crate) resources: &'a [String],
    /// The detail, as JSON.
    pub(crate) detail: &'a str,
}

impl EventParts<'_> {
    /// Writes the event as JSON.
    ///
    /// # Panics
    ///
    /// If the detail is no JSON.
    pub(crate) fn json(&self, calendar: Calendar) -> String {
        let EventParts { id, detail_type, source, time, resources, detail } = *self;
        let event = EventJson {
            version: "0",
            id,
            detail_type,
            source,
            account: ACCOUNT,
            time: calendar.iso_8601(time),
            region: REGION,
            resources,
            detail: serde_json::from_str(detail).expect("the detail is JSON"),
        };
        serde_json::to_string(&event).expect("an event is JSON")
    }
}

/// Writes the event of a scheduled rule as JSON. `time` is the planned time.
pub fn scheduled_event(calendar: Calendar, rule_arn: &str, id: &str, time: Time) -> String {
    let resources = &[rule_arn.to_owned()];
    let (detail_type, source, detail) = ("Scheduled Event", "aws.events", "{}");
    EventParts { id, detail_type, source, time, resources, detail }.json(calendar)
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
