//! The days of `cron`: of a month or of a week.

use std::collections::BTreeSet;

use time::{Date, Month, Weekday};

use super::field::{DAYS_OF_MONTH, DAYS_OF_WEEK};

/// The days on which a `cron` fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// These days of the month.
    OfMonth(BTreeSet<u16>),
    /// The last day of the month: `L`.
    Last,
    /// The weekday, Monday to Friday, nearest to a day in the same month: `3W`.
    NearestWeekday(u8),
    /// These days of the week; 1 is Sunday.
    OfWeek(BTreeSet<u16>),
    /// The last of one day of the week in the month: `6L`.
    LastOfWeek(u16),
    /// One day of the week for the n-th time in the month: `3#2`.
    NthOfWeek(u16, u8),
}

impl Days {
    /// Parses the two fields, of which exactly one is `?`.
    ///
    /// # Errors
    ///
    /// If both or none are `?`, or if the other one has another form: the problem in words.
    pub(super) fn parse(of_month: &str, of_week: &str) -> Result<Days, String> {
        match (of_month, of_week) {
            ("?", "?") => Err("day-of-month and day-of-week cannot both be ?".to_owned()),
            (_, "?") => Days::parse_of_month(of_month),
            ("?", _) => Days::parse_of_week(of_week),
            _ => Err("one of day-of-month and day-of-week must be ?".to_owned()),
        }
    }

    /// Returns the days in a month, in their order.
    pub(super) fn in_month(&self, year: i32, month: Month) -> Vec<u8> {
        let length = month.length(year);
        let weekday = |day: u8| {
            let date = Date::from_calendar_date(year, month, day);
            date.map_or(Weekday::Monday, Date::weekday)
        };
        let is_weekday =
            |day: &u8, number: u16| u16::from(weekday(*day).number_from_sunday()) == number;
        match self {
            Days::OfMonth(days) => {
                (1..=length).filter(|day| days.contains(&u16::from(*day))).collect()
            }
            Days::Last => vec![length],
            Days::NearestWeekday(day) if *day > length => Vec::new(),
            Days::NearestWeekday(day) => match weekday(*day) {
                // The search never leaves the month.
                Weekday::Saturday if *day == 1 => vec![3],
                Weekday::Saturday => vec![day - 1],
                Weekday::Sunday if *day == length => vec![day - 2],
                Weekday::Sunday => vec![day + 1],
                _ => vec![*day],
            },
            Days::OfWeek(days) => {
                let is_in = |day: &u8| days.iter().any(|number| is_weekday(day, *number));
                (1..=length).filter(is_in).collect()
            }
            Days::LastOfWeek(number) => {
                (1..=length).rev().find(|day| is_weekday(day, *number)).into_iter().collect()
            }
            Days::NthOfWeek(number, nth) => {
                let mut days = (1..=length).filter(|day| is_weekday(day, *number));
                days.nth(usize::from(*nth) - 1).into_iter().collect()
            }
        }
    }

    fn parse_of_month(text: &str) -> Result<Days, String> {
        if text == "L" {
            return Ok(Days::Last);
        }
        if let Some(day) = text.strip_suffix('W') {
            let day = DAYS_OF_MONTH.value(day)?;
            return Ok(Days::NearestWeekday(u8::try_from(day).unwrap_or(u8::MAX)));
        }
        Ok(Days::OfMonth(DAYS_OF_MONTH.parse(text)?))
    }

    fn parse_of_week(text: &str) -> Result<Days, String> {
        if text == "L" {
            return Ok(Days::OfWeek(BTreeSet::from([DAYS_OF_WEEK.max])));
        }
        if let Some(day) = text.strip_suffix('L') {
            return Ok(Days::LastOfWeek(DAYS_OF_WEEK.value(day)?));
        }
        let Some((day, nth)) = text.split_once('#') else {
            return Ok(Days::OfWeek(DAYS_OF_WEEK.parse(text)?));
        };
        // With several expressions, as in 3#1,6#3, AWS refuses the field.
        let nth = match nth.as_bytes() {
            [digit @ b'1'..=b'5'] => digit - b'0',
            _ => return Err(format!("day-of-week cannot be \"{text}\"; after # stands 1 to 5")),
        };
        Ok(Days::NthOfWeek(DAYS_OF_WEEK.value(day)?, nth))
    }
}
