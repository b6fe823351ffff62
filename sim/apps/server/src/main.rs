//! `cargo serve`: the applications of this workspace on sockets of this machine.

use std::process::ExitCode;

use stormglass_apps::{STORMGLASS, names};
use stormglass_serve::ServedApps;

/// A call of the SDK allocates more than anything else.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stormglass_serve::main(&ServedApps {
        default: &STORMGLASS,
        find: names::find,
        in_words: "`stormglass`, `tutorial`, `aws-sample`, `canary`, or a mutation of `cargo sim \
                   known-bad --list`",
    })
}
