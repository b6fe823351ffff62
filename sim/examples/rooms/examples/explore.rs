//! The command line of the simulator for the chat: its first version, and the mended one.
//!
//! ```sh
//! cargo run --example explore -- explore                # until a promise is broken
//! cargo run --example explore -- replay 'v1 ana:c'      # this case
//! cargo run --example explore -- explore --app mended   # the mended chat
//! ```

#[path = "../tests/simulation/app.rs"]
mod app;
#[path = "../tests/simulation/promise.rs"]
mod promise;

use std::process::ExitCode;

use app::{FIRST, MENDED};

fn main() -> ExitCode {
    stormglass::main(&[&FIRST, &MENDED])
}
