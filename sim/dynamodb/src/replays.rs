//! Transactions that were carried out, for requests that repeat them.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Time;

/// The time for which AWS remembers a `ClientRequestToken`.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The transactions of the last ten minutes, by token.
#[derive(Clone, Debug, Default)]
pub(super) struct Replays(BTreeMap<String, (Time, Replay)>);

/// A transaction that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replay {
    /// The actions of the request, without its wishes for the answer.
    pub(super) canonical: String,
    /// The tables and sizes of the items: a repetition consumes capacity by them.
    pub(super) sizes: Vec<(String, usize)>,
}

impl Replays {
    /// The transaction with this token, if it is not too old.
    pub(super) fn find(&mut self, now: Time, token: &str) -> Option<Replay> {
        self.0.retain(|_, (at, _)| *at + KEPT > now);
        self.0.get(token).map(|(_, replay)| replay.clone())
    }

    /// The transaction with this token and its time, even if it is too old to be repeated.
    pub(super) fn get(&self, token: &str) -> Option<(Time, &Replay)> {
        self.0.get(token).map(|(at, replay)| (*at, replay))
    }

    /// Remembers a transaction.
    pub(super) fn keep(&mut self, now: Time, token: String, replay: Replay) {
        self.0.insert(token, (now, replay));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_forgotten_after_ten_minutes() {
        let mut replays = Replays::default();
        let replay = Replay { canonical: "{}".to_owned(), sizes: Vec::new() };
        replays.keep(Time::ZERO, "t".to_owned(), replay.clone());
        let just_before = Time::ZERO + KEPT - Duration::from_millis(1);
        assert_eq!(replays.find(just_before, "t"), Some(replay));
        assert_eq!(replays.find(Time::ZERO + KEPT, "t"), None);
    }
}
