//! The catalogue of known bugs.
//!
//! - `ports`: the bugs of the tutorial and of AWS's sample, each on its own.

mod ports;

use std::sync::LazyLock;

use stormglass::known_bad::{Canary, Catalogue, KnownBug};
use stormglass_spec::properties;

use crate::{CANARY, Mutation, OurHandlers, canary, mutants};

/// Returns every known bug: the mutations by promise and name, then the bugs of the tutorial and of
/// AWS's sample.
pub fn catalogue() -> Catalogue {
    static ALL: LazyLock<Vec<KnownBug>> = LazyLock::new(|| {
        let mutations = Mutation::all().iter().zip(mutants());
        let mutations = mutations.map(|(mutation, app)| of_mutation(mutation, app));
        mutations.chain(ports::all()).collect()
    });
    Catalogue { bugs: &ALL, canary: Canary { app: &CANARY, fails_on: canary::fails_on } }
}

fn of_mutation(mutation: &'static Mutation, app: &'static OurHandlers) -> KnownBug {
    let Mutation { name, promise, mistake, file, .. } = *mutation;
    let promise = properties::find(promise).unwrap_or_else(|| {
        panic!("the patch of {name} says that it breaks {promise:?}, which is no promise")
    });
    KnownBug {
        name,
        app,
        promise: promise.clone(),
        mistake,
        file,
        hidden_by: None,
        is_one_of_many: false,
        is_cause: ports::always,
    }
}
