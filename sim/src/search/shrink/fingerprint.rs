//! Fingerprints of violations: two violations with one fingerprint count as the same.

use stormglass_spec::{Name, Violation};

/// The fingerprint of a violation: the property, and the roles of the things involved.
///
/// Names are no part of it, so that a story can lose its beginning and still count as the same
/// story.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    property: &'static str,
    roles: Vec<String>,
}

impl Fingerprint {
    /// Returns the fingerprint of a violation.
    pub fn of(violation: &Violation) -> Fingerprint {
        let roles = violation.involved.iter().map(Name::role).collect();
        Fingerprint { property: violation.property, roles }
    }
}
