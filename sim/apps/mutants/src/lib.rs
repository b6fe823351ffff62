//! Mutated copies of our handlers, and nothing else.
//!
//! The build script applies each patch of `sim/apps/mutations` to a copy of the part of the
//! handlers' source that depends on it. A patch that no longer applies fails the build.
//!
//! - [`Mutation`]: the catalogue, one entry for each patch.
//! - [`start`]: the start of a sandbox, for the copies and for the original.
//! - `mutants`: the mutated source.

#[allow(
    unused,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    reason = "a mutation may leave something without a use"
)]
mod mutants;
mod mutation;
pub mod start;

pub use mutation::Mutation;
