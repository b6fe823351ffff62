//! The delay before a retry.

use std::time::Duration;

/// The longest delay after the first attempt.
const FIRST: Duration = Duration::from_millis(100);
/// The longest delay after any attempt.
const LONGEST: Duration = Duration::from_secs(2);

/// The delay between the failure of `attempt`, which counts from 1, and the next attempt.
///
/// The range of the delay doubles with each attempt. A delay lies in the upper half of its range,
/// spread so that recipients that failed together are not retried together. The spread is a hash
/// and not a random number: it depends on the attempt alone, and on nothing else in the process.
pub(super) fn delay(request_id: &str, connection_id: &str, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let longest = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = longest / 2;
    half + half * spread(request_id, connection_id, attempt) / u32::from(u16::MAX)
}

/// A hash of an attempt, from 0 to 2^16 - 1.
fn spread(request_id: &str, connection_id: &str, attempt: u32) -> u32 {
    // The separator never occurs in UTF-8, so different pairs of ids give different bytes.
    let separator = std::iter::once(&0xFF);
    let bytes = request_id.as_bytes().iter().chain(separator.clone());
    let bytes = bytes.chain(connection_id.as_bytes()).chain(separator);
    let hash = bytes.copied().chain(attempt.to_le_bytes()).fold(FNV_BASIS, fnv);
    // The lowest bits of this hash are its least random ones.
    u32::from(((hash >> 32) ^ (hash >> 16)) as u16)
}

/// The hash of no bytes.
const FNV_BASIS: u64 = 0xCBF2_9CE4_8422_2325;

/// One step of FNV-1a. Recorded runs depend on its constants: never change them.
fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_pinned() {
        assert_eq!(b"foobar".iter().copied().fold(FNV_BASIS, fnv), 0x8594_4171_F739_67E8);
        assert_eq!(delay("request", "connection", 1), Duration::from_nanos(67_714_961));
    }

    #[test]
    fn a_delay_doubles_up_to_a_limit() {
        let within = |attempt, longest: Duration| {
            let delay = delay("request", "connection", attempt);
            assert!(longest / 2 <= delay && delay <= longest, "{attempt}: {delay:?}");
        };
        within(1, FIRST);
        within(2, FIRST * 2);
        within(3, FIRST * 4);
        within(6, LONGEST);
        within(u32::MAX, LONGEST);
    }

    #[test]
    fn recipients_and_attempts_are_spread() {
        let mut delays: Vec<_> =
            (0..100).map(|n| delay("request", &format!("connection-{n}"), 1)).collect();
        delays.sort();
        delays.dedup();
        assert!(delays.len() > 95, "only {} different delays", delays.len());
    }
}
