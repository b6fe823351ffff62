//! Applications that break their promises: what an exploration must find.
//!
//! Both are ports of published JavaScript, with the faults of the originals and no others. Nothing
//! in them tells a search where to look.
//!
//! - [`Tutorial`]: the three functions of the tutorial that Stormglass grew from.
//! - [`AwsSample`]: the chat application that AWS publishes as a sample.
//! - [`Unsteady`]: handlers that do not do the same twice.
//! - `node`: what both have of Node.js: its errors, and `JSON.parse`.

mod aws_sample;
mod node;
mod tutorial;
mod unsteady;

#[cfg(test)]
mod tests;

pub use aws_sample::AwsSample;
pub use tutorial::Tutorial;
pub use unsteady::Unsteady;
