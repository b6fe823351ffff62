//! The catalogue of mutations.

use std::fmt;

use crate::mutants;
use crate::start::Start;

/// Our handlers with one bug in them.
///
/// The build script makes each mutation: it applies a patch of `sim/apps/mutations` to the source
/// of the handlers. All other code is that of the deployed handlers.
#[derive(Clone, Copy)]
pub struct Mutation {
    /// The name of the patch.
    pub name: &'static str,
    /// The id of the promise that it must break.
    pub promise: &'static str,
    /// The mistake of an imagined programmer.
    pub mistake: &'static str,
    /// The file that the patch changes.
    pub file: &'static str,
    /// The start of a sandbox with the mutated handlers.
    pub start: Start,
}

impl Mutation {
    /// Returns every mutation, by promise and name.
    pub fn all() -> &'static [Mutation] {
        &mutants::ALL
    }
}

impl fmt::Debug for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mutation").field(&self.name).finish()
    }
}
