//! `cargo serve`: the simulated services on sockets of this machine.

use std::process::ExitCode;

/// A call of the SDK allocates more than anything else.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stormglass_serve::main()
}
