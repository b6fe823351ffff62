//! Expressions `at`: one time.

use stormglass_spec::Time;
use time::{Date, Month, PrimitiveDateTime};

use super::calendar::Calendar;

/// One time, in ms since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    epoch_ms: u64,
}

impl At {
    /// Parses `2026-11-20T13:00:00`.
    ///
    /// # Errors
    ///
    /// If the text has another form, or names no date: the problem in words.
    pub(super) fn parse(text: &str) -> Result<At, String> {
        let seconds = seconds(text).ok_or("at(...) must hold a date, yyyy-mm-ddThh:mm:ss")?;
        let seconds = u64::try_from(seconds).map_err(|_| "at(...) must be after 1970")?;
        Ok(At { epoch_ms: seconds * 1_000 })
    }

    pub(super) fn time(self, calendar: Calendar) -> Time {
        calendar.time_at(self.epoch_ms)
    }
}

fn seconds(text: &str) -> Option<i64> {
    let has_form = text.len() == "yyyy-mm-ddThh:mm:ss".len()
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    if !has_form {
        return None;
    }
    let two = |at: usize| text[at..at + 2].parse::<u8>().ok();
    let month = Month::try_from(two(5)?).ok()?;
    let date = Date::from_calendar_date(text[..4].parse().ok()?, month, two(8)?).ok()?;
    let time = time::Time::from_hms(two(11)?, two(14)?, two(17)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_one_time() {
        let at = At::parse("2026-01-01T00:00:30").unwrap();
        assert_eq!(at.time(Calendar::default()), Time::from_millis(30_000));
        let past = At::parse("2025-12-31T23:59:59").unwrap();
        assert_eq!(past.time(Calendar::default()), Time::ZERO);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T13:00",
            "2026-11-20T13:00:00Z",
            "2026-11-20 13:00:00",
            "2026-02-30T13:00:00",
            "2026-13-01T13:00:00",
            "2026-11-20T24:00:00",
            "20é6-11-20T13:00:0",
            "1969-12-31T23:59:59",
        ] {
            assert!(At::parse(text).is_err(), "{text}");
        }
    }
}
