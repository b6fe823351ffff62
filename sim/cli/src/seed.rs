//! A seed as people write it.

use stormglass_sim::hash::Fnv;

/// How many digits the hash of a commit has.
const COMMIT_DIGITS: usize = 40;

/// A decimal number, a hexadecimal one with `0x`, or the hash of a commit.
pub(crate) fn parse_seed(text: &str) -> Result<u64, String> {
    if is_commit(text) {
        return Ok(seed_of(text));
    }
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| {
        format!(
            "a seed is a number, such as 17 or 0x5f3c91, or the {COMMIT_DIGITS} digits of a commit"
        )
    })
}

fn is_commit(text: &str) -> bool {
    text.len() == COMMIT_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The seed of a commit, however its digits are written.
fn seed_of(commit: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.write(commit.to_ascii_lowercase().as_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "a5d6cc7d0f2b4e1c9a8877665544332211ffeedd";
    const SEED: u64 = 0x0ab2_ae7b_f7a8_87ef;

    #[test]
    fn a_seed_is_a_number_or_a_commit() {
        assert_eq!(parse_seed("17"), Ok(17));
        assert_eq!(parse_seed("0x5f3c91"), Ok(0x5f_3c91));
        assert_eq!(parse_seed(COMMIT), Ok(SEED));
        assert_eq!(parse_seed(&COMMIT.to_uppercase()), Ok(SEED));
        assert!(
            parse_seed(&"1".repeat(COMMIT_DIGITS)).is_ok(),
            "digits alone are a commit as well"
        );
    }

    #[test]
    fn other_texts_are_no_seeds() {
        for text in ["", "a5d6cc7", &COMMIT[1..], &format!("{COMMIT}0"), &"g".repeat(40), "-1"] {
            assert!(parse_seed(text).is_err(), "{text}");
        }
    }
}
