//! The event that an entry becomes (FACTS 14.5).

use serde::Serialize;
use serde_json::value::RawValue;
use stormglass_spec::{REGION, Time};

use super::request::Entry;
use crate::ACCOUNT;
use crate::schedule::Calendar;

/// The members of an event, in their order.
#[derive(Serialize)]
struct EventJson<'a> {
    version: &'a str,
    id: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: String,
    region: &'a str,
    resources: &'a [String],
    detail: &'a RawValue,
}

/// Writes the event of a sound entry as JSON. The detail, a text in the entry, is an object in it.
pub(super) fn event_json(calendar: Calendar, now: Time, id: &str, entry: &Entry) -> String {
    let detail = entry.detail.as_deref().unwrap_or_default();
    let detail: &RawValue = serde_json::from_str(detail).expect("the entry was found sound");
    let time = entry.time.map_or(now, |seconds| calendar.time_at(epoch_ms(seconds)));
    let event = EventJson {
        version: "0",
        id,
        detail_type: entry.detail_type.as_deref().unwrap_or_default(),
        source: entry.source.as_deref().unwrap_or_default(),
        account: ACCOUNT,
        time: calendar.iso_8601(time),
        region: REGION,
        resources: &entry.resources,
        detail,
    };
    serde_json::to_string(&event).expect("an event is JSON")
}

/// Returns a number of seconds in whole ms. A negative number is zero, a huge one the largest.
fn epoch_ms(seconds: f64) -> u64 {
    // A cast of a float saturates.
    (seconds * 1_000.0) as u64
}
