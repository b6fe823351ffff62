//! Virtual times as dates.

use stormglass_spec::{EPOCH_MS, Time};
use time::OffsetDateTime;

/// The wall clock behind virtual times, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The wall clock at [`Time::ZERO`], in ms since 1970; before the year 10,000.
    pub epoch_ms: u64,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar { epoch_ms: EPOCH_MS }
    }
}

impl Calendar {
    /// Returns a time in ms since 1970.
    pub fn epoch_ms_at(self, time: Time) -> u64 {
        self.epoch_ms.saturating_add(time.millis())
    }

    /// Returns the virtual time of a number of ms since 1970. A time before the run is
    /// [`Time::ZERO`].
    pub fn time_at(self, epoch_ms: u64) -> Time {
        Time::from_micros(epoch_ms.saturating_sub(self.epoch_ms).saturating_mul(1_000))
    }

    /// Writes a time in whole seconds, as events of EventBridge have it: `2015-10-08T16:53:06Z`.
    pub fn iso_8601(self, time: Time) -> String {
        let at = self.date(time);
        let (day, month, year) = (at.day(), u8::from(at.month()), at.year());
        let (hour, minute, second) = at.to_hms();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Returns a time as a date. What is too late for a date is its last one.
    pub(super) fn date(self, time: Time) -> OffsetDateTime {
        let seconds = (self.epoch_ms_at(time) / 1_000).cast_signed();
        let last = time::PrimitiveDateTime::MAX.assume_utc();
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_and_dates_are_times() {
        let calendar = Calendar::default();
        assert_eq!(calendar.iso_8601(Time::ZERO), "2026-01-01T00:00:00Z");
        let noon = calendar.time_at(EPOCH_MS + 12 * 3_600_000);
        assert_eq!(
            calendar.iso_8601(noon + std::time::Duration::from_millis(999)),
            "2026-01-01T12:00:00Z"
        );
        assert_eq!(calendar.time_at(EPOCH_MS - 1), Time::ZERO);
        assert_eq!(
            Calendar { epoch_ms: 0 }.iso_8601(Time::from_millis(1_444_323_186_000)),
            "2015-10-08T16:53:06Z"
        );
        assert_eq!(calendar.iso_8601(Time::from_micros(u64::MAX)), "9999-12-31T23:59:59Z");
    }
}
