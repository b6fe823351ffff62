//! Expiry of rows.

use std::time::Duration;

use super::{SMALL, TestTable, message, parsed, refusal};
use crate::answer::Answer;
use crate::control::{DescribeTimeToLive, UpdateTimeToLive};

const HOUR: Duration = Duration::from_secs(3_600);

impl TestTable {
    fn expire_by(&mut self, attribute: &str, enabled: bool) -> Result<String, Answer> {
        let request = format!(
            r#"{{"TableName":"conns","TimeToLiveSpecification":
            {{"AttributeName":"{attribute}","Enabled":{enabled}}}}}"#
        );
        let request = parsed(UpdateTimeToLive::parse, &request);
        request.apply(&mut self.state, self.now, self.takes).map(|answer| answer.body)
    }

    fn expiry_refusal(&mut self, attribute: &str, enabled: bool) -> String {
        message(&self.expire_by(attribute, enabled).expect_err("the change is refused"))
    }

    fn expiry(&self) -> String {
        let request = parsed(DescribeTimeToLive::parse, r#"{"TableName":"conns"}"#);
        let answer = request.apply(&self.state, self.now);
        answer.map_or_else(|refusal| message(&refusal), |answer| answer.body)
    }
}

fn described(status: &str, attribute: &str) -> String {
    format!(
        r#"{{"TimeToLiveDescription":{{"TimeToLiveStatus":"{status}","AttributeName":"{attribute}"}}}}"#
    )
}

#[test]
fn expiry_is_off_until_it_is_turned_on() {
    let mut table = TestTable::new(SMALL);
    let off = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#;
    assert_eq!(table.expiry(), off);
    assert_eq!(table.state.time_to_live.attribute(table.now), None);
    let answer = table.expire_by("ttl", true).expect("expiry can be turned on");
    assert_eq!(answer, r#"{"TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}}"#);
    assert_eq!(table.expiry(), described("ENABLED", "ttl"));
    assert_eq!(table.state.time_to_live.attribute(table.now), Some("ttl"));
    table.wait(HOUR);
    table.expire_by("ttl", false).expect("expiry can be turned off");
    assert_eq!(table.expiry(), off);
}

#[test]
fn a_change_of_expiry_holds_when_its_time_has_come() {
    let mut table = TestTable::slow(SMALL, Duration::from_secs(5));
    let busy = "Cannot describe time to live while table is in CREATING state: Current table \
                state is CREATING";
    assert_eq!(table.expiry(), busy);
    table.wait(Duration::from_secs(5));
    table.expire_by("ttl", true).expect("expiry can be turned on");
    assert_eq!(table.expiry(), described("ENABLING", "ttl"));
    assert_eq!(table.state.time_to_live.attribute(table.now), None);
    table.wait(HOUR);
    table.expire_by("ttl", false).expect("expiry can be turned off");
    assert_eq!(table.expiry(), described("DISABLING", "ttl"));
    assert_eq!(table.state.time_to_live.attribute(table.now), Some("ttl"));
    table.wait(Duration::from_secs(5));
    assert_eq!(table.state.time_to_live.attribute(table.now), None);
}

#[test]
fn a_change_that_changes_nothing_is_refused_before_the_lock_is_looked_at() {
    let mut table = TestTable::new(SMALL);
    assert_eq!(table.expiry_refusal("ttl", false), "TimeToLive is already disabled");
    table.expire_by("ttl", true).expect("expiry can be turned on");
    assert_eq!(table.expiry_refusal("ttl", true), "TimeToLive is already enabled");
    for enabled in [true, false] {
        assert_eq!(
            table.expiry_refusal("other", enabled),
            "TimeToLive is active on a different AttributeName: current AttributeName is ttl"
        );
    }
}

#[test]
fn expiry_can_be_changed_once_an_hour() {
    let mut table = TestTable::new(SMALL);
    table.expire_by("ttl", true).expect("expiry can be turned on");
    table.wait(HOUR - Duration::from_millis(1));
    assert_eq!(
        table.expiry_refusal("ttl", false),
        "Time to live has been modified multiple times within a fixed interval"
    );
    table.wait(Duration::from_millis(1));
    table.expire_by("ttl", false).expect("the hour is over");
}

#[test]
fn a_request_must_say_which_attribute_and_whether() {
    for (specification, expected) in [
        ("null", "1 validation error detected: Value null at 'timeToLiveSpecification'"),
        ("{}", "2 validation errors detected: Value null at 'timeToLiveSpecification.enabled'"),
        (
            r#"{"Enabled":true,"AttributeName":""}"#,
            "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' \
             failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
    ] {
        let request =
            format!(r#"{{"TableName":"conns","TimeToLiveSpecification":{specification}}}"#);
        let message = message(&refusal(UpdateTimeToLive::parse, &request));
        assert!(message.starts_with(expected), "{message}");
    }
}
