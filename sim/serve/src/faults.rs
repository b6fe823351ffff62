//! What goes wrong on purpose: the faults of a simulation, in a server that is live.
//!
//! The same strategy decides, by hashing a seed with the name of a place: `3.message-2` is the
//! second message of the third client that came, `3.post-1` the first post to it. So the third
//! client meets the same faults whenever clients come in the same order and do the same; what
//! belongs to nobody, such as `table.Scan-4`, is counted for all of them together.
//!
//! Left out is what only a simulation can do: functions that die in the middle of a call, and
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

/// How many clients are known apart, most of which may have left.
const CLIENTS_KEPT_MAX: usize = 20_000;

/// Decides what goes wrong, if anything does; clones decide together.
#[derive(Clone, Debug)]
pub struct Faults {
    fate: Option<Arc<Mutex<FaultState>>>,
}

#[derive(Debug)]
struct FaultState {
    seed: u64,
    strategy: Random,
    /// The clients that are there, by the ids of their connections.
    clients: BTreeMap<String, u64>,
    ids: BTreeMap<u64, String>,
    came: u64,
    /// How often there was such a place for somebody.
    turns: BTreeMap<(u64, String), u64>,
}

/// Somebody whose request, or whose answer, got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection reset")]
pub(crate) struct LostRequest;

/// What goes wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InjectedFault {
    choice: Choice,
    /// For whatever else there is to decide.
    pub(crate) draw: u64,
}

impl InjectedFault {
    pub(crate) fn fault(self) -> Option<Fault> {
        self.choice.fault()
    }

    /// How late it add_client.
    pub(crate) fn delay(self) -> Option<Duration> {
        match self.choice {
            Choice::Late(delay) => Some(delay),
            Choice::After(_) | Choice::Fault(_) => None,
        }
    }
}

impl Faults {
    /// Nothing goes wrong but what goes wrong by itself.
    pub fn none() -> Faults {
        Faults { fate: None }
    }

    /// What a seed has of these families.
    pub fn seeded(seed: u64, families: Families) -> Faults {
        let strategy = Random::steady(seed, families);
        let (clients, ids, turns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let fate = FaultState { seed, strategy, clients, ids, came: 0, turns };
        Faults { fate: Some(Arc::new(Mutex::new(fate))) }
    }

    /// A client add_client, with the connection that it is to have.
    pub(crate) fn add_client(&self, id: &str) {
        self.with(|fate| {
            fate.came += 1;
            fate.clients.insert(id.to_owned(), fate.came);
            fate.ids.insert(fate.came, id.to_owned());
            if fate.ids.len() > CLIENTS_KEPT_MAX {
                fate.forget_first();
            }
        });
    }

    /// Whether something goes wrong at a place of `site`: where the client of a connection, or
    /// nobody in particular, does or is done `what`.
    pub(crate) fn inject(
        &self,
        id: &str,
        what: &str,
        site: Site,
        may_wait: bool,
    ) -> Option<InjectedFault> {
        let injected = self.with(|fate| fate.inject(id, what, site, may_wait))?;
        injected.filter(|injected| injected.fault() != Some(Fault::Crash) || !is_call(site))
    }

    /// Carries out a call that something may go wrong with: `apply` does what the call asks for,
    /// `refuse` answers in its place.
    pub(crate) async fn call<Answer, Applied: Future<Output = Answer>>(
        &self,
        (id, what, site): (&str, &str, Site),
        apply: impl FnOnce(Option<InjectedFault>) -> Applied,
        refuse: impl FnOnce(InjectedFault, Fault) -> Answer,
    ) -> Result<Answer, LostRequest> {
        let Some(injected) = self.inject(id, what, site, true) else {
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
        let fate = self.fate.as_ref()?;
        Some(act(&mut fate.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl FaultState {
    /// The first client that came is nobody from here on.
    fn forget_first(&mut self) {
        let Some((client, id)) = self.ids.pop_first() else { return };
        self.clients.remove(&id);
        let its = (client, String::new())..(client + 1, String::new());
        let its: Vec<_> = self.turns.range(its).map(|(place, _)| place.clone()).collect();
        for place in its {
            self.turns.remove(&place);
        }
    }

    fn inject(
        &mut self,
        id: &str,
        what: &str,
        site: Site,
        may_wait: bool,
    ) -> Option<InjectedFault> {
        let client = self.clients.get(id).copied();
        let turn = self.turns.entry((client.unwrap_or(0), what.to_owned())).or_default();
        *turn += 1;
        let key = match client {
            Some(client) => format!("{client}.{what}-{turn}"),
            None => format!("{what}-{turn}"),
        };
        let draw = hash::keyed_for(self.seed, &key, "struck");
        let menu = if may_wait { Menu::leg_to(site) } else { Menu::at(site) };
        let key = Key::new(key);
        let choice = self.strategy.choose(&key, &menu)?;
        match client {
            Some(_) => warn!("on purpose: {key}={choice}, {id}"),
            None => warn!("on purpose: {key}={choice}"),
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

    fn injected(faults: &Faults, id: &str) -> Vec<Option<Choice>> {
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
        injected(&among_others, "a");
        let met = injected(&alone, "x");
        assert_eq!(met, injected(&among_others, "b"));
        assert!(met.iter().any(Option::is_some));
        assert!(met.iter().filter(|choice| choice.is_some()).count() < 50);
        let other_seed = Faults::seeded(8, Families::ALL);
        other_seed.add_client("first");
        other_seed.add_client("x");
        assert_ne!(met, injected(&other_seed, "x"));
        assert_ne!(met, injected(&alone, "first"));
    }

    #[test]
    fn only_the_families_that_were_asked_for_strike() {
        use stormglass_sim::faults::Family;
        let faults = Faults::seeded(1, Families::of(&[Family::Capacity]));
        faults.add_client("a");
        for choice in injected(&faults, "a").into_iter().flatten() {
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
        faults.with(|fate| {
            assert_eq!(fate.clients.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.ids.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.turns.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.clients.get("4"), None);
        });
    }
}
