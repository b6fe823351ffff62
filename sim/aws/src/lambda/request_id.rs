//! The ids of invocations.

use stormglass_spec::{CONSTANT, hash};

/// Makes the id of an invocation, in the form of a UUID (FACTS 11.23). `key` tells it apart from
/// all others.
///
/// ```
/// let id = stormglass_aws::lambda::request_id("ana.m1.notify-1");
/// assert_eq!(id.len(), 36);
/// assert_eq!(id, stormglass_aws::lambda::request_id("ana.m1.notify-1"));
/// ```
pub fn request_id(key: &str) -> String {
    let high = hash::keyed_for(CONSTANT, key, "request");
    let low = hash::keyed_for(CONSTANT, key, "request-end");
    // The version is 4, which means random, and the variant is that of RFC 9562.
    let (time, middle, version) = (high >> 32, (high >> 16) & 0xffff, high & 0x0fff);
    let (variant, node) = ((low >> 48) & 0x3fff | 0x8000, low & 0xffff_ffff_ffff);
    format!("{time:08x}-{middle:04x}-4{version:03x}-{variant:04x}-{node:012x}")
}
