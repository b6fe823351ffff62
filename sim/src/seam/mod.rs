//! The seam between handlers and the simulation: the SDK's HTTP client, sleep and clock.
//!
//! Handlers hold real AWS SDK clients. The SDK itself serializes, retries, times out and parses
//! errors; the simulation replaces only the wire, the clock and the timers.

mod clock;
mod connector;
mod headers;
mod hub;
mod identity;
mod sdk;

pub use hub::Background;
pub(crate) use hub::{CallId, Delivery, Hub, OutgoingRequest, TimerId};
pub use sdk::Sdk;
