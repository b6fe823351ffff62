//! The speed of the work, per second of wall time.

use std::fmt;
use std::time::Duration;

use stormglass_sim::report::numbers::thousands;

/// The amount of work, and the wall time that it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) wall: Duration,
    /// The number of seeds, executions or runs.
    pub(crate) runs: u64,
    /// The word for them.
    pub(crate) unit: &'static str,
    /// The number of requests that the SDK clients of the handlers sent.
    pub(crate) calls: u64,
    pub(crate) events: u64,
    /// The virtual time that passed, in microseconds.
    pub(crate) virtual_us: u128,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.wall.as_secs_f64().max(1e-6);
        write!(
            f,
            "{seconds:.1} s: {:.0} {}/s, {:.0} simulated AWS calls/s, {:.0} events/s, {:.0} s of \
             virtual time/s\n{} calls, {} events",
            to_f64(self.runs.into()) / seconds,
            self.unit,
            to_f64(self.calls.into()) / seconds,
            to_f64(self.events.into()) / seconds,
            to_f64(self.virtual_us) / 1e6 / seconds,
            thousands(self.calls),
            thousands(self.events),
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "people read fewer digits than a double has")]
fn to_f64(number: u128) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_per_second_of_wall_time() {
        let pace = Pace {
            wall: Duration::from_millis(500),
            runs: 100,
            unit: "seeds",
            calls: 1_000,
            events: 4_000,
            virtual_us: 60_000_000,
        };
        assert_eq!(
            pace.to_string(),
            "0.5 s: 200 seeds/s, 2000 simulated AWS calls/s, 8000 events/s, 120 s of virtual \
             time/s\n1,000 calls, 4,000 events"
        );
    }
}
