//! Expressions `rate`: a period.

use stormglass_spec::Time;

/// A period of whole minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    minutes: u64,
}

impl Rate {
    /// Parses `1 hour` or `5 minutes`: the unit of 1 is in the singular, every other one in the
    /// plural.
    ///
    /// # Errors
    ///
    /// If the text has another form: the problem in words.
    pub(super) fn parse(text: &str) -> Result<Rate, String> {
        let mut words = text.split_whitespace();
        let (Some(value), Some(unit), None) = (words.next(), words.next(), words.next()) else {
            return Err("rate(...) must hold a value and a unit, rate(5 minutes)".to_owned());
        };
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let value = value.parse().ok().filter(|value: &u64| is_number && *value > 0);
        let value = value.ok_or("the value of a rate must be a positive integer")?;
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let unit_minutes = match singular {
            "minute" => 1,
            "hour" => 60,
            "day" => 24 * 60,
            _ => return Err(format!("{unit} is no unit; use minutes, hours or days")),
        };
        let right = if value == 1 { singular.to_owned() } else { format!("{singular}s") };
        if unit != right {
            return Err(format!("the unit of {value} must be {right}"));
        }
        let minutes = value.checked_mul(unit_minutes).filter(|minutes| *minutes <= MINUTES_MAX);
        Ok(Rate { minutes: minutes.ok_or("the value of a rate is too large")? })
    }

    /// Returns the first time from `from` on that is whole periods from `start`.
    pub(super) fn next_from(self, from: Time, start: Time) -> Option<Time> {
        let period_us = self.minutes * 60_000_000;
        let elapsed_us = from.micros().saturating_sub(start.micros());
        let periods_us = elapsed_us.div_ceil(period_us).checked_mul(period_us)?;
        Some(Time::from_micros(periods_us.checked_add(start.micros())?))
    }
}

/// The longest period: a thousand years, longer than any run.
const MINUTES_MAX: u64 = 1_000 * 366 * 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_documentation_are_periods() {
        for (text, seconds) in [
            ("1 minute", 60),
            ("5 minutes", 300),
            ("1 hour", 3_600),
            ("12 hours", 43_200),
            ("1 day", 86_400),
            ("7 days", 604_800),
            (" 5   minutes ", 300),
        ] {
            assert_eq!(Rate::parse(text).unwrap().minutes * 60, seconds, "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for (text, words) in [
            ("", "a value and a unit"),
            ("5", "a value and a unit"),
            ("5 minutes long", "a value and a unit"),
            ("0 minutes", "positive integer"),
            ("-1 minutes", "positive integer"),
            ("+5 minutes", "positive integer"),
            ("1.5 hours", "positive integer"),
            ("1 minutes", "must be minute"),
            ("1 hours", "must be hour"),
            ("5 hour", "must be hours"),
            ("5 seconds", "seconds is no unit"),
            ("2 weeks", "weeks is no unit"),
            ("99999999999999999999 days", "positive integer"),
            ("9999999999999999 days", "too large"),
        ] {
            let problem = Rate::parse(text).expect_err(text);
            assert!(problem.contains(words), "{text}: {problem}");
        }
    }

    #[test]
    fn a_rate_counts_from_its_start() {
        let rate = Rate::parse("5 minutes").unwrap();
        let seconds = |seconds: u64| Time::from_millis(1_000 * seconds);
        for (from, next) in [(0, 37), (37, 37), (38, 337), (337, 337), (338, 637), (1_000, 1_237)] {
            assert_eq!(rate.next_from(seconds(from), seconds(37)), Some(seconds(next)), "{from}");
        }
        assert_eq!(rate.next_from(Time::from_micros(u64::MAX), seconds(0)), None);
    }
}
