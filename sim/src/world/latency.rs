//! The usual latencies of the simulated world.

use std::time::Duration;

use stormglass_spec::hash;

/// The usual latency of a leg: a range in microseconds, from which each key draws its own value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency {
    min_us: u64,
    max_us: u64,
}

impl Latency {
    /// Between a client and the gateway, one way.
    pub(super) const LINK: Latency = Latency { min_us: 5_000, max_us: 40_000 };
    /// The pause of a person or a program before the next step.
    pub(super) const THINK: Latency = Latency { min_us: 1_000, max_us: 120_000 };
    /// From the gateway to a function, and back.
    pub(super) const INVOKE: Latency = Latency { min_us: 1_000, max_us: 6_000 };
    /// The start of a sandbox.
    pub(super) const COLD_START: Latency = Latency { min_us: 60_000, max_us: 350_000 };
    /// From a function to DynamoDB, and back.
    pub(super) const DYNAMODB: Latency = Latency { min_us: 800, max_us: 4_000 };
    /// From a queue to a poller that takes the message (FACTS 19.6).
    pub(super) const QUEUE: Latency = Latency { min_us: 14_000, max_us: 34_000 };
    /// From a function to any other service, and back.
    pub(super) const SERVICE: Latency = Latency { min_us: 2_000, max_us: 30_000 };
    /// From a function to `@connections`, and back.
    pub(super) const CONNECTIONS: Latency = Latency { min_us: 2_000, max_us: 12_000 };

    pub(super) fn draw(self, key: &str) -> Duration {
        let draw = hash::keyed_for(stormglass_spec::CONSTANT, key, "latency");
        Duration::from_micros(self.min_us + hash::below(draw, self.max_us - self.min_us))
    }
}
