//! The workload of a probe: a pure function of the seed, the sizes and the format.

use std::time::Duration;

use stormglass_spec::hash::Draws;

use super::format::{MessageFormat, PayloadKind};
use super::payload::{RunId, TEXTS, VALUES};

const NAMES: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

/// The most rounds of the roll call.
const ROUNDS_MAX: u32 = 10;

/// Every client's steps, and the roll call after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// The clients, which play all at once. The first one is the first to connect.
    pub clients: Vec<ClientPlan>,
    /// Broadcasts to all clients, one after the other, each with the place of its sender.
    pub roll_call: Vec<(usize, Broadcast)>,
}

/// A client and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPlan {
    /// Its name.
    pub name: String,
    /// The steps, one after the other. The client is connected at the end.
    pub steps: Vec<ClientStep>,
}

/// A step of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientStep {
    /// Opens a socket.
    Connect,
    /// Waits.
    Wait(Duration),
    /// Broadcasts, and waits for the answer if there is to be one.
    Broadcast(Broadcast),
    /// Sends the bad input at this place of the format, and waits for the answer if there is to be
    /// one.
    BadInput(usize),
    /// Closes the socket with this code.
    Close(u16),
    /// Hangs up without a word.
    Vanish,
}

/// A broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Its number in the run, from 1.
    pub number: u32,
    /// A JSON value, in which M stands for the mark.
    pub template: &'static str,
    /// The number of characters by which it is longer.
    pub padding: usize,
    /// True if its sender waits for the answer.
    pub waits: bool,
}

impl Broadcast {
    /// Returns the JSON value that one run sends.
    pub(super) fn data(&self, run: RunId) -> String {
        run.payload(self.number, self.template, self.padding)
    }
}

impl Workload {
    /// Returns the workload of a seed for a number of clients and of broadcasts.
    ///
    /// # Panics
    ///
    /// If there are no clients, or no broadcasts.
    pub fn new(seed: u64, clients: u32, messages: u32, format: &MessageFormat) -> Workload {
        assert!(clients > 0, "a workload has a client");
        assert!(messages > 0, "a workload has a broadcast");
        let rounds = (messages / 5).clamp(1, ROUNDS_MAX).min(messages);
        let mixed = messages - rounds;
        let names = (0..usize::try_from(clients).unwrap_or(usize::MAX)).map(name);
        let mut planned: Vec<(ClientPlan, Draws)> = names.map(|name| begun(seed, name)).collect();
        // Two clients come early, whatever the seed. All others may come late.
        for (place, (client, draws)) in planned.iter_mut().enumerate() {
            if place > 1 && draws.chance(250) {
                client.steps.push(ClientStep::Wait(Duration::from_millis(draws.below(300))));
            }
            client.steps.push(ClientStep::Connect);
        }
        let mut senders = Draws::new(seed, "senders");
        for number in 1..=mixed {
            let place = usize::try_from(senders.below(clients.into())).unwrap_or(0);
            let (client, draws) = &mut planned[place];
            act(client, draws, number, format);
        }
        let roll_call = (mixed + 1..=messages).map(|number| {
            let place = usize::try_from(senders.below(clients.into())).unwrap_or(0);
            (place, Broadcast { waits: true, ..broadcast(&mut senders, number, format) })
        });
        let roll_call = roll_call.collect();
        let mut clients: Vec<ClientPlan> = planned.into_iter().map(|(client, _)| client).collect();
        // Every bad input is tried at least once.
        for place in 0..format.bad_input().len() {
            let sender = place % clients.len();
            clients[sender].steps.push(ClientStep::BadInput(place));
        }
        Workload { clients, roll_call }
    }

    /// Returns the number of messages that are sent, if nothing prevents one.
    pub fn messages(&self) -> u64 {
        let steps = self.clients.iter().flat_map(|client| &client.steps);
        let sent =
            steps.filter(|step| matches!(step, ClientStep::Broadcast(_) | ClientStep::BadInput(_)));
        u64::try_from(sent.count() + self.roll_call.len()).unwrap_or(u64::MAX)
    }
}

fn begun(seed: u64, name: String) -> (ClientPlan, Draws) {
    let draws = Draws::new(seed, &format!("client {name}"));
    (ClientPlan { name, steps: Vec::new() }, draws)
}

/// Returns the name of a client: `ana`, `bob` ... and then `ana-a`, `bob-a` ... No name ends in a
/// digit, because the names of connections do.
fn name(place: usize) -> String {
    let (mut rest, first) = (place / NAMES.len(), NAMES[place % NAMES.len()]);
    let mut suffix = String::new();
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).unwrap_or(0) + b'a';
        suffix.insert(0, char::from(letter));
        rest /= 26;
    }
    if suffix.is_empty() { first.to_owned() } else { format!("{first}-{suffix}") }
}

/// Adds a broadcast to the steps of a client, and the steps before and after it.
fn act(client: &mut ClientPlan, draws: &mut Draws, number: u32, format: &MessageFormat) {
    let steps = &mut client.steps;
    if draws.chance(600) {
        steps.push(ClientStep::Wait(Duration::from_millis(draws.below(40))));
    }
    steps.push(ClientStep::Broadcast(broadcast(draws, number, format)));
    let inputs = u64::try_from(format.bad_input().len()).unwrap_or(0);
    if inputs > 0 && draws.chance(150) {
        let place = usize::try_from(draws.below(inputs)).unwrap_or(0);
        steps.push(ClientStep::BadInput(place));
    }
    if draws.chance(150) {
        let ending = match draws.below(4) {
            0 => ClientStep::Vanish,
            1 => ClientStep::Close(4000),
            _ => ClientStep::Close(1000),
        };
        steps.push(ending);
        steps.push(ClientStep::Wait(Duration::from_millis(draws.below(60))));
        steps.push(ClientStep::Connect);
    }
}

fn broadcast(draws: &mut Draws, number: u32, format: &MessageFormat) -> Broadcast {
    let template = match draws.pick(format.payloads()) {
        PayloadKind::Text => draws.pick(&TEXTS),
        PayloadKind::Json => draws.pick(&VALUES),
    };
    let padding = draws.pick(&[0, 0, 0, 0, 0, 0, 100, 1_000, 8_000]);
    // Without an id, an answer could be for either of two messages.
    let waits = !format.has_ids() || draws.chance(700);
    Broadcast { number, template, padding, waits }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_clients_have_one_name_and_no_name_ends_in_a_digit() {
        let names: BTreeSet<String> = (0..10_000).map(name).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| !name.ends_with(|c: char| c.is_ascii_digit())));
        assert_eq!([7, 8, 215, 216].map(name), ["hal", "ana-a", "hal-z", "ana-aa"]);
    }
}
