//! The catalogue of everything that is known to be bad, and the hunt for it.
//!
//! - [`KnownBad`]: an application, and a promise that it must break.
//! - `faults`: the faults of the tutorial and of AWS's sample, each on its own.
//! - [`hunt`]: the time that a search takes to find what is wrong.

mod faults;
pub mod hunt;

use std::sync::LazyLock;

use stormglass_sim::{App, Run};
use stormglass_spec::{Property, Violation, properties};

use crate::{Mutation, OurHandlers, mutated};

/// Something that is known to be bad: an application, and a promise that it breaks.
#[derive(Clone, Copy)]
pub struct KnownBad {
    /// What it is called in a table.
    pub name: &'static str,
    /// The application.
    pub app: &'static dyn App,
    /// The promise that it must break.
    pub promise: Property,
    /// What a programmer got wrong.
    pub mistake: &'static str,
    /// The file that it is in.
    pub file: &'static str,
    /// What keeps it from ever showing: it is not hunted then.
    pub hidden_by: Option<&'static str>,
    /// Whether its application is known to break other promises as well. It is held to this one
    /// alone then.
    pub(crate) is_one_of_many: bool,
    /// Whether a run that breaks the promise does so because of this and not of something else.
    pub(crate) is_cause: fn(&Run, &Violation) -> bool,
}

impl KnownBad {
    /// All that is known to be bad: the mutations by promise and name, then the faults of the
    /// tutorial and of AWS's sample.
    pub fn all() -> &'static [KnownBad] {
        static ALL: LazyLock<Vec<KnownBad>> = LazyLock::new(|| {
            let mutations = Mutation::all().iter().zip(mutated());
            let mutations = mutations.map(|(mutation, app)| KnownBad::mutated(mutation, app));
            mutations.chain(faults::ALL.iter().copied()).collect()
        });
        &ALL
    }

    fn mutated(mutation: &'static Mutation, app: &'static OurHandlers) -> KnownBad {
        let Mutation { name, promise, mistake, file, .. } = *mutation;
        let promise = *properties::find(promise).unwrap_or_else(|| {
            panic!("the patch of {name} says that it breaks {promise:?}, which is no promise")
        });
        KnownBad {
            name,
            app,
            promise,
            mistake,
            file,
            hidden_by: None,
            is_one_of_many: false,
            is_cause: faults::always,
        }
    }

    /// The entry of this name.
    pub fn find(name: &str) -> Option<&'static KnownBad> {
        KnownBad::all().iter().find(|bad| bad.name == name)
    }
}

impl std::fmt::Debug for KnownBad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} breaks {}", self.name, self.promise.id)
    }
}
