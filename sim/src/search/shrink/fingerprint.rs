//! Fingerprints of violations: two violations with one fingerprint count as the same.

use stormglass_spec::{Name, Violation};

/// The fingerprint of a violation: the property, the roles of the things involved, and the words
/// of the service if the property is about an error or a refusal.
///
/// Names and numbers are no part of it, so that a story can lose its beginning and still count as
/// the same story. Three things keep a story from turning into another one as it gets shorter. The
/// roles and the words must stay. Everything with which a client comes by the application's own
/// rules ([`App::handshake`](crate::App::handshake)) is no part of a plan, so no shorter plan can
/// lose it. And the settings of the deployment only return to those of
/// [`App::deployment`](crate::App::deployment).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    property: &'static str,
    roles: Vec<String>,
    words: Vec<String>,
}

impl Fingerprint {
    /// Returns the fingerprint of a violation.
    pub fn of(violation: &Violation) -> Fingerprint {
        let roles = violation.involved.iter().map(Name::role).collect();
        let words = violation.words.split_whitespace();
        let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        let words = words.map(str::to_owned).collect();
        Fingerprint { property: violation.property, roles, words }
    }
}
