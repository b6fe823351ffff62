//! `stormglass`, as Cargo installs it: the commands that need no application.

use std::process::ExitCode;

fn main() -> ExitCode {
    stormglass::main_without_apps()
}
