//! Lambda, sans IO: where invocations run, and the Invoke API.
//!
//! - `placement`, `throttle`: the sandboxes that invocations run in, and the lack of them.
//! - `invoke`: the Invoke API: requests, answers, and the errors of functions.
//! - `lineage`, `trace`: the detection of loops, and the header that carries it.
//! - `reference`: names of functions.

mod invoke;
mod lineage;
mod placement;
mod reference;
mod throttle;
mod trace;

use stormglass_spec::REGION;

pub use invoke::{
    FunctionExit, FunctionFailure, InvocationMode, InvokeAnswer, InvokeLimits, InvokeRequest,
};
pub use lineage::{Lineage, RecursionStopped};
pub use placement::{Lambda, Placement, ReservationError, SandboxId};
pub use reference::{FunctionReference, FunctionReferenceError};
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
