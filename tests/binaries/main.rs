//! Tests of the deployed binaries: they are started as Lambda starts them, and everything that they
//! reach is a fake on the loopback interface.
//!
//! They have to be built first, and these tests have to be told where they are:
//!
//! ```sh
//! cargo build --locked --package stormglass-handlers --features deploy --bins
//! STORMGLASS_BINARIES=target/debug cargo test --locked --test binaries
//! ```
//!
//! - `binaries`: a process of a function, and the memory it took;
//! - `cloud`: the server that it talks to, by path;
//! - `runtime`: its events and its answers;
//! - `table`, `gateway`: the services it calls;
//! - `events`, `memory`: the tests.

mod binaries;
mod cloud;
mod events;
mod gateway;
mod memory;
mod runtime;
mod table;
