//! Deliveries: the way of one message to one subscription, with its retries (FACTS 15.6).

use std::time::Duration;

use stormglass_spec::{CONSTANT, Time, hash};

use super::notification::Notification;

/// The id of a delivery: the id of its message, a colon and the place of the subscription.
pub type SnsDeliveryId = String;

/// The delays of the third phase, from 1 to 20 s, in ms. Each is 20^(1/9) times the one before.
const GROWING_MS: [u64; 10] =
    [1_000, 1_395, 1_946, 2_714, 3_786, 5_281, 7_368, 10_278, 14_337, 20_000];

/// The number of retries at once.
const AT_ONCE: u32 = 3;

/// The number of retries after them, each at 1 s.
const AT_ONE_SECOND: u32 = 2;

/// The number of retries in the last phase, each at 20 s.
const AT_TWENTY_SECONDS: u32 = 100_000;

/// The number of retries in total: 100,015 in 23 days.
pub const RETRIES_MAX: u32 = AT_ONCE + AT_ONE_SECOND + 10 + AT_TWENTY_SECONDS;

/// The way of a message to a subscription.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) notification: Notification,
    /// The place of the topic among all topics.
    pub(super) topic: usize,
    /// The place of the subscription in its topic.
    pub(super) subscription: usize,
    /// The number of retries so far.
    pub(super) retries: u32,
    /// The time of the next attempt; `None` while one is under way.
    pub(super) due: Option<Time>,
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SnsDeliveryOutcome {
    /// Lambda or SQS accepted the message. An error of the function comes later, and is a matter
    /// of Lambda (FACTS 15.5).
    Accepted,
    /// Lambda or SQS failed or had no capacity: SNS tries again.
    ServerError,
    /// The endpoint is gone, or its policy does not allow the topic (FACTS 15.8): SNS gives up.
    ClientError,
}

/// Returns the delay before a retry, counted from 1. `None` if there is none.
pub(super) fn delay(id: &str, retry: u32, jitter_per_mille: u64) -> Option<Duration> {
    let delay_ms = match retry.checked_sub(AT_ONCE + 1) {
        None => 0,
        Some(place) if place < AT_ONE_SECOND => 1_000,
        Some(_) if retry > RETRIES_MAX => return None,
        Some(place) => {
            let place = usize::try_from(place - AT_ONE_SECOND).unwrap_or(usize::MAX);
            GROWING_MS.get(place).copied().unwrap_or(20_000)
        }
    };
    let delay_us = delay_ms * 1_000;
    let jitter_us = delay_us * jitter_per_mille / 1_000;
    let draw = hash::keyed_for(CONSTANT, id, &format!("retry {retry}"));
    Some(Duration::from_micros(delay_us + hash::below(draw, jitter_us + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FACTS 15.6.
    #[test]
    fn there_are_100_015_retries_in_23_days() {
        let delays = (1..).map_while(|retry| delay("id", retry, 0));
        let delays_ms: Vec<u128> = delays.map(|delay| delay.as_millis()).collect();
        assert_eq!(delays_ms.len(), 100_015);
        assert_eq!(delays_ms[..7], [0, 0, 0, 1_000, 1_000, 1_000, 1_395]);
        assert_eq!(delays_ms[13..16], [14_337, 20_000, 20_000]);
        assert_eq!(delays_ms.iter().sum::<u128>() / 1_000 / 86_400, 23);
    }

    /// FACTS 15.6.
    #[test]
    fn a_jitter_prolongs_a_delay_by_no_more_than_its_share() {
        let delays: Vec<Duration> = (20..120).filter_map(|retry| delay("id", retry, 100)).collect();
        assert!(delays.iter().all(|delay| (20_000..=22_000).contains(&delay.as_millis())));
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
        assert_eq!(delay("id", 1, 100), Some(Duration::ZERO));
    }
}
