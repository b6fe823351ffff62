//! The catalogue of known bugs, and the hunt for them.
//!
//! - [`KnownBug`]: an application with a bug, and the promise that the bug breaks.
//! - `ports`: the bugs of the tutorial and of AWS's sample, each on its own.
//! - [`hunt`]: the search for one bug, and the effort that it takes.

pub mod hunt;
mod ports;

use std::sync::LazyLock;

use stormglass_sim::{App, Run};
use stormglass_spec::{Property, Violation, properties};

use crate::{Mutation, OurHandlers, mutants};

/// A known bug: an application that has it, and the promise that it breaks.
#[derive(Clone)]
pub struct KnownBug {
    /// The name of the bug.
    pub name: &'static str,
    /// The application that has it.
    pub app: &'static dyn App,
    /// The promise that it must break.
    pub promise: Property,
    /// The mistake of the programmer.
    pub mistake: &'static str,
    /// The file of the mistake.
    pub file: &'static str,
    /// The bug that keeps this one from ever showing. A hidden bug is not hunted.
    pub hidden_by: Option<&'static str>,
    /// True if the application has other bugs as well. A hunt then makes this promise its only one.
    pub(crate) is_one_of_many: bool,
    /// Reports whether this bug, and no other one, broke the promise in a run.
    pub(crate) is_cause: fn(&Run, &Violation) -> bool,
}

impl KnownBug {
    /// Returns every known bug: the mutations by promise and name, then the bugs of the tutorial
    /// and of AWS's sample.
    pub fn all() -> &'static [KnownBug] {
        static ALL: LazyLock<Vec<KnownBug>> = LazyLock::new(|| {
            let mutations = Mutation::all().iter().zip(mutants());
            let mutations = mutations.map(|(mutation, app)| KnownBug::from_mutation(mutation, app));
            mutations.chain(ports::all()).collect()
        });
        &ALL
    }

    fn from_mutation(mutation: &'static Mutation, app: &'static OurHandlers) -> KnownBug {
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

    /// Returns the bug of this name.
    pub fn find(name: &str) -> Option<&'static KnownBug> {
        KnownBug::all().iter().find(|bug| bug.name == name)
    }
}

impl std::fmt::Debug for KnownBug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} breaks {}", self.name, self.promise.id)
    }
}
