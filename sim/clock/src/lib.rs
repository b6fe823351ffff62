//! Makes the clocks and the random numbers of a thread follow a simulation, on Linux.
//!
//! Code under a simulation reads clocks and draws random numbers through functions of the C
//! library, and so does std for it. This crate defines these functions for the process that it is
//! linked into. Where a thread is within [`simulate`], they answer with the time of the simulation
//! and with numbers that follow from its seed. Everywhere else they ask the kernel.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use stormglass_clock::{Moment, is_active, simulate};
//!
//! let now = Moment {
//!     since_unix_epoch: Duration::from_secs(1_767_225_600),
//!     uptime: Duration::from_secs(60),
//! };
//! let (read, reads) = simulate(now, 7, SystemTime::now);
//! if is_active() {
//!     assert_eq!(read, SystemTime::UNIX_EPOCH + now.since_unix_epoch);
//!     assert_eq!(reads.to_string(), "clock_gettime 1x");
//! }
//! ```
//!
//! # Opting in
//!
//! A dependency that no code names is not linked, and one that is named is: a call of
//! [`simulate`], or `use stormglass_clock as _;`, anywhere in the crates of a program. rustc then
//! has the linker keep the functions of every crate, whatever the linker is, and the linker takes
//! them before those of the C library: for std, for crates, and for C code that is linked in. That
//! holds for programs, tests, benches and examples; for glibc and musl; linked dynamically, when
//! the functions are also exported for other libraries, or statically. It does not hold for a
//! library that a foreign program loads, nor with linker options that hide symbols
//! (`--exclude-libs`): there [`is_active`] is false.
//!
//! # Two runs that are the same
//!
//! A seed decides what is drawn from the kernel. Many generators draw once for each thread and
//! keep a state, so two runs on one thread differ. Two runs are the same if
//!
//! - each has **a thread of its own**,
//! - all of that thread is within [`seed`], and each poll of simulated code within [`simulate`],
//! - each tokio runtime is built within [`simulate`] as well, at the first moment of the run: its
//!   `Instant` is then the one of std,
//! - and one run went before them in the process, whose result does not count: what a process makes
//!   on first use, like a table in a `LazyLock`, shifts the keys of the thread that makes it.
//!
//! | source | on a thread of its own | in a process of its own |
//! |---|---|---|
//! | `SystemTime`, `Instant`, `chrono`, `time` | same | same |
//! | `getrandom` 0.2 to 0.4, `uuid` v4, `OsRng` | same, each poll for itself | same |
//! | order of a `HashMap`; `rand` 0.8 to 0.10; `ulid` | same, the first draw decides | same |
//! | `uuid` v7 with a `ContextV7` of its own or none | same, each poll for itself | same |
//! | `uuid::now_v7` | differs: a counter of the process, and time that only goes up | same |
//! | `fastrand` | differs: a hash of the thread's id; the same after `fastrand::seed` | same |
//! | `tokio::select!` without `biased`, `futures::select!` | differs: such a counter | same |
//! | `/dev/urandom` | differs: a file is read | differs |
//!
//! All rows are tests of this crate.
//!
//! # Limits
//!
//! - The clock stands within [`simulate`]. A wait with a timeout (`Condvar`, channels,
//!   `park_timeout`) really takes that long, and then the clock has moved by it. A loop that reads
//!   the clock until it has moved sees it move after a million reads. `sleep` moves nothing.
//! - Threads that simulated code starts are not simulated.
//! - Code that calls the kernel or reads the processor without the C library is not seen: `rustix`,
//!   `rdtsc` (`minstant`, `quanta`) and `rdrand`. Neither are functions that the C library calls
//!   from within itself: `timespec_get`, `arc4random`.
//! - Addresses, ids of processes and threads, the environment and files are what they are.
//! - An allocator that reads clocks is counted and gets the simulated time, unless it is wrapped in
//!   an [`Allocator`].
//! - A program that is linked statically, or that never simulates, reads each clock by a system
//!   call: 0.4 instead of 0.03 microseconds on a virtual machine.
//! - `syscall` must not start a thread on another stack, nor `vfork`: it returns twice then.
//! - On systems other than Linux on x86-64 and AArch64 the crate compiles and does nothing.
//!
//! # Why `unsafe`
//!
//! To define a function of the C library is `unsafe`, as all its callers rely on it, and its
//! arguments are addresses. The functions here take as many and the same arguments as the ones that
//! they replace, write to no other memory than those, fail with the same errors, allocate nothing
//! and cannot panic. The rest of the workspace forbids `unsafe`.
//!
//! | module | contents |
//! |---|---|
//! | `scope` | [`simulate`] and [`seed`] |
//! | `answers` | the state of a thread behind them |
//! | `allocator` | allocators that are no part of a simulation |
//! | `generator` | the generator of the random numbers |
//! | `reads` | the counts of what simulated code asked for |
//! | `linux` | the functions, and calls of the kernel |

// Where no function is defined, nobody asks for answers.
#![cfg_attr(
    not(all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    allow(dead_code)
)]

mod allocator;
mod answers;
mod generator;
#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod linux;
mod reads;
mod scope;

#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
mod linux {
    pub(crate) fn find_clock() {}

    pub(crate) fn is_found_by_name() -> bool {
        false
    }
}

use std::time::{Duration, SystemTime};

pub use allocator::Allocator;
pub use answers::Moment;
pub use reads::{Call, Reads};
pub use scope::{seed, simulate};

/// Reports whether clocks and random numbers of this process are answered by this crate.
///
/// Asks std for the time, so the answer is about what the program was really linked with.
#[allow(clippy::disallowed_methods, reason = "that this function can be trusted is in question")]
pub fn is_active() -> bool {
    let unlikely = Duration::from_secs(987_654_321);
    let moment = Moment { since_unix_epoch: unlikely, uptime: unlikely };
    let (now, _) = simulate(moment, 0, SystemTime::now);
    now == SystemTime::UNIX_EPOCH + unlikely && linux::is_found_by_name()
}
