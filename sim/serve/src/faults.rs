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
    fate: Option<Arc<Mutex<Fate>>>,
}

#[derive(Debug)]
struct Fate {
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
pub(crate) struct Lost;

/// What goes wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Struck {
    choice: Choice,
    /// For whatever else there is to decide.
    pub(crate) draw: u64,
}

impl Struck {
    pub(crate) fn fault(self) -> Option<Fault> {
        self.choice.fault()
    }

    /// How late it comes.
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
        let fate = Fate { seed, strategy, clients, ids, came: 0, turns };
        Faults { fate: Some(Arc::new(Mutex::new(fate))) }
    }

    /// A client comes, with the connection that it is to have.
    pub(crate) fn comes(&self, id: &str) {
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
    pub(crate) fn strike(
        &self,
        id: &str,
        what: &str,
        site: Site,
        may_wait: bool,
    ) -> Option<Struck> {
        let struck = self.with(|fate| fate.strike(id, what, site, may_wait))?;
        struck.filter(|struck| struck.fault() != Some(Fault::Crash) || !is_call(site))
    }

    /// Carries out a call that something may go wrong with: `apply` does what the call asks for,
    /// `refuse` answers in its place.
    pub(crate) async fn call<Answer, Applied: Future<Output = Answer>>(
        &self,
        (id, what, site): (&str, &str, Site),
        apply: impl FnOnce(Option<Struck>) -> Applied,
        refuse: impl FnOnce(Struck, Fault) -> Answer,
    ) -> Result<Answer, Lost> {
        let Some(struck) = self.strike(id, what, site, true) else { return Ok(apply(None).await) };
        if let Some(delay) = struck.delay() {
            sleep(delay).await;
        }
        match struck.fault() {
            Some(fault @ (Fault::Throttled | Fault::ThrottledBare | Fault::Error)) => {
                Ok(refuse(struck, fault))
            }
            Some(Fault::ErrorAfter) => {
                apply(None).await;
                Ok(refuse(struck, Fault::Error))
            }
            Some(Fault::RequestLost) => Err(Lost),
            Some(Fault::ReplyLost) => {
                apply(None).await;
                Err(Lost)
            }
            Some(Fault::Hang) => pending().await,
            Some(Fault::HangAfter) => {
                apply(None).await;
                pending().await
            }
            _ => Ok(apply(Some(struck)).await),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Fate) -> T) -> Option<T> {
        let fate = self.fate.as_ref()?;
        Some(act(&mut fate.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Fate {
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

    fn strike(&mut self, id: &str, what: &str, site: Site, may_wait: bool) -> Option<Struck> {
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
        Some(Struck { choice, draw })
    }
}

fn is_call(site: Site) -> bool {
    matches!(site, Site::Write | Site::Read | Site::EventualRead | Site::Connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(faults: &Faults, id: &str) -> Vec<Option<Choice>> {
        let strike =
            |_| faults.strike(id, "message", Site::Message, true).map(|struck| struck.choice);
        (0..200).map(strike).collect()
    }

    #[test]
    fn a_client_meets_the_same_faults_whatever_its_id_and_whatever_others_do() {
        let (alone, among_others) =
            (Faults::seeded(7, Families::ALL), Faults::seeded(7, Families::ALL));
        alone.comes("first");
        alone.comes("x");
        among_others.comes("a");
        among_others.comes("b");
        struck(&among_others, "a");
        let met = struck(&alone, "x");
        assert_eq!(met, struck(&among_others, "b"));
        assert!(met.iter().any(Option::is_some));
        assert!(met.iter().filter(|choice| choice.is_some()).count() < 50);
        let other_seed = Faults::seeded(8, Families::ALL);
        other_seed.comes("first");
        other_seed.comes("x");
        assert_ne!(met, struck(&other_seed, "x"));
        assert_ne!(met, struck(&alone, "first"));
    }

    #[test]
    fn only_the_families_that_were_asked_for_strike() {
        use stormglass_sim::faults::Family;
        let faults = Faults::seeded(1, Families::of(&[Family::Capacity]));
        faults.comes("a");
        for choice in struck(&faults, "a").into_iter().flatten() {
            assert_eq!(choice, Choice::Fault(Fault::Throttled));
        }
        assert!(Faults::none().strike("a", "message", Site::Message, true).is_none());
    }

    #[test]
    fn no_more_is_kept_than_of_the_last_clients() {
        let faults = Faults::seeded(1, Families::ALL);
        for client in 0..CLIENTS_KEPT_MAX + 5 {
            faults.comes(&client.to_string());
            faults.strike(&client.to_string(), "message", Site::Message, true);
        }
        faults.with(|fate| {
            assert_eq!(fate.clients.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.ids.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.turns.len(), CLIENTS_KEPT_MAX);
            assert_eq!(fate.clients.get("4"), None);
        });
    }
}
