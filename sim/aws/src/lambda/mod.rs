//! Lambda, sans IO: where invocations run, the Invoke API, and the queue of asynchronous events.
//!
//! - `placement`, `throttle`: the sandboxes that invocations run in, and the lack of them.
//! - `invoke`: the Invoke API: requests, answers, and the errors of functions.
//! - `events`: the queue behind asynchronous invocations, with retries, dead-letter queues and
//!   destinations.
//! - `lineage`, `trace`: the detection of loops, and the header that carries it.
//! - `reference`, `request_id`: names of functions, and ids of invocations.

mod events;
mod invoke;
mod lineage;
mod placement;
mod reference;
mod request_id;
mod throttle;
mod trace;

use stormglass_spec::REGION;

pub use events::{
    AsyncEffect, AsyncEvents, AsyncInvocation, AsyncSettings, AsyncSettingsError,
    DeadLetterAttribute, DueEvent, EventId, EventOutcome,
};
pub use invoke::{
    FunctionExit, FunctionFailure, InvocationMode, InvokeAnswer, InvokeLimits, InvokeRequest,
};
pub use lineage::{Lineage, RecursiveLoop};
pub use placement::{Lambda, Placement, ReservationError, SandboxId};
pub use reference::{FunctionReference, FunctionReferenceError};
pub use request_id::request_id;
pub use throttle::ThrottleReason;
pub use trace::TraceHeader;

use crate::ACCOUNT;

/// Returns the ARN of a function of the account.
///
/// ```
/// let arn = "arn:aws:lambda:eu-central-1:123456789012:function:on-connect";
/// assert_eq!(stormglass_aws::lambda::function_arn("on-connect"), arn);
/// ```
pub fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

#[cfg(test)]
mod tests;
