//! Where simulated code meets the simulation: the SDK's HTTP client, sleep and clock.
//!
//! Handlers hold real AWS SDK clients. Serialization, retries, timeouts and the parsing of errors
//! are the SDK's own; only the wire, the clock and the timers are ours.

mod clock;
mod connector;
mod headers;
mod hub;
mod sdk;

pub use hub::Background;
pub(crate) use hub::{CallId, Delivery, Hub, OutgoingRequest, TimerId};
pub use sdk::Sdk;
