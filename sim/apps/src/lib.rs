//! Applications by name, and what an exploration must find in them.
//!
//! - [`STORMGLASS`]: the production handlers; [`mutated`]: the same, each with one thing wrong.
//! - [`CANARY`]: the production handlers, held to a promise that nobody can keep.
//! - [`Tutorial`]: the three functions of the tutorial that Stormglass grew from.
//! - [`AwsSample`]: the chat application that AWS publishes as a sample.
//! - [`Unsteady`], `drowsy`: handlers that do not do the same twice, or next to nothing.
//! - [`AdaptedApp`]: any of them with other promises, or with other routes.
//! - [`names`]: all of them by name.
//! - [`known_bad`]: the catalogue of what must be found, and the hunt for it.
//! - `node`: the parts of Node.js that both ports need: its errors, and `JSON.parse`.
//!
//! Nothing in any of them tells a search where to look. The ports have the faults of the originals
//! and no others.

mod adapted;
mod aws_sample;
pub mod canary;
mod drowsy;
pub mod known_bad;
pub mod names;
mod node;
mod ours;
mod tutorial;
mod unsteady;

#[cfg(test)]
mod tests;

pub use adapted::AdaptedApp;
pub use aws_sample::AwsSample;
pub use known_bad::KnownBad;
pub use ours::{CANARY, OurHandlers, STORMGLASS, TABLE, mutated};
pub use stormglass_mutants::Mutation;
pub use tutorial::Tutorial;
pub use unsteady::Unsteady;
