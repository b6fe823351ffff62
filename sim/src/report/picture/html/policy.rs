//! The content security policy of a page: what is in it, and nothing else.

use aws_smithy_types::base64;
use sha2::{Digest, Sha256};

/// Lets a page have this style and this script. Whatever else would come to run, were it by a
/// mistake in how the page is written, does not.
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
        // The hash of nothing, as FIPS 180-4 gives it.
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert!(policy.contains(&format!("style-src {empty}; script-src {empty};")), "{policy}");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    }
}
