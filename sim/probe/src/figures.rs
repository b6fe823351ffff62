//! The speed of an endpoint.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use stormglass_spec::Time;
use stormglass_spec::name::ConnectionName;

use super::attribution::{Attribution, MessageCause};
use super::format::MessageFormat;
use super::observation::{Observation, ObservationKind};
use super::run::ProbeRun;

/// The measurements of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The number of handshakes that ended with a 101.
    pub opened: u64,
    /// The number of handshakes that failed.
    pub refused: u64,
    /// The number of connections that the endpoint closed.
    pub ended: u64,
    /// The number of messages that clients sent.
    pub sent: u64,
    /// The number of messages that clients got.
    pub received: u64,
    /// The number of them without a mark of the run that answer nothing.
    pub unmarked: u64,
    /// The most handshakes within a second.
    pub connections_per_second_max: u64,
    /// The most messages that clients sent and got within a second, without those that were only
    /// counted.
    pub messages_per_second_max: u64,
    /// The time from a request for a WebSocket to its 101.
    pub handshake: Option<Spread>,
    /// The time from sending a broadcast to each client that got it.
    pub receiver: Option<Spread>,
    /// The time from sending a broadcast to the last client that got it.
    pub last_receiver: Option<Spread>,
    /// The time from sending a broadcast to its acknowledgement.
    pub acknowledgement: Option<Spread>,
    /// The broadcasts of the roll call, while nothing else happened.
    pub fan_out: Option<FanOut>,
}

/// The spread of times, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The number of times.
    pub count: u64,
    /// The median.
    pub p50_us: u64,
    /// The time that nine in ten do not exceed.
    pub p90_us: u64,
    /// The time that ninety-nine in a hundred do not exceed.
    pub p99_us: u64,
    /// The longest time.
    pub max_us: u64,
}

/// Broadcasts to all clients, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FanOut {
    /// The number of clients that were connected.
    pub clients: usize,
    /// The time until the last of them had it.
    pub last_receiver: Spread,
}

impl Figures {
    /// Measures a run.
    pub fn of(run: &ProbeRun, format: &MessageFormat) -> Figures {
        let attribution = Attribution::new(&run.observations, run.id, format, false);
        let at = |place: usize| run.observations[place].at;
        let count = |is_it: fn(&ObservationKind) -> bool| {
            let sights = run.observations.iter().filter(|observation| is_it(&observation.kind));
            u64::try_from(sights.count()).unwrap_or(u64::MAX)
        };
        let (mut receiver, mut last, mut acknowledged) = (Vec::new(), Vec::new(), Vec::new());
        let mut roll_call = Vec::new();
        for message in &attribution.messages {
            let sent = at(message.at);
            let took = message.arrivals.iter().map(|arrival| at(arrival.at).since(sent));
            let took: Vec<Duration> = took.collect();
            let longest = took.iter().max().copied();
            last.extend(longest);
            if message.number.is_some_and(|number| run.roll_call.broadcasts.contains(&number)) {
                roll_call.extend(longest.filter(|_| took.len() >= run.roll_call.clients));
            }
            receiver.extend(took);
            let answered = message.acknowledged.as_ref().map(|(place, _)| at(*place).since(sent));
            acknowledged.extend(answered);
        }
        let clients = run.roll_call.clients;
        let causes = attribution.causes.values();
        let unknown = causes.filter(|cause| **cause == MessageCause::Unknown).count();
        let surplus = run.surplus;
        Figures {
            opened: count(|kind| matches!(kind, ObservationKind::Opened)),
            refused: count(|kind| {
                matches!(kind, ObservationKind::Refused(_) | ObservationKind::Failed)
            }),
            ended: count(|kind| matches!(kind, ObservationKind::ClosedByEndpoint(_))),
            sent: count(|kind| matches!(kind, ObservationKind::Sent { .. })),
            received: count(|kind| matches!(kind, ObservationKind::Received(_)))
                + surplus.marked
                + surplus.unmarked,
            unmarked: u64::try_from(unknown).unwrap_or(u64::MAX) + surplus.unmarked,
            connections_per_second_max: densest(run, |kind| {
                matches!(kind, ObservationKind::Opened)
            }),
            messages_per_second_max: densest(run, |kind| {
                matches!(kind, ObservationKind::Sent { .. } | ObservationKind::Received(_))
            }),
            handshake: Spread::of(handshakes(&run.observations)),
            receiver: Spread::of(receiver),
            last_receiver: Spread::of(last),
            acknowledgement: Spread::of(acknowledged),
            fan_out: Spread::of(roll_call).map(|last_receiver| FanOut { clients, last_receiver }),
        }
    }
}

impl Spread {
    /// Returns the nearest ranks; `None` if there are no times.
    fn of(mut times: Vec<Duration>) -> Option<Spread> {
        times.sort_unstable();
        let us = |time: &Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let rank = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1);
            times.get(rank - 1).map(us)
        };
        Some(Spread {
            count: u64::try_from(times.len()).unwrap_or(u64::MAX),
            p50_us: rank(50)?,
            p90_us: rank(90)?,
            p99_us: rank(99)?,
            max_us: times.last().map(us)?,
        })
    }
}

fn handshakes(observations: &[Observation]) -> Vec<Duration> {
    let mut requested: BTreeMap<&ConnectionName, Time> = BTreeMap::new();
    let mut took = Vec::new();
    for Observation { at, connection, kind } in observations {
        match kind {
            ObservationKind::Requested => {
                requested.insert(connection, *at);
            }
            ObservationKind::Opened => {
                took.extend(requested.get(connection).map(|requested| at.since(*requested)))
            }
            _ => {}
        }
    }
    took
}

/// Returns the most observations of a kind within a second.
fn densest(run: &ProbeRun, is_it: fn(&ObservationKind) -> bool) -> u64 {
    let sights = run.observations.iter().filter(|observation| is_it(&observation.kind));
    let times: Vec<Time> = sights.map(|observation| observation.at).collect();
    let second = Duration::from_secs(1);
    let within = times.iter().enumerate().map(|(first, start)| {
        let end = times.partition_point(|at| at.since(*start) < second);
        end - first
    });
    u64::try_from(within.max().unwrap_or(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let spread = Spread::of((1..=200).map(Duration::from_micros).rev().collect());
        let expected = Spread { count: 200, p50_us: 100, p90_us: 180, p99_us: 198, max_us: 200 };
        assert_eq!(spread, Some(expected));
        assert_eq!(Spread::of(vec![]), None);
        let one = Spread::of(vec![Duration::from_micros(7)]).expect("one");
        assert_eq!((one.p50_us, one.p99_us, one.max_us), (7, 7, 7));
    }
}
