//! `cargo serve`: its ports, byte by byte, and the program as people start it.
//!
//! - `ports`: the services on sockets;
//! - `status`: the status page, and the record under it;
//! - `commands`: the first line of the program, and one line for each mistake;
//! - `functions`: functions that are programs;
//! - `guard`: requests of pages and for hosts that are no business of a server's;
//! - `clients`: clients that other people wrote.

mod clients;
mod commands;
mod functions;
mod guard;
mod ports;
mod status;

/// The folder of the crate `stormglass-serve`.
const SERVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../serve");
