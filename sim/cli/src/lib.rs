//! The parts of `cargo sim` that tests and other binaries use too.
//!
//! - [`record`]: what is kept of the last exploration and of the last hunt.
//! - [`page`]: both as a page for people.

pub mod page;
pub mod record;
