//! Everything that is known to be bad, with the promise that each must break.

use std::sync::LazyLock;

use stormglass_sim::{App, Run};
use stormglass_spec::{Property, Violation, properties};

use crate::{Mutation, faults};

/// Something that is known to be bad: an application, and a promise that it breaks.
#[derive(Clone, Copy)]
pub struct Bad {
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
    pub(crate) shows: fn(&Run, &Violation) -> bool,
}

impl Bad {
    /// All that is known to be bad: the mutations by promise and name, then the faults of the
    /// tutorial and of AWS's sample.
    pub fn all() -> &'static [Bad] {
        static ALL: LazyLock<Vec<Bad>> = LazyLock::new(|| {
            Mutation::all().iter().map(Bad::from).chain(faults::ALL.iter().copied()).collect()
        });
        &ALL
    }

    /// The one of this name.
    pub fn find(name: &str) -> Option<&'static Bad> {
        Bad::all().iter().find(|bad| bad.name == name)
    }
}

impl From<&'static Mutation> for Bad {
    fn from(mutation: &'static Mutation) -> Bad {
        let Mutation { promise, mistake, file, .. } = *mutation;
        let name = mutation.name();
        let promise = *properties::find(promise).unwrap_or_else(|| {
            panic!("the patch of {name} says that it breaks {promise:?}, which is no promise")
        });
        Bad {
            name,
            app: mutation,
            promise,
            mistake,
            file,
            hidden_by: None,
            is_one_of_many: false,
            shows: faults::always,
        }
    }
}

impl std::fmt::Debug for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} breaks {}", self.name, self.promise.id)
    }
}
