//! Applications that break their promises: what an exploration must find.
//!
//! Nothing in any of them tells a search where to look. Two are ports of published JavaScript, with
//! the faults of the originals and no others; the rest are our own handlers, each with one thing
//! wrong in it.
//!
//! - [`Tutorial`]: the three functions of the tutorial that Stormglass grew from.
//! - [`AwsSample`]: the chat application that AWS publishes as a sample.
//! - [`Unsteady`]: handlers that do not do the same twice.
//! - `node`: what both have of Node.js: its errors, and `JSON.parse`.
//! - `faults`: the faults of both, each on its own.
//! - [`Mutation`]: our handlers with a patch of the catalogue applied to them.
//! - [`Bad`]: all of it, each with the promise that it must break.
//! - [`hunt`]: how long a search takes to find what is wrong.
//! - [`HeldTo`], `two_way`: the same applications, held to less or with other routes.
//! - [`Canary`]: fails on seeds that are known beforehand.

mod aws_sample;
mod bad;
mod faults;
mod held;
pub mod hunt;
mod node;
mod tutorial;
mod two_way;
mod unsteady;

#[cfg(test)]
mod tests;

pub use aws_sample::AwsSample;
pub use bad::Bad;
pub use held::HeldTo;
pub use stormglass_mutants::{CANARY, Canary, Mutation};
pub use tutorial::Tutorial;
pub use unsteady::Unsteady;
