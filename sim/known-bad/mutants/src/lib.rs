//! Our handlers as an application, and the same with one thing wrong in them.
//!
//! Each [`Mutation`] is made when this crate is built: a patch of `sim/known-bad/mutations` is
//! applied to a copy of the part of the handlers' source that depends on it. A patch that no longer
//! applies fails the build.
//!
//! - [`handlers`]: what the production handlers and their mutants have in common.
//! - [`Mutation`]: handlers with a patch of the catalogue applied to them.
//! - `mutants`: the mutated source.
//! - [`Canary`]: handlers with nothing wrong, held to what nobody can keep.

mod canary;
pub mod handlers;
#[allow(
    unused,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    reason = "a mutation may leave something without a use"
)]
mod mutants;
mod mutation;

pub use canary::{CANARY, Canary};
pub use mutation::Mutation;
