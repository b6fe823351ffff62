//! Entries of the catalogue of mutations.

use std::fmt;

use crate::mutants;
use crate::starting::Start;

/// Our handlers with one thing wrong in them.
///
/// Each is made when this crate is built: the build script applies a patch of `sim/apps/mutations`
/// to the source of the handlers. Everything that the patch leaves alone is the deployed code.
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
    /// Every mutation, by promise and name.
    pub fn all() -> &'static [Mutation] {
        &mutants::ALL
    }
}

impl fmt::Debug for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mutation").field(&self.name).finish()
    }
}
