//! `cargo probe`: clients that hold a live endpoint to the promises.

use std::process::ExitCode;

fn main() -> ExitCode {
    stormglass_probe::main()
}
