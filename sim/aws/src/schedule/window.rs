//! Flexible time windows, and the precision of a minute.

use std::time::Duration;

use stormglass_spec::Time;

/// The time after a planned one within which AWS fires: anywhere in the minute
/// (FACTS 14.10, 14.14). The driver decides on the second.
pub const PRECISION: Duration = Duration::from_secs(59);

/// The window of a schedule of Scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlexibleTimeWindow {
    /// The schedule fires in the planned minute.
    Off,
    /// The schedule fires anywhere in a window that begins at the planned time.
    Flexible {
        /// The length of the window in minutes: 1 to 1,440.
        minutes: u16,
    },
}

impl FlexibleTimeWindow {
    /// The longest window, in minutes.
    pub const MINUTES_MAX: u16 = 1_440;

    /// Returns the latest time at which a schedule fires that was planned for `planned`.
    pub fn latest(self, planned: Time) -> Time {
        match self {
            FlexibleTimeWindow::Off => planned + PRECISION,
            FlexibleTimeWindow::Flexible { minutes } => {
                planned + Duration::from_secs(60 * u64::from(minutes))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_after_its_minutes_or_with_the_minute() {
        let planned = Time::from_millis(60_000);
        assert_eq!(FlexibleTimeWindow::Off.latest(planned), Time::from_millis(119_000));
        let flexible = FlexibleTimeWindow::Flexible { minutes: 15 };
        assert_eq!(flexible.latest(planned), Time::from_millis(16 * 60_000));
    }
}
