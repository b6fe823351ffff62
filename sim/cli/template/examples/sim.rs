//! The simulator for this service: `cargo run --example sim -- explore`.

use std::process::ExitCode;

#[path = "../tests/app/mod.rs"]
mod app;

fn main() -> ExitCode {
    stormglass::main(&[&app::Service])
}
