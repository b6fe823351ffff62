//! What makes two broken promises the same one.

use stormglass_spec::Violation;

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
        let roles = violation.involved.iter().map(|name| role(name)).collect();
        Fingerprint { property: violation.property, roles }
    }
}

/// `connection` for `ana1`, `b` for `bob.b1` and `bob.b1+2`, `b.post` for `bob.b1.post-ana1-2`.
fn role(name: &str) -> String {
    let mut parts = name.split('.').skip(1).map(|part| {
        part.split(|c: char| c.is_ascii_digit() || c == '-').next().unwrap_or_default().to_owned()
    });
    let first = parts.next().unwrap_or_else(|| "connection".to_owned());
    parts.fold(first, |role, part| format!("{role}.{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_kind_have_one_role() {
        for (name, wanted) in [
            ("ana1", "connection"),
            ("herdqq12", "connection"),
            ("bob.b1", "b"),
            ("bob.b12+2", "b"),
            ("ana.auth1", "auth"),
            ("bob.b1.post-ana1-2", "b.post"),
        ] {
            assert_eq!(role(name), wanted, "{name}");
        }
    }
}
