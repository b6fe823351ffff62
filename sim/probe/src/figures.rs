//! How fast an endpoint is.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use stormglass_spec::Time;
use stormglass_spec::name::ConnectionName;

use super::attribution::Attribution;
use super::format::MessageFormat;
use super::observation::{Observation, ObservationKind};
use super::run::ProbeRun;

/// What clients measured.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Handshakes that ended with a 101.
    pub opened: u64,
    /// Handshakes that ended with something else.
    pub refused: u64,
    /// Connections that the endpoint closed.
    pub ended: u64,
    /// Messages that clients sent.
    pub sent: u64,
    /// Messages that clients got.
    pub received: u64,
    /// Handshakes per second, in the second in which there were most.
    pub connections_per_second_max: u64,
    /// Messages that clients sent and got per second, in the second in which there were most.
    pub messages_per_second_max: u64,
    /// From asking for a WebSocket to the 101.
    pub handshake: Option<Spread>,
    /// From sending a broadcast to each client that got it.
    pub receiver: Option<Spread>,
    /// From sending a broadcast to the last client that got it.
    pub last_receiver: Option<Spread>,
    /// From sending a broadcast to its acknowledgement.
    pub acknowledgement: Option<Spread>,
    /// The broadcasts of the roll call, while nothing else happened.
    pub fan_out: Option<FanOut>,
}

/// How times are spread, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many there are.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_us: u64,
    /// Nine in ten took no longer.
    pub p90_us: u64,
    /// Ninety-nine in a hundred took no longer.
    pub p99_us: u64,
    /// The longest.
    pub max_us: u64,
}

/// Broadcasts to so many clients, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FanOut {
    /// How many clients were connected.
    pub clients: usize,
    /// Until the last one of them had it.
    pub last_receiver: Spread,
}

impl Figures {
    /// What can be measured of what clients saw.
    pub fn of(seen: &ProbeRun, format: &MessageFormat) -> Figures {
        let attribution = Attribution::new(&seen.observations, seen.run, format);
        let at = |place: usize| seen.observations[place].at;
        let count = |is_it: fn(&ObservationKind) -> bool| {
            let sights = seen.observations.iter().filter(|observation| is_it(&observation.kind));
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
            if message.number.is_some_and(|number| seen.roll_call.1.contains(&number)) {
                roll_call.extend(longest.filter(|_| took.len() >= seen.roll_call.0));
            }
            receiver.extend(took);
            let answered = message.acknowledged.as_ref().map(|(place, _)| at(*place).since(sent));
            acknowledged.extend(answered);
        }
        let clients = seen.roll_call.0;
        Figures {
            opened: count(|kind| matches!(kind, ObservationKind::Opened)),
            refused: count(|kind| {
                matches!(kind, ObservationKind::Refused(_) | ObservationKind::Failed)
            }),
            ended: count(|kind| matches!(kind, ObservationKind::ClosedByEndpoint(_))),
            sent: count(|kind| matches!(kind, ObservationKind::Sent { .. })),
            received: count(|kind| matches!(kind, ObservationKind::Received(_))),
            connections_per_second_max: densest(seen, |kind| {
                matches!(kind, ObservationKind::Opened)
            }),
            messages_per_second_max: densest(seen, |kind| {
                matches!(kind, ObservationKind::Sent { .. } | ObservationKind::Received(_))
            }),
            handshake: Spread::of(handshakes(&seen.observations)),
            receiver: Spread::of(receiver),
            last_receiver: Spread::of(last),
            acknowledgement: Spread::of(acknowledged),
            fan_out: Spread::of(roll_call).map(|last_receiver| FanOut { clients, last_receiver }),
        }
    }
}

impl Spread {
    /// The nearest ranks; `None` if there is nothing.
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
    let mut asked: BTreeMap<&Name, Time> = BTreeMap::new();
    let mut took = Vec::new();
    for Observation { at, connection, kind } in observations {
        match kind {
            ObservationKind::Requested => {
                asked.insert(connection, *at);
            }
            ObservationKind::Opened => {
                took.extend(asked.get(connection).map(|asked| at.since(*asked)))
            }
            _ => {}
        }
    }
    took
}

/// How many of these there were in the second in which there were most.
fn densest(seen: &ProbeRun, is_it: fn(&ObservationKind) -> bool) -> u64 {
    let sights = seen.observations.iter().filter(|observation| is_it(&observation.kind));
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
