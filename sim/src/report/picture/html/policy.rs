//! The content security policy of a page: it allows the page's own parts, and nothing else.

use aws_smithy_types::base64;
use sha2::{Digest, Sha256};

/// Returns the policy that allows this style and this script. It blocks all other code, even if a
/// mistake in the writing of the page lets some in.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        digest(style),
        digest(script)
    )
}

fn digest(text: &str) -> String {
    format!("sha256-{}", base64::encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_what_it_allows_by_its_hash() {
        let policy = policy("", "");
        // The hash of the empty text, as FIPS 180-4 gives it.
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert!(policy.contains(&format!("style-src {empty}; script-src {empty};")), "{policy}");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    }
}
