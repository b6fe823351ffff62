//! ARNs of the simulated account.

use crate::ACCOUNT;

/// Returns the ARN of a route, which is the source when the gateway invokes its function
/// (FACTS 17.20, 17.23).
pub fn route_arn(region: &str, api_id: &str, stage: &str, route_key: &str) -> String {
    new("execute-api", region, &format!("{api_id}/{stage}/{route_key}"))
}

/// Returns the ARN of an authorizer, which is the source when the gateway invokes its function.
pub fn authorizer_arn(region: &str, api_id: &str, authorizer_id: &str) -> String {
    new("execute-api", region, &format!("{api_id}/authorizers/{authorizer_id}"))
}

/// Returns an ARN of the account in a region.
pub(super) fn new(service: &str, region: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{region}:{ACCOUNT}:{resource}")
}

/// Returns the ARN of a role.
pub(super) fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// Returns the ARN of the session of a role that a function uses (FACTS 17.16).
pub(super) fn session(role: &str, function: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{function}")
}
