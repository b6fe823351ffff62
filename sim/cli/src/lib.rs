//! The parts of `cargo sim` that tests and other binaries use too.

pub mod apps;
