//! The ids of invocations.

use crate::uuid::uuid;

/// Makes the id of an invocation, in the form of a UUID (FACTS 11.23). `key` tells it apart from
/// all others.
///
/// ```
/// let id = stormglass_aws::lambda::request_id("ana.m1.notify-1");
/// assert_eq!(id.len(), 36);
/// assert_eq!(id, stormglass_aws::lambda::request_id("ana.m1.notify-1"));
/// ```
pub fn request_id(key: &str) -> String {
    uuid(key, "request")
}
