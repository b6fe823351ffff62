//! Lambda, sans IO.
//!
//! - `placement`: the sandboxes that invocations run in.

mod placement;

use stormglass_spec::REGION;

pub use placement::{Lambda, Placement, SandboxId};

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
