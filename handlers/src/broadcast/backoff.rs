//! How long a retry waits.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// How long to wait after the failure of `attempt`, which counts from 1.
///
/// Exponential, and spread over the upper half of its range so that recipients who failed
/// together are not retried together. The spread is a hash and not a random number: it belongs to
/// the attempt, whatever else happens in the same process.
pub(super) fn delay(request_id: &str, connection_id: &str, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let longest = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = longest / 2;
    half + half * spread(request_id, connection_id, attempt) / u32::from(u16::MAX)
}

/// A number up to 2^16 - 1.
fn spread(request_id: &str, connection_id: &str, attempt: u32) -> u32 {
    // The separator cannot be in UTF-8, so different pairs never read the same.
    let separator = std::iter::once(&0xFF);
    let bytes = request_id.as_bytes().iter().chain(separator.clone());
    let bytes = bytes.chain(connection_id.as_bytes()).chain(separator);
    let hash = bytes.copied().chain(attempt.to_le_bytes()).fold(FNV_BASIS, fnv);
    // The lowest bits of this hash are its worst ones.
    u32::from(((hash >> 32) ^ (hash >> 16)) as u16)
}

const FNV_BASIS: u64 = 0xCBF2_9CE4_8422_2325;

/// One step of FNV-1a. The constants are part of what a recorded run replays: never change them.
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
