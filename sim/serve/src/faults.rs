//! Faults on purpose: those of a simulation, in a live server.
//!
//! The same strategy decides, by hashing a seed with the key of a place: `3.message-2` is the
//! second message of the third client that came, `3.post-1` the first post to it. So the third
//! client meets the same faults whenever clients come in the same order and do the same. Places
//! that belong to no client, such as `table.Scan-4`, are counted for all clients together.
//!
//! Two kinds of faults are left to the simulator: functions that die in the middle of a call, and
//! clients that vanish, which real ones do by themselves.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stormglass_sim::case::{Choice, Key, Menu};
use stormglass_sim::faults::{Fault, Site};
use stormglass_sim::strategy::{Families, Random, Strategy};
use stormglass_spec::hash;
use tokio::time::sleep;
use tracing::warn;

/// The most clients whose faults are counted apart. Most of them may have left.
const CLIENTS_KEPT_MAX: usize = 20_000;

/// The faults that a server injects. Clones share their counts.
#[derive(Clone, Debug)]
pub struct Faults {
    state: Option<Arc<Mutex<FaultState>>>,
}

#[derive(Debug)]
struct FaultState {
    seed: u64,
    strategy: Random,
    /// The clients by the ids of their connections.
    clients: BTreeMap<String, u64>,
    ids: BTreeMap<u64, String>,
    came: u64,
    /// The number of times that each place came up, by client; 0 stands for no client.
    turns: BTreeMap<(u64, String), u64>,
}

/// The error of a caller whose request, or whose answer, got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection reset")]
pub(crate) struct LostRequest;

/// A fault that is injected at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InjectedFault {
    choice: Choice,
    /// A random number for further decisions about the fault.
    pub(crate) draw: u64,
}

impl InjectedFault {
    pub(crate) fn fault(self) -> Option<Fault> {
        self.choice.fault()
    }

    /// Returns the delay, if the fault is one.
    pub(crate) fn delay(self) -> Option<Duration> {
        match self.choice {
            Choice::Late(delay) => Some(delay),
            Choice::After(_) | Choice::Fault(_) => None,
        }
    }
}

impl Faults {
    /// Returns faults that never strike.
    pub fn none() -> Faults {
        Faults { state: None }
    }

    /// Returns the faults that a seed has of these families.
    pub fn seeded(seed: u64, families: Families) -> Faults {
        let strategy = Random::steady(seed, families);
        let (clients, ids, turns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let state = FaultState { seed, strategy, clients, ids, came: 0, turns };
        Faults { state: Some(Arc::new(Mutex::new(state))) }
    }

    /// Counts a client, which is to have this connection.
    pub(crate) fn add_client(&self, id: &str) {
        self.with(|state| {
            state.came += 1;
            state.clients.insert(id.to_owned(), state.came);
            state.ids.insert(state.came, id.to_owned());
            if state.ids.len() > CLIENTS_KEPT_MAX {
                state.forget_first();
            }
        });
    }

    /// Returns the fault at a place of `site`, if there is one. The place is named after the client
    /// of connection `id`, if that is known, and the `action`.
    pub(crate) fn inject(
        &self,
        id: &str,
        action: &str,
        site: Site,
        may_wait: bool,
    ) -> Option<InjectedFault> {
        let injected = self.with(|state| state.inject(id, action, site, may_wait))?;
        // A crash in the middle of a call is left to the simulator.
        injected.filter(|injected| injected.fault() != Some(Fault::Crash) || !is_call(site))
    }

    /// Carries out a call that a fault may strike: `apply` does what the call asks for, `refuse`
    /// answers in its place.
    pub(crate) async fn call<Answer, Applied: Future<Output = Answer>>(
        &self,
        (id, action, site): (&str, &str, Site),
        apply: impl FnOnce(Option<InjectedFault>) -> Applied,
        refuse: impl FnOnce(InjectedFault, Fault) -> Answer,
    ) -> Result<Answer, LostRequest> {
        let Some(injected) = self.inject(id, action, site, true) else {
            return Ok(apply(None).await);
        };
        if let Some(delay) = injected.delay() {
            sleep(delay).await;
        }
        match injected.fault() {
            Some(fault @ (Fault::Throttled | Fault::ThrottledBare | Fault::Error)) => {
                Ok(refuse(injected, fault))
            }
            Some(Fault::ErrorAfter) => {
                apply(None).await;
                Ok(refuse(injected, Fault::Error))
            }
            Some(Fault::RequestLost) => Err(LostRequest),
            Some(Fault::ReplyLost) => {
                apply(None).await;
                Err(LostRequest)
            }
            Some(Fault::Hang) => pending().await,
            Some(Fault::HangAfter) => {
                apply(None).await;
                pending().await
            }
            _ => Ok(apply(Some(injected)).await),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut FaultState) -> T) -> Option<T> {
        let state = self.state.as_ref()?;
        Some(act(&mut state.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl FaultState {
    /// Forgets the client that came first, and its counts.
    fn forget_first(&mut self) {
        let Some((client, id)) = self.ids.pop_first() else { return };
        self.clients.remove(&id);
        let places = (client, String::new())..(client + 1, String::new());
        let places: Vec<_> = self.turns.range(places).map(|(place, _)| place.clone()).collect();
        for place in places {
            self.turns.remove(&place);
        }
    }

    fn inject(
        &mut self,
        id: &str,
        action: &str,
        site: Site,
        may_wait: bool,
    ) -> Option<InjectedFault> {
        let client = self.clients.get(id).copied();
        let turn = self.turns.entry((client.unwrap_or(0), action.to_owned())).or_default();
        *turn += 1;
        let key = match client {
            Some(client) => format!("{client}.{action}-{turn}"),
            None => format!("{action}-{turn}"),
        };
        let draw = hash::keyed_for(self.seed, &key, "struck");
        let menu = if may_wait { Menu::leg_to(site) } else { Menu::at(site) };
        let key = Key::new(key);
        let choice = self.strategy.choose(&key, &menu)?;
        match client {
            Some(_) => warn!("injected fault: {key}={choice}, {id}"),
            None => warn!("injected fault: {key}={choice}"),
        }
        Some(InjectedFault { choice, draw })
    }
}

fn is_call(site: Site) -> bool {
    matches!(site, Site::Write | Site::Read | Site::EventualRead | Site::Connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(faults: &Faults, id: &str) -> Vec<Option<Choice>> {
        let inject =
            |_| faults.inject(id, "message", Site::Message, true).map(|injected| injected.choice);
        (0..200).map(inject).collect()
    }

    #[test]
    fn a_client_meets_the_same_faults_whatever_its_id_and_whatever_others_do() {
        let (alone, among_others) =
            (Faults::seeded(7, Families::ALL), Faults::seeded(7, Families::ALL));
        alone.add_client("first");
        alone.add_client("x");
        among_others.add_client("a");
        among_others.add_client("b");
        choices(&among_others, "a");
        let met = choices(&alone, "x");
        assert_eq!(met, choices(&among_others, "b"));
        assert!(met.iter().any(Option::is_some));
        assert!(met.iter().filter(|choice| choice.is_some()).count() < 50);
        let other_seed = Faults::seeded(8, Families::ALL);
        other_seed.add_client("first");
        other_seed.add_client("x");
        assert_ne!(met, choices(&other_seed, "x"));
        assert_ne!(met, choices(&alone, "first"));
    }

    #[test]
    fn only_the_families_that_were_asked_for_come_up() {
        use stormglass_sim::faults::Family;
        let faults = Faults::seeded(1, Families::of(&[Family::Capacity]));
        faults.add_client("a");
        for choice in choices(&faults, "a").into_iter().flatten() {
            assert_eq!(choice, Choice::Fault(Fault::Throttled));
        }
        assert!(Faults::none().inject("a", "message", Site::Message, true).is_none());
    }

    #[test]
    fn no_more_is_kept_than_of_the_last_clients() {
        let faults = Faults::seeded(1, Families::ALL);
        for client in 0..CLIENTS_KEPT_MAX + 5 {
            faults.add_client(&client.to_string());
            faults.inject(&client.to_string(), "message", Site::Message, true);
        }
        faults.with(|state| {
            assert_eq!(state.clients.len(), CLIENTS_KEPT_MAX);
            assert_eq!(state.ids.len(), CLIENTS_KEPT_MAX);
            assert_eq!(state.turns.len(), CLIENTS_KEPT_MAX);
            assert_eq!(state.clients.get("4"), None);
        });
    }
}
