//! Settings of SNS, and the choices in cases that AWS leaves unpublished.

use stormglass_spec::EPOCH_MS;

/// Settings of SNS, and the choices in cases that AWS leaves unpublished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnsSettings {
    /// The wall clock at [`stormglass_spec::Time::ZERO`], in ms since 1970.
    pub epoch_ms: u64,
    /// The name of a refusal under load (FACTS 15.3). The SDK tries again after the first only.
    pub throttle: SnsThrottle,
    /// The most that a delay between two attempts is prolonged, in thousandths of it (FACTS 15.6:
    /// there is a jitter, of an unpublished size).
    pub jitter_per_mille: u64,
}

/// The name of a refusal under load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SnsThrottle {
    /// `Throttling`, with 400.
    Throttling,
    /// `Throttled`, with 429.
    Throttled,
}

impl Default for SnsSettings {
    fn default() -> SnsSettings {
        SnsSettings { epoch_ms: EPOCH_MS, throttle: SnsThrottle::Throttling, jitter_per_mille: 100 }
    }
}
