//! Latencies of broadcasts, by the number of connections that they go out to.
//!
//! This is virtual time: the time that a handler takes with the simulated services and the
//! schedule, faults and retries included. It compares one application with another, and one fan-out
//! with another. It is no forecast for AWS.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use stormglass_spec::history::{Content, EventKind, Origin, Outcome, Request};
use stormglass_spec::{History, Time};

use super::distribution::Distribution;

type Map<K, V> = IndexMap<K, V, FxBuildHasher>;

/// The latencies of broadcasts, by the number of connections that they were posted to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies(BTreeMap<u64, FanOut>);

/// The broadcasts that were posted to one number of connections.
///
/// Times are in microseconds of virtual time since the client's message, rounded down to three
/// digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FanOut {
    /// The number of broadcasts.
    pub broadcasts: u64,
    /// The time until the acknowledgement, for the broadcasts that have one.
    pub acknowledged_us: Distribution,
    /// The time until the last client received the frame, for the broadcasts that reached one.
    pub arrived_us: Distribution,
}

impl FanOut {
    fn merge(&mut self, other: &FanOut) {
        self.broadcasts += other.broadcasts;
        self.acknowledged_us.merge(&other.acknowledged_us);
        self.arrived_us.merge(&other.arrived_us);
    }
}

/// The broadcasts that were posted to a number of connections in a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FanOutRange {
    /// The least number in the range.
    pub from: u64,
    /// The least number above the range; `None` for the last one, which has no end.
    pub below: Option<u64>,
    /// The broadcasts in the range.
    pub fan_out: FanOut,
}

/// One invocation for a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broadcast {
    /// The number of connections that it posted to.
    pub(super) recipients: u64,
    /// The time until it was acknowledged, in microseconds.
    pub(super) acknowledged_us: Option<u64>,
    /// The time until its last frame arrived, in microseconds.
    pub(super) arrived_us: Option<u64>,
}

impl Latencies {
    /// Returns each number of connections with its broadcasts, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &FanOut)> {
        self.0.iter().map(|(recipients, fan_out)| (*recipients, fan_out))
    }

    /// Returns the broadcasts in ranges: below the first of `bounds`, from each bound to the next,
    /// and from the last one on. The bounds ascend. A range without broadcasts is left out.
    pub fn ranges(&self, bounds: &[u64]) -> Vec<FanOutRange> {
        let starts = [0].into_iter().chain(bounds.iter().copied());
        let ends = bounds.iter().copied().map(Some).chain([None]);
        let ranges = starts.zip(ends).map(|(from, below)| {
            let mut all = FanOut::default();
            let inside = self.0.range(from..);
            for (_, fan_out) in
                inside.take_while(|(size, _)| below.is_none_or(|below| **size < below))
            {
                all.merge(fan_out);
            }
            FanOutRange { from, below, fan_out: all }
        });
        ranges.filter(|range| range.fan_out.broadcasts > 0).collect()
    }

    pub(super) fn add(&mut self, broadcast: Broadcast) {
        let fan_out = self.0.entry(broadcast.recipients).or_default();
        fan_out.broadcasts += 1;
        if let Some(us) = broadcast.acknowledged_us {
            fan_out.acknowledged_us.add(to_three_digits(us));
        }
        if let Some(us) = broadcast.arrived_us {
            fan_out.arrived_us.add(to_three_digits(us));
        }
    }
}

/// Rounds a number down to three digits, so that a distribution does not grow large.
fn to_three_digits(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1_000 {
        unit *= 10;
    }
    number / unit * unit
}

/// The facts about one invocation so far.
#[derive(Debug)]
struct BroadcastProgress<'a> {
    sent: Time,
    recipients: IndexSet<&'a str, FxBuildHasher>,
    acknowledged: Option<Time>,
    arrived: Option<Time>,
}

/// Returns every invocation for a broadcast in a history.
pub(super) fn broadcasts(history: &History) -> Vec<Broadcast> {
    let mut sent: Map<&str, Time> = Map::default();
    let mut known: Map<&str, BroadcastProgress<'_>> = Map::default();
    for event in &history.events {
        match &event.kind {
            EventKind::FrameSent { frame, content: Content::Broadcast { .. }, .. } => {
                sent.insert(frame, event.at);
            }
            EventKind::InvocationStarted { invocation, .. } => {
                let Some(sent) = sent.get(invocation.message_text()) else { continue };
                let recipients = IndexSet::default();
                let started = BroadcastProgress {
                    sent: *sent,
                    recipients,
                    acknowledged: None,
                    arrived: None,
                };
                known.insert(invocation, started);
            }
            EventKind::CallSent {
                invocation, request: Request::Post { connection, .. }, ..
            } => {
                if let Some(broadcast) = known.get_mut(invocation.as_ref()) {
                    broadcast.recipients.insert(connection);
                }
            }
            EventKind::InvocationEnded {
                invocation,
                outcome: Outcome::Returned { acknowledgement: Some(_), .. },
            } => {
                if let Some(broadcast) = known.get_mut(invocation.as_ref()) {
                    broadcast.acknowledged = Some(event.at);
                }
            }
            EventKind::FrameReceived { origin: Origin::Post { call }, .. } => {
                if let Some(broadcast) = known.get_mut(call.invocation()) {
                    broadcast.arrived = Some(event.at);
                }
            }
            _ => {}
        }
    }
    known.into_values().map(BroadcastProgress::finish).collect()
}

impl BroadcastProgress<'_> {
    fn finish(self) -> Broadcast {
        let since = |at: Time| at.micros().saturating_sub(self.sent.micros());
        Broadcast {
            recipients: u64::try_from(self.recipients.len()).unwrap_or(u64::MAX),
            acknowledged_us: self.acknowledged.map(since),
            arrived_us: self.arrived.map(since),
        }
    }
}

#[cfg(test)]
mod tests {
    use stormglass_spec::history::{Acknowledgement, Event};

    use super::*;

    fn history(events: Vec<(u64, EventKind)>) -> History {
        let events = (1..).zip(events).map(|(number, (at, what))| Event {
            number,
            at: Time::from_micros(at),
            cause: None,
            kind: what,
        });
        History { events: events.collect() }
    }

    fn asked(frame: &str) -> EventKind {
        let (data, text) = ("hi".into(), "hi".into());
        let content = Content::Broadcast { data, text };
        EventKind::FrameSent { connection: "bob1".into(), frame: frame.into(), content }
    }

    fn started(invocation: &str) -> EventKind {
        EventKind::InvocationStarted {
            invocation: invocation.into(),
            route: "broadcast".into(),
            connection: Some("bob1".into()),
            messages: Vec::new(),
            due: Time::from_micros(29_000_000),
            two_way: true,
        }
    }

    fn posted(invocation: &str, connection: &str, attempt: u32) -> EventKind {
        EventKind::CallSent {
            call: format!("{invocation}.post-{connection}-{attempt}").into(),
            invocation: invocation.into(),
            request: Request::Post { connection: connection.into(), body: "hi".into() },
            request_text: "".into(),
        }
    }

    fn arrived(invocation: &str, connection: &str) -> EventKind {
        let call = format!("{invocation}.post-{connection}-1").into();
        let origin = Origin::Post { call };
        EventKind::FrameReceived { connection: connection.into(), body: "hi".into(), origin }
    }

    fn ended(invocation: &str, acknowledges: bool) -> EventKind {
        let acknowledgement = acknowledges.then_some(Acknowledgement { counts: None });
        let outcome = Outcome::Returned { status: 200, body: None, acknowledgement };
        EventKind::InvocationEnded { invocation: invocation.into(), outcome }
    }

    #[test]
    fn a_broadcast_takes_from_the_clients_message_to_its_acknowledgement_and_last_arrival() {
        let history = history(vec![
            (1_000, asked("bob.b1")),
            (3_000, started("bob.b1")),
            (4_000, posted("bob.b1", "ana1", 1)),
            (4_000, posted("bob.b1", "cleo1", 1)),
            (6_000, arrived("bob.b1", "ana1")),
            (7_000, posted("bob.b1", "cleo1", 2)),
            (9_000, ended("bob.b1", true)),
            (11_500, arrived("bob.b1", "cleo1")),
        ]);
        let expected =
            Broadcast { recipients: 2, acknowledged_us: Some(8_000), arrived_us: Some(10_500) };
        assert_eq!(broadcasts(&history), [expected]);
    }

    #[test]
    fn two_invocations_for_a_broadcast_are_two_broadcasts() {
        let history = history(vec![
            (0, asked("bob.b1")),
            (10, started("bob.b1")),
            (20, started("bob.b1+2")),
            (30, posted("bob.b1+2", "ana1", 1)),
            (40, ended("bob.b1", false)),
            (50, ended("bob.b1+2", true)),
        ]);
        let expected = [
            Broadcast { recipients: 0, acknowledged_us: None, arrived_us: None },
            Broadcast { recipients: 1, acknowledged_us: Some(50), arrived_us: None },
        ];
        assert_eq!(broadcasts(&history), expected);
    }

    #[test]
    fn what_is_no_broadcast_has_no_latency() {
        let text = EventKind::FrameSent {
            connection: "bob1".into(),
            frame: "bob.m1".into(),
            content: Content::Text("{}".into()),
        };
        let history = history(vec![
            (0, started("bob.c1")),
            (10, text),
            (20, started("bob.m1")),
            (30, posted("bob.m1", "ana1", 1)),
            (40, arrived("bob.m1", "ana1")),
            (50, ended("bob.m1", true)),
        ]);
        assert_eq!(broadcasts(&history), []);
    }

    #[test]
    fn latencies_are_kept_by_fan_out_and_to_three_digits() {
        let mut latencies = Latencies::default();
        for (recipients, us) in [(2, 12_345), (2, 999), (2, 12_399), (7, 5)] {
            let (acknowledged_us, arrived_us) = (Some(us), None);
            latencies.add(Broadcast { recipients, acknowledged_us, arrived_us });
        }
        let told: Vec<_> = latencies.iter().collect();
        let [(2, two), (7, seven)] = told[..] else { panic!("{told:?}") };
        assert_eq!((two.broadcasts, seven.broadcasts), (3, 1));
        let quantiles = [0, 500, 1_000].map(|part| two.acknowledged_us.quantile(part));
        assert_eq!(quantiles, [999, 12_300, 12_300].map(Some));
        assert_eq!(two.arrived_us, Distribution::default());
    }

    #[test]
    fn fan_outs_in_a_range_are_taken_together() {
        let mut latencies = Latencies::default();
        for (recipients, us) in [(0, 1), (2, 20), (3, 10), (9, 90)] {
            let (acknowledged_us, arrived_us) = (Some(us), Some(us + 1));
            latencies.add(Broadcast { recipients, acknowledged_us, arrived_us });
        }
        let told: Vec<_> = latencies
            .ranges(&[1, 2, 4, 8])
            .into_iter()
            .map(|range| {
                let FanOut { broadcasts, acknowledged_us, arrived_us } = range.fan_out;
                let quantiles = (acknowledged_us.quantile(0), arrived_us.quantile(1_000));
                (range.from, range.below, broadcasts, quantiles)
            })
            .collect();
        let expected = [
            (0, Some(1), 1, (Some(1), Some(2))),
            (2, Some(4), 2, (Some(10), Some(21))),
            (8, None, 1, (Some(90), Some(91))),
        ];
        assert_eq!(told, expected);
    }
}
