//! Expressions `cron`: six fields, of AWS and not of Unix.

use std::collections::BTreeSet;

use stormglass_spec::Time;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

use super::calendar::Calendar;
use super::days::Days;
use super::field::{HOURS, MINUTES, MONTHS, YEARS};

/// The minutes at which a `cron` fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: BTreeSet<u16>,
    hours: BTreeSet<u16>,
    days: Days,
    months: BTreeSet<u16>,
    years: BTreeSet<u16>,
}

impl Cron {
    /// Parses `0/15 * * * ? *`: minutes, hours, day-of-month, month, day-of-week and year.
    ///
    /// # Errors
    ///
    /// If there are not six fields, or if one has another form: the problem in words.
    pub(super) fn parse(text: &str) -> Result<Cron, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, of_month, month, of_week, year] = fields[..] else {
            let problem = "cron(...) must hold six fields: minutes, hours, day-of-month, month, \
                           day-of-week, year";
            return Err(format!("{problem}; it has {}", fields.len()));
        };
        Ok(Cron {
            minutes: MINUTES.parse(minutes)?,
            hours: HOURS.parse(hours)?,
            days: Days::parse(of_month, of_week)?,
            months: MONTHS.parse(month)?,
            years: YEARS.parse(year)?,
        })
    }

    /// Returns the first minute from `from` on at which the expression fires, if there is one.
    pub(super) fn next_from(&self, calendar: Calendar, from: Time) -> Option<Time> {
        // A time in a millisecond is after the minute that begins with it.
        let from_ms = calendar.epoch_ms.saturating_add(from.micros().div_ceil(1_000));
        let found = self.first_from(calendar.date(from), from_ms)?;
        Some(calendar.time_at(found))
    }

    /// Returns the first minute from the date of `from` on that is not before `from_ms`, in ms
    /// since 1970.
    fn first_from(&self, from: OffsetDateTime, from_ms: u64) -> Option<u64> {
        let year = u16::try_from(from.year()).ok()?;
        self.years.range(year..).find_map(|year| {
            let year = i32::from(*year);
            self.months.iter().find_map(|month| {
                let month = Month::try_from(u8::try_from(*month).ok()?).ok()?;
                let days = self.days.in_month(year, month).into_iter();
                let dates = days.filter_map(|day| Date::from_calendar_date(year, month, day).ok());
                let mut dates = dates.filter(|date| *date >= from.date());
                dates.find_map(|date| self.first_of_day(date, from_ms))
            })
        })
    }

    fn first_of_day(&self, date: Date, from_ms: u64) -> Option<u64> {
        let midnight = PrimitiveDateTime::new(date, time::Time::MIDNIGHT).assume_utc();
        let midnight = u64::try_from(midnight.unix_timestamp()).ok()?;
        let minutes = self.hours.iter().flat_map(|hour| {
            self.minutes.iter().map(|minute| 60 * u64::from(*hour) + u64::from(*minute))
        });
        let mut times = minutes.map(|minute| (midnight + 60 * minute) * 1_000);
        times.find(|time| *time >= from_ms)
    }
}
