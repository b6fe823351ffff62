//! Applications by name, and the bugs that a search must find in them.
//!
//! - [`STORMGLASS`]: the production handlers.
//! - [`mutants`]: the production handlers, each time with one bug in them.
//! - [`CANARY`]: the production handlers with a promise that no handlers can keep.
//! - [`Tutorial`]: the three functions of the tutorial that Stormglass grew from.
//! - [`AwsSample`]: the chat application that AWS publishes as a sample.
//! - [`UnsteadyApp`], `drowsy`: handlers that are not deterministic, or that do almost nothing.
//! - [`names`]: every application by its name.
//! - [`known_bad`]: the catalogue of known bugs.
//! - `command_line`: the command that runs them.
//! - `node`: the parts of Node.js that both ports need: its errors, and `JSON.parse`.
//!
//! No application tells a search where to look. The ports have the bugs of the originals and no
//! others.

mod aws_sample;
pub mod canary;
mod command_line;
mod drowsy;
pub mod known_bad;
pub mod names;
mod node;
mod ours;
mod tutorial;
mod unsteady;

#[cfg(test)]
mod tests;

pub use aws_sample::AwsSample;
pub use ours::{CANARY, OurHandlers, STORMGLASS, mutants, reading};
pub use stormglass_mutants::Mutation;
pub use tutorial::Tutorial;
pub use unsteady::UnsteadyApp;
