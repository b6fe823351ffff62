//! The event that an entry becomes (FACTS 14.5).

use stormglass_spec::Time;

use super::request::Entry;
use crate::schedule::{Calendar, EventParts};

/// Writes the event of a sound entry as JSON. The detail, a text in the entry, is an object in it.
pub(super) fn event_json(calendar: Calendar, now: Time, id: &str, entry: &Entry) -> String {
    let event = EventParts {
        id,
        detail_type: entry.detail_type.as_deref().unwrap_or_default(),
        source: entry.source.as_deref().unwrap_or_default(),
        time: entry.time.map_or(now, |seconds| calendar.time_at(epoch_ms(seconds))),
        resources: &entry.resources,
        detail: entry.detail.as_deref().unwrap_or_default(),
    };
    event.json(calendar)
}

/// Returns a number of seconds in whole ms. A negative number is zero, a huge one the largest.
fn epoch_ms(seconds: f64) -> u64 {
    // A cast of a float saturates.
    (seconds * 1_000.0) as u64
}
