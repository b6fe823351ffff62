//! What makes two broken promises the same one.

use stormglass_spec::{Name, Violation};

/// What makes two broken promises the same one: which promise, and the roles of those involved.
///
/// Names are no part of it, so that a story can lose its beginning and still be the same story.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    property: &'static str,
    roles: Vec<String>,
}

impl Fingerprint {
    /// The fingerprint of a broken promise.
    pub fn of(violation: &Violation) -> Fingerprint {
        let roles = violation.involved.iter().map(Name::role).collect();
        Fingerprint { property: violation.property, roles }
    }
}
