//! A seed as people write it: a number, or the hash of a commit.
//!
//! Explorations run ranges of seeds, and those of commits stay clear of all others: a nightly
//! search never repeats the seeds of a commit. The lower half of all numbers is for people and for
//! searches by date; the upper half is for commits, in blocks of 2^32 seeds. The hash of a commit
//! selects its block, and the commit starts at the first seed of that block. An exploration of up
//! to 2^32 seeds, which takes two months, stays in its block and never wraps around to 0.

use stormglass_spec::hash::Fnv;

/// The number of digits in the hash of a commit.
const COMMIT_DIGITS: usize = 40;

/// The first seed of the half that is for commits.
const COMMITS_FROM: u64 = 1 << 63;

/// The number of seeds in the block of a commit.
const COMMIT_SEEDS: u64 = 1 << 32;

/// Parses a decimal number, a hexadecimal one with `0x`, or the hash of a commit.
///
/// A number may be in either half: a report names the seed of a commit by its number.
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

/// Returns the first seed of a commit. Upper-case and lower-case digits give the same seed.
fn seed_of(commit: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.write(commit.to_ascii_lowercase().as_bytes());
    COMMITS_FROM | (hash.finish() & !(COMMIT_SEEDS - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "a5d6cc7d0f2b4e1c9a8877665544332211ffeedd";
    const SEED: u64 = 0x8ab2_ae7b_0000_0000;

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
    fn no_range_of_a_commit_meets_one_of_a_number_below_the_half_or_comes_round() {
        for commit in 0..10_000_u64 {
            let first = parse_seed(&format!("{commit:040x}")).expect("40 digits");
            assert!(first >= COMMITS_FROM, "{first}");
            assert_eq!(first % COMMIT_SEEDS, 0, "{first}");
            assert!(first.checked_add(COMMIT_SEEDS - 1).is_some(), "{first}");
        }
    }

    #[test]
    fn other_texts_are_no_seeds() {
        for text in ["", "a5d6cc7", &COMMIT[1..], &format!("{COMMIT}0"), &"g".repeat(40), "-1"] {
            assert!(parse_seed(text).is_err(), "{text}");
        }
    }
}
