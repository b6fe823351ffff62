//! Fields of `cron` that hold numbers.

use std::collections::BTreeSet;

/// The rules of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldRules {
    pub(super) name: &'static str,
    pub(super) min: u16,
    pub(super) max: u16,
    /// The names of the values, from `min` on.
    pub(super) names: &'static [&'static str],
    /// The largest step after a slash; 0 if the field takes no slash.
    pub(super) step_max: u16,
}

/// The minutes of an hour.
pub(super) const MINUTES: FieldRules =
    FieldRules { name: "minutes", min: 0, max: 59, names: &[], step_max: 59 };
/// The hours of a day.
pub(super) const HOURS: FieldRules =
    FieldRules { name: "hours", min: 0, max: 23, names: &[], step_max: 23 };
/// The days of a month.
pub(super) const DAYS_OF_MONTH: FieldRules =
    FieldRules { name: "day-of-month", min: 1, max: 31, names: &[], step_max: 31 };
/// The months of a year.
pub(super) const MONTHS: FieldRules = FieldRules {
    name: "month",
    min: 1,
    max: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    step_max: 12,
};
/// The days of a week; 1 is Sunday. AWS lists no slash for them.
pub(super) const DAYS_OF_WEEK: FieldRules = FieldRules {
    name: "day-of-week",
    min: 1,
    max: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    step_max: 0,
};
/// The years.
pub(super) const YEARS: FieldRules =
    FieldRules { name: "year", min: 1970, max: 2199, names: &[], step_max: 229 };

impl FieldRules {
    /// Parses a field: a list of `*`, values and ranges, each perhaps with a step.
    ///
    /// # Errors
    ///
    /// If an item has another form, or a value out of its range: the problem in words.
    pub(super) fn parse(self, text: &str) -> Result<BTreeSet<u16>, String> {
        let mut values = BTreeSet::new();
        for item in text.split(',') {
            self.add_item(&mut values, item)?;
        }
        Ok(values)
    }

    /// Parses one value: a number or a name.
    pub(super) fn value(self, text: &str) -> Result<u16, String> {
        let FieldRules { name, min, max, names, .. } = self;
        let named = names.iter().position(|other| other.eq_ignore_ascii_case(text));
        let named = named.and_then(|place| u16::try_from(place).ok()).map(|place| min + place);
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { text.parse().ok() } else { named };
        number.filter(|number| (min..=max).contains(number)).ok_or_else(|| match names {
            [first, .., last] => {
                format!("{name} cannot be \"{text}\"; it is {min} to {max} or {first} to {last}")
            }
            _ => format!("{name} cannot be \"{text}\"; it is {min} to {max}"),
        })
    }

    fn add_item(self, values: &mut BTreeSet<u16>, item: &str) -> Result<(), String> {
        let FieldRules { name, min, max, .. } = self;
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step)?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (min, max),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            // A step runs from its value to the end of the field.
            None if step.is_some() => (self.value(range)?, max),
            None => (self.value(range)?, self.value(range)?),
        };
        if first > last {
            return Err(format!("{name} cannot be \"{item}\": the range runs backwards"));
        }
        values.extend((first..=last).step_by(step.unwrap_or(1).into()));
        Ok(())
    }

    fn step(self, text: &str) -> Result<u16, String> {
        let FieldRules { name, step_max, .. } = self;
        if step_max == 0 {
            return Err(format!("{name} takes no slash"));
        }
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let step = text.parse().ok().filter(|step| is_number && (1..=step_max).contains(step));
        step.ok_or_else(|| format!("the step of {name} must be 1 to {step_max}, not \"{text}\""))
    }
}
