//! The first lines of `cargo test`: the tests that it skips on this machine, and the ways to run
//! them.

use std::process::ExitCode;

fn main() -> ExitCode {
    match needs::announce_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the folder `target` cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}
