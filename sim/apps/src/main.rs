//! `cargo sim`: the command line for the applications of this workspace.

use std::process::ExitCode;

use stormglass::Apps;
use stormglass_apps::{known_bad, names};

/// Simulations allocate all the time, and threads that do so in the system's allocator wait for
/// each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mutations = "a mutation of `cargo sim known-bad --list`";
    let apps = Apps::new(&names::ALL).with_unlisted(&names::unlisted(), mutations);
    stormglass::run(&apps.with_known_bugs(known_bad::catalogue()))
}
