//! Transactions that were carried out and may be asked for again.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Time;

/// How long a `ClientRequestToken` is remembered.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The transactions of the last minutes, by token.
#[derive(Clone, Debug, Default)]
pub(super) struct Replays(BTreeMap<String, (Time, Replay)>);

/// A transaction that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replay {
    /// The request without what it wants to be told.
    pub(super) canonical: String,
    /// The tables and sizes of the items, by which a repetition is charged.
    pub(super) sizes: Vec<(String, usize)>,
}

impl Replays {
    pub(super) fn find(&mut self, now: Time, token: &str) -> Option<Replay> {
        self.0.retain(|_, (at, _)| *at + KEPT > now);
        self.0.get(token).map(|(_, replay)| replay.clone())
    }

    /// The transaction of this token and when it was carried out, however long ago.
    pub(super) fn get(&self, token: &str) -> Option<(Time, &Replay)> {
        self.0.get(token).map(|(at, replay)| (*at, replay))
    }

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
