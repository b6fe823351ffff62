//! Schedule expressions of EventBridge and its Scheduler: `rate`, `cron` and `at`, in UTC.
//!
//! - `at`, `rate`, `cron`: the three kinds; `field`, `days`: the fields of `cron`.
//! - `calendar`: virtual times as dates, and the other way round.
//! - `window`: flexible time windows, and the precision of a minute.
//! - `event`: the event of a scheduled rule; `context`: the attributes in a payload of Scheduler.
//! - `error`: an expression that is refused.

mod at;
mod calendar;
mod context;
mod cron;
mod days;
mod error;
mod event;
mod field;
mod rate;
mod window;

#[cfg(test)]
mod tests;

use std::time::Duration;

use at::At;
pub use calendar::Calendar;
pub use context::ContextAttributes;
use cron::Cron;
pub use error::ScheduleError;
pub(crate) use event::EventParts;
pub use event::scheduled_event;
use rate::Rate;
use stormglass_spec::Time;
pub use window::{FlexibleTimeWindow, PRECISION};

/// A schedule expression.
///
/// ```
/// use stormglass_aws::schedule::{Calendar, Schedule};
/// use stormglass_spec::Time;
///
/// let minutes = |minutes: u64| Time::from_millis(60_000 * minutes);
/// // The run starts at midnight of January 1st, 2026.
/// let calendar = Calendar::default();
/// let quarters = Schedule::parse("cron(0/15 * * * ? *)").unwrap();
/// assert_eq!(quarters.next_after(calendar, minutes(20), minutes(0)), Some(minutes(30)));
/// // A rate counts from its start.
/// let rate = Schedule::parse("rate(5 minutes)").unwrap();
/// assert_eq!(rate.next_after(calendar, minutes(20), minutes(2)), Some(minutes(22)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    kind: Kind,
}

/// The kind of a schedule expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    At(At),
    Rate(Rate),
    Cron(Cron),
}

impl Schedule {
    /// Parses `rate(5 minutes)`, `cron(0/15 * * * ? *)` or `at(2026-11-20T13:00:00)`.
    ///
    /// # Errors
    ///
    /// If the expression has another form, or a value out of its range.
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        let inside = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let kind = match inside {
            Some(("at", inside)) => At::parse(inside).map(Kind::At),
            Some(("rate", inside)) => Rate::parse(inside).map(Kind::Rate),
            Some(("cron", inside)) => Cron::parse(inside).map(Kind::Cron),
            _ => Err("it must be rate(...), cron(...) or at(...)".to_owned()),
        };
        match kind {
            Ok(kind) => Ok(Schedule { text: text.to_owned(), kind }),
            Err(problem) => Err(ScheduleError { expression: text.to_owned(), problem }),
        }
    }

    /// Returns the first planned time after `after`, or `None` if there is no other.
    ///
    /// A rate counts from `start`, which is a planned time itself. For a rule it is the creation
    /// (FACTS 14.10), for a schedule of Scheduler the start date or the creation. The others do not
    /// look at it.
    ///
    /// AWS fires some seconds after a planned time (FACTS 14.10, 14.14): [`PRECISION`].
    pub fn next_after(&self, calendar: Calendar, after: Time, start: Time) -> Option<Time> {
        self.next_from(calendar, after + Duration::from_micros(1), start)
    }

    /// Returns the first planned time that is not before `from`, or `None` if there is no other.
    /// `start` is that of [`next_after`](Self::next_after).
    pub fn next_from(&self, calendar: Calendar, from: Time, start: Time) -> Option<Time> {
        match &self.kind {
            Kind::At(at) => Some(at.time(calendar)).filter(|time| *time >= from),
            Kind::Rate(rate) => rate.next_from(from, start),
            Kind::Cron(cron) => cron.next_from(calendar, from),
        }
    }

    /// Returns the time of an expression `at`, which fires only once. A time before the run is
    /// [`Time::ZERO`].
    pub fn one_time(&self, calendar: Calendar) -> Option<Time> {
        match &self.kind {
            Kind::At(at) => Some(at.time(calendar)),
            Kind::Rate(_) | Kind::Cron(_) => None,
        }
    }

    /// Returns the text of the expression.
    pub fn text(&self) -> &str {
        &self.text
    }
}
